/** The script that installs a repository's signing key, run by a real sh: armoured and binary keys give the same keyring. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { repoChange } from "../../lib/steps/repo_change.ts";
import type { LowerContext } from "../../lib/steps/define_step.ts";
import { debianUser } from "../lib/steps/story.ts";

const context: LowerContext = {
  step: 1,
  target: "local",
  facts: debianUser,
  files: {},
  env: { user: {}, root: {} },
  path: [],
  secrets: [],
  sourcing: false,
};

/** Installs what stands at `source` and returns the bytes of the keyring. */
function install(directory: string, source: string): Uint8Array {
  const path = `${directory}/keyrings/it's.gpg`;
  const acts = repoChange.lower({
    kind: "RepoChange",
    candy: "it",
    format: "deb",
    file: `${directory}/it.list`,
    content: "",
    checksum: "",
    key: { url: new URL(source, `file://${directory}/`).href, path },
  }, context);
  assert.ok(Array.isArray(acts));
  const script = acts.find((act) => act.type === "command");
  Deno.mkdirSync(`${directory}/keyrings`, { recursive: true });
  const run = spawnSync("sh", ["-c", script?.text ?? ""], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", TMPDIR: directory },
  });
  assert.equal(run.status, 0, run.stderr);
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o644);
  return Deno.readFileSync(path);
}

Deno.test("a repository key ends up binary, whether it came armoured, with CRLF, or binary", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const bytes = Uint8Array.from({ length: 1000 }, (_, at) => (at * 37) % 256);
    const base64 = btoa(String.fromCharCode(...bytes)).replace(/.{64}/g, "$&\n");
    const armoured = "-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: 1\nComment: a key\n\n" + base64 +
      "\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n";
    Deno.writeFileSync(`${directory}/binary`, bytes);
    Deno.writeTextFileSync(`${directory}/armoured`, armoured);
    Deno.writeTextFileSync(`${directory}/crlf`, armoured.replaceAll("\n", "\r\n"));
    for (const source of ["binary", "armoured", "crlf"]) assert.deepEqual(install(directory, source), bytes, source);
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name).sort(), [
      "armoured",
      "binary",
      "crlf",
      "keyrings",
    ]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
