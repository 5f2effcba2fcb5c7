import assert from "node:assert/strict";
import { CharlyError } from "../../../../lib/base/errors.ts";
import { lockText, parseLock, readLock } from "../../../../lib/config/remote/lock.ts";
import { tempDir } from "../../../shared/tmp.ts";

const pin = { commit: "a".repeat(40), digest: `sha256-${"0".repeat(64)}` };

Deno.test("lockText() writes pins in the order of their names, and parseLock() reads them", () => {
  const lock = new Map([["git.example/me/z:v1", pin], ["git.example/me/a", pin]]);
  const text = lockText(lock);
  assert.deepEqual([...parseLock(text)], [["git.example/me/a", pin], ["git.example/me/z:v1", pin]]);
  assert.equal(lockText(parseLock(text)), text);
});

Deno.test("parseLock() refuses a damaged lock instead of guessing what was pinned", () => {
  const lock = (repos: unknown, version: unknown = 1) => JSON.stringify({ version, repos });
  for (
    const text of [
      ...["", "{", "null", "[]", lock({}, 2), lock([]), lock({ "git.example/me/a": null })],
      ...[
        lock({ "git.example/me/a": { commit: "--upload-pack=x", digest: pin.digest } }),
        lock({ "../../a/b/c": pin }),
      ],
      ...[lock({ "git.example/me/a": { ...pin, digest: "sha1-x" } }), lock({ "git.example/me/a/candy:v1": pin })],
    ]
  ) {
    assert.throws(
      () => parseLock(text),
      (error) => error instanceof CharlyError && error.code === "lock-damaged",
      text,
    );
  }
});

Deno.test("parseLock() keeps a repository called __proto__ as a name", () => {
  const text = `{"version":1,"repos":{"git.example/__proto__/constructor":${JSON.stringify(pin)}}}`;
  assert.deepEqual([...parseLock(text).keys()], ["git.example/__proto__/constructor"]);
});

Deno.test("readLock() pins nothing where there is no lock file", async () => {
  await using dir = await tempDir();
  assert.equal(readLock(dir.path).size, 0);
});
