import assert from "node:assert/strict";
import fc from "fast-check";
import { absolutePath, deferHome, expandVariables, resolveHome, variablesOf } from "../../../lib/steps/variables.ts";
import { debianUser } from "./story.ts";

Deno.test("deferHome() turns every spelling of home into the token", () => {
  assert.equal(deferHome("~"), "{{.Home}}");
  assert.equal(deferHome("~/bin"), "{{.Home}}/bin");
  assert.equal(deferHome("${HOME}/a:$HOME/b"), "{{.Home}}/a:{{.Home}}/b");
});

Deno.test("deferHome() leaves other names and tildes alone", () => {
  assert.equal(deferHome("$HOMEBREW/x"), "$HOMEBREW/x");
  assert.equal(deferHome("~bob/x"), "~bob/x");
  assert.equal(deferHome("a~/b"), "a~/b");
});

Deno.test("resolveHome() puts the home in literally, and twice is once", () => {
  const home = "/home/it's $& $1";
  assert.equal(resolveHome("{{.Home}}/x", home), "/home/it's $& $1/x");
  fc.assert(fc.property(fc.string(), (text) => {
    const once = resolveHome(deferHome(text), "/home/ann");
    assert.equal(resolveHome(once, "/home/bob"), once);
  }));
});

Deno.test("variablesOf() lets candy variables refer to each other and to the reserved ones", () => {
  const variables = variablesOf(debianUser, { V: "1", FILE: "x-${V}-${ARCH}", DIR: "~/d", ODD: "${nope} $5" });
  assert.equal(variables["FILE"], "x-1-amd64");
  assert.equal(variables["DIR"], "/home/ann/d");
  assert.equal(variables["ODD"], "${nope} $5");
});

Deno.test("variablesOf() ends on variables that refer to each other in a circle", () => {
  assert.equal(variablesOf(debianUser, { A: "a${B}", B: "b${A}" })["A"], "ab${A}");
});

Deno.test("expandVariables() names an unknown variable", () => {
  assert.throws(() => expandVariables("/opt/${NOPE}", { HOME: "/root" }, 'candy "x": mkdir'), {
    message: 'candy "x": mkdir: unknown variable ${NOPE} in "/opt/${NOPE}"',
  });
  assert.throws(() => expandVariables("${constructor}", {}, "x"), { code: "unknown-variable" });
});

Deno.test("absolutePath() normalises and refuses what is no final path", () => {
  const variables = variablesOf(debianUser, {});
  assert.equal(absolutePath("~/a//b/", variables, "x"), "/home/ann/a/b");
  for (const wrong of ["a/b", "", "/a/../b", "/a\0b", "~bob/x"]) {
    assert.throws(() => absolutePath(wrong, variables, "x"), { code: "bad-path" });
  }
});
