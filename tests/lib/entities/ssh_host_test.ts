import assert from "node:assert/strict";
import fc from "fast-check";
import { CharlyError } from "../../../lib/base/errors.ts";
import { parseSshHost } from "../../../lib/entities/ssh_host.ts";

Deno.test("parseSshHost() reads every way a host is written", () => {
  assert.deepEqual(parseSshHost("web1"), { host: "web1" });
  assert.deepEqual(parseSshHost("deploy@web1"), { user: "deploy", host: "web1" });
  assert.deepEqual(parseSshHost("deploy@web1:2222"), { user: "deploy", host: "web1", port: 2222 });
  assert.deepEqual(parseSshHost("[2001:db8::1]:22"), { host: "2001:db8::1", port: 22 });
  assert.deepEqual(parseSshHost("root@[fe80::1%eth0]"), { user: "root", host: "fe80::1%eth0" });
  assert.deepEqual(parseSshHost("2001:db8::1"), { host: "2001:db8::1" });
  assert.deepEqual(parseSshHost("me@corp.example@jump"), { user: "me@corp.example", host: "jump" });
});

for (
  const text of [
    "",
    "@web1",
    "user@",
    "web1:",
    "web1:0",
    "web1:65536",
    "web1:2:3",
    "-oProxyCommand=x",
    "u@-v",
    "a b",
    "$(id)",
    "x\ny",
    "[web1]:22",
  ]
) {
  Deno.test(`parseSshHost() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseSshHost(text), (error) => error instanceof CharlyError && error.code === "bad-host");
  });
}

Deno.test("parseSshHost() answers or refuses any text, and what it answers can be no option of ssh", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    try {
      const { host, user } = parseSshHost(text);
      assert.doesNotMatch(host, /^-|[\s;|&$`'"\\]/);
      assert.doesNotMatch(user ?? "", /^-|[\s;|&$`'"\\]/);
    } catch (error) {
      assert.ok(error instanceof CharlyError, String(error));
    }
  }));
});
