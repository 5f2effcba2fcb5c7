import assert from "node:assert/strict";
import posix from "node:path/posix";
import { fileURLToPath, pathToFileURL } from "node:url";
import fc from "fast-check";
import { basename, dirname, filePath, fileUrl, join, normalize, resolve } from "../../../lib/base/path.ts";

const part = fc.oneof(fc.constantFrom("", ".", "..", "a", "b c", "ü", "a%20b", "#?"), fc.string({ maxLength: 4 }));
const path = fc.array(part, { maxLength: 6 }).map((parts) => parts.join("/"));
const bare = (path: string) => path.length > 1 ? path.replace(/\/+$/, "") : path;

Deno.test("path functions say what node:path says, of any path", () => {
  fc.assert(
    fc.property(path, path, (a, b) => {
      assert.equal(normalize(a), bare(posix.normalize(a)));
      assert.equal(join(a, b), bare(posix.join(a, b)));
      assert.equal(resolve(a, b), posix.resolve(a, b));
      const plain = bare(posix.normalize(a));
      assert.equal(dirname(plain), posix.dirname(plain));
      if (plain !== ".") assert.equal(basename(plain), posix.basename(plain));
    }),
    { numRuns: 500 },
  );
});

Deno.test("fileUrl() and filePath() are each other's way back, and read what node:url writes", () => {
  fc.assert(
    fc.property(path.map((it) => resolve("/", it)), (absolute) => {
      fc.pre(!absolute.includes("\0") && absolute.isWellFormed());
      assert.equal(filePath(fileUrl(absolute)), absolute);
      assert.equal(fileURLToPath(fileUrl(absolute)), absolute);
      assert.equal(filePath(pathToFileURL(absolute)), absolute);
    }),
    { numRuns: 500 },
  );
});

Deno.test("filePath() refuses addresses that are no file of this machine", () => {
  for (const url of ["https://e.org/x", "file://host/x", "file:///a%2Fb"]) {
    assert.throws(() => filePath(url), TypeError);
  }
});
