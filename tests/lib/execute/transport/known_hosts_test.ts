import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { KnownHosts, matchesHost, parseKnownHosts } from "../../../../lib/execute/transport/known_hosts.ts";

/** A key in wire form: its type, then bytes that tell it from others. */
function key(type: string, mark: string): Uint8Array {
  const field = (text: string) => [0, 0, 0, text.length, ...new TextEncoder().encode(text)];
  return new Uint8Array([...field(type), ...field(mark)]);
}
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const one = key("ssh-ed25519", "one"), two = key("ssh-ed25519", "two"), rsa = key("ssh-rsa", "three");
const hosts = (lines: string) => new KnownHosts(parseKnownHosts(lines, "kh"));

Deno.test("judge() knows a key by host and port", () => {
  const known = hosts(
    `# mine\nexample.org,10.0.0.1 ssh-ed25519 ${text(one)} comment\n[example.org]:2222 ssh-ed25519 ${text(two)}`,
  );
  assert.deepEqual(known.judge("Example.org", 22, one), { verdict: "known", at: "kh:2" });
  assert.deepEqual(known.judge("example.org", 2222, two), { verdict: "known", at: "kh:3" });
  assert.deepEqual(known.judge("example.org", 2222, one), { verdict: "changed", at: "kh:3", type: "ssh-ed25519" });
  assert.equal(known.judge("example.com", 22, one).verdict, "unknown");
});

Deno.test("judge() calls a key of another type unknown, and says which is known", () => {
  const verdict = hosts(`example.org ssh-rsa ${text(rsa)}`).judge("example.org", 22, one);
  assert.deepEqual([verdict.verdict, "otherTypes" in verdict && verdict.otherTypes[0]?.at], ["unknown", "kh:1"]);
});

Deno.test("judge() lets a revocation win, wherever it stands", () => {
  const known = hosts(`example.org ssh-ed25519 ${text(one)}\n@revoked * ssh-ed25519 ${text(one)}`);
  assert.deepEqual(known.judge("example.org", 22, one), { verdict: "revoked", at: "kh:2" });
});

Deno.test("judge() never takes the key of a certificate authority for the host's own", () => {
  const known = hosts(`@cert-authority *.org ssh-ed25519 ${text(one)}`);
  assert.equal(known.judge("example.org", 22, one).verdict, "unknown");
  assert.deepEqual(known.onlyAuthorities("example.org", 22), ["kh:1"]);
});

Deno.test("keyTypes() lists what is known, in the order of the file", () => {
  const known = hosts(`a ssh-rsa ${text(rsa)}\na ssh-ed25519 ${text(one)}\nb ecdsa-sha2-nistp256 ${text(two)}`);
  assert.deepEqual(known.keyTypes("a", 22), ["ssh-rsa", "ssh-ed25519"]);
});

Deno.test("matchesHost() obeys wildcards, negation and hashes", () => {
  assert.equal(matchesHost("*.example.org,!bad.example.org", "a.example.org"), true);
  assert.equal(matchesHost("*.example.org,!bad.example.org", "bad.example.org"), false);
  assert.equal(matchesHost("10.0.0.?", "10.0.0.12"), false);
  assert.equal(matchesHost("[*]:2222", "[host]:2222"), true);
  // as `ssh-keygen -H` wrote it for 127.0.0.1
  assert.equal(matchesHost("|1|not-base64!|x", "127.0.0.1"), false);
});

Deno.test("parseKnownHosts() passes over lines that are none", () => {
  assert.deepEqual(parseKnownHosts("\n#x\nhost\nhost ssh-rsa\nhost ssh-rsa !!!\n@other host ssh-rsa AAAA\n", "kh"), []);
});
