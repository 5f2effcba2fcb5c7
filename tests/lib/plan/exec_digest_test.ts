import assert from "node:assert/strict";
import { wantOf } from "../../../lib/ledger/want_of.ts";
import { execDigest } from "../../../lib/plan/exec_digest.ts";
import type { CommandAct, FileAct, PackagesAct } from "../../../lib/steps/act.ts";

const salt = { salt: "5".repeat(64) };
const base = { step: 1, candy: "web", level: "root", summary: "write", reversibility: "exact" } as const;
const pin: FileAct = {
  ...base,
  type: "file",
  resource: "file:/etc/pin",
  path: "/etc/pin",
  mode: "0600",
  content: {
    sha256: "03ac674216f3e15c761ee1a5e255f067953623c8b388b4459e13f978d7c846f4",
    size: 4,
    from: { kind: "bytes", bytes: new TextEncoder().encode("1234") },
  },
};
const command: CommandAct = {
  ...base,
  type: "command",
  resource: "cmd:web:x",
  shell: "bash",
  text: "echo hi",
  env: { B: "2", A: "1" },
  path: [],
  secrets: ["TOKEN", "PIN"],
};
const packages: PackagesAct = {
  ...base,
  type: "packages",
  resource: "pkg:deb:web/1",
  format: "deb",
  names: ["git", "curl"],
  options: [],
  exclude: [],
  refresh: false,
  replaces: [],
};

Deno.test("execDigest() is 16 hex digits and leaves out words, order and undo", () => {
  assert.match(execDigest(pin, salt), /^[0-9a-f]{16}$/);
  assert.equal(execDigest({ ...pin, summary: "put", step: 9, candy: "db" }, salt), execDigest(pin, salt));
  const undo = { text: "rm x", at: "end" } as const;
  assert.equal(execDigest({ ...command, undo, env: { A: "1", B: "2" } }, salt), execDigest(command, salt));
  assert.equal(
    execDigest({ ...packages, names: ["curl", "git", "git"], refresh: true }, salt),
    execDigest(packages, salt),
  );
});

Deno.test("execDigest() changes with everything acting depends on", () => {
  const variants = [
    pin,
    { ...pin, mode: "0644" },
    { ...pin, owner: "root:root" },
    { ...pin, level: "user" as const },
    { ...pin, creates: "/etc/pin" },
    { ...pin, content: { ...pin.content, sha256: "0".repeat(64) } },
    { ...pin, content: { ...pin.content, sensitive: true } },
    command,
    { ...command, text: "echo ho" },
    { ...command, env: { A: "1" } },
    { ...command, secrets: ["TOKEN"] },
    { ...command, path: ["/opt/bin"] },
    packages,
    { ...packages, names: ["git"] },
  ];
  assert.equal(new Set(variants.map((act) => execDigest(act, salt))).size, variants.length);
});

Deno.test("wantOf() salts the digest of secret content and keeps no content", () => {
  const secret = { ...pin, content: { ...pin.content, sensitive: true } };
  const want = wantOf(secret, salt);
  assert.equal(want.type, "file");
  assert(want.type === "file");
  assert.match(want.sha256, /^salted:[0-9a-f]{64}$/);
  assert.notEqual(want.sha256, `salted:${pin.content.sha256}`);
  assert.notDeepEqual(wantOf(secret, { salt: "6".repeat(64) }), want);
  assert.notEqual(execDigest(secret, { salt: "6".repeat(64) }), execDigest(secret, salt));
  assert.deepEqual(wantOf(pin, salt), {
    type: "file",
    path: "/etc/pin",
    sha256: pin.content.sha256,
    size: 4,
    mode: "0600",
  });
  const onDisk = { ...secret, content: { ...secret.content, from: { kind: "file" as const, path: "/x" } } };
  assert.throws(() => wantOf(onDisk, salt), TypeError);
});

Deno.test("wantOf() of a command keeps its undo and the names of its secrets, not its text", () => {
  const want = wantOf({ ...command, undo: { text: "rm x", at: "end" }, once: true }, salt);
  assert.deepEqual(want, {
    type: "command",
    shell: "bash",
    undo: { text: "rm x", at: "end" },
    touches: [],
    secrets: ["TOKEN", "PIN"],
    env: { A: "1", B: "2" },
    once: true,
  });
});
