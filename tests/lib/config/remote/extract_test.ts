import assert from "node:assert/strict";
import { normalize, posix } from "node:path";
import fc from "fast-check";
import { linkStaysInside, parseTree } from "../../../../lib/config/remote/extract.ts";

const line = (path: string, mode = "100644", type = "blob") => `${mode} ${type} ${"a".repeat(40)}      3\t${path}\0`;

Deno.test("parseTree() gives files in the order of their paths and leaves submodules out", () => {
  const { entries, left } = parseTree(
    line("z.sh", "100755") + line("a/b.yml") + `160000 commit ${"b".repeat(40)}       -\tsub\0` + line("l", "120000"),
    "fetch x",
  );
  assert.deepEqual(entries.map(({ path, mode }) => [path, mode]), [
    ["a/b.yml", "100644"],
    ["l", "120000"],
    ["z.sh", "100755"],
  ]);
  assert.deepEqual(left, ["sub"]);
});

Deno.test("parseTree() refuses names that lead elsewhere", () => {
  for (
    const path of [
      "../x",
      "a/../../x",
      "/etc/x",
      ".git/config",
      "a/.GIT/hooks/x",
      "a//b",
      "a\nb",
      "a\\b",
      "a\u001bb",
      "",
    ]
  ) {
    assert.throws(() => parseTree(line(path), "fetch x"), { code: "tree-refused" }, JSON.stringify(path));
  }
});

Deno.test("parseTree() refuses a link and a directory of one name, in either order", () => {
  for (const text of [line("a", "120000") + line("a/b"), line("a/b") + line("a", "120000"), line("a") + line("a")]) {
    assert.throws(() => parseTree(text, "fetch x"), { code: "tree-refused" });
  }
});

Deno.test("parseTree() refuses more bytes than a repository of configurations has", () => {
  const huge = `100644 blob ${"a".repeat(40)} ${600 * 1024 * 1024}\ta\0`;
  assert.throws(() => parseTree(huge, "fetch x"), { code: "tree-refused" });
});

Deno.test("linkStaysInside() takes links within the tree and refuses those that leave it", () => {
  for (
    const [path, target] of [["a", "b"], ["a/b", "../c"], ["a/b/c", "../../d/e"], ["a/b", "./c"], [
      "a/b",
      "..",
    ]] as const
  ) {
    assert.equal(linkStaysInside(path, target), true, `${path} → ${target}`);
  }
  for (
    const [path, target] of [
      ...([["a", ".."], ["a", "/etc/passwd"], ["a/b", "../../c"], ["a", ""], ["a", "b\0"]] as const),
      // the first part may be a link to the root itself
      ...([["a", "b/../c"], ["a/b", "c/../../x"]] as const),
    ]
  ) assert.equal(linkStaysInside(path, target), false, `${path} → ${target}`);
});

Deno.test("linkStaysInside() never takes a target that normalizes to outside of the tree", () => {
  const part = fc.constantFrom("a", "..", ".", "", "b");
  fc.assert(fc.property(fc.array(fc.constantFrom("a", "b"), { minLength: 1 }), fc.array(part), (path, target) => {
    const [from, to] = [path.join("/"), target.join("/")];
    if (linkStaysInside(from, to)) assert.doesNotMatch(normalize(posix.join(posix.dirname(from), to)), /^(\.\.|\/)/);
  }));
});
