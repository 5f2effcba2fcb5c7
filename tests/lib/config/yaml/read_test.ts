import assert from "node:assert/strict";
import fc from "fast-check";
import { problemText } from "../../../../lib/config/yaml/problem.ts";
import { readYaml } from "../../../../lib/config/yaml/read.ts";
import { get, plain } from "../../../../lib/config/yaml/tree.ts";

const read = (text: string) => readYaml(new TextEncoder().encode(text), "f.yml");
const told = (text: string) => read(text).problems.all.map(problemText).map((it) => it.split("\n")[0]);

Deno.test("readYaml() keeps the place and the written text of every value", () => {
  const { documents } = read("web:\n  mode: 0644\n  when: yes\n  size: '10'\n");
  const web = get(documents[0]?.root, "web");
  assert.deepEqual(get(web, "mode"), {
    ...{ is: "scalar", value: 644, text: "0644", quoted: false },
    at: { file: "f.yml", line: 2, column: 9 },
  });
  assert.deepEqual(plain(web!), Object.assign(Object.create(null), { mode: 644, when: "yes", size: "10" }));
});

Deno.test("readYaml() keeps keys that look like numbers in the order they were written", () => {
  const root = read("b: 1\n2: x\n1: y\n").documents[0]?.root;
  assert.deepEqual(root?.is === "map" ? root.entries.map(({ key }) => key) : [], ["b", "2", "1"]);
});

Deno.test("readYaml() keeps comments above keys", () => {
  const root = read("a: 1\n# about b\n# and more\nb: 2\n").documents[0]?.root;
  assert.equal(root?.is === "map" ? root.entries[1]?.comment : "", "about b\nand more");
});

Deno.test("readYaml() gives every document of a stream but the empty ones", () => {
  assert.deepEqual(read("---\na: 1\n---\n---\nb: 2\n").documents.map(({ root }) => plain(root)), [
    Object.assign(Object.create(null), { a: 1 }),
    Object.assign(Object.create(null), { b: 2 }),
  ]);
});

Deno.test("readYaml() gives an alias the value of its anchor", () => {
  const root = read("a: &x |\n  text\nb: *x\n").documents[0]?.root;
  assert.equal(get(root, "b"), get(root, "a"));
});

const refused: readonly [string, string, string][] = [
  ["a key that is there twice", "a: 1\nb: 2\na: 3\n", 'f.yml:3:1 duplicate-key the key "a" is there twice'],
  ["an anchor that holds its own alias", "a: &a [*a]\n", 'f.yml:1:8 syntax the anchor "a" holds the alias itself'],
  ["a tab as indentation", "a:\n\tb: 1\n", "f.yml:2:1 syntax is no YAML: Tabs are not allowed as indentation"],
  ["a key that is a list", "? [x]\n: y\n", "f.yml:1:3 syntax a key must be a text"],
  ["a NUL character", "a: 1\nb: \0\n", "f.yml:2:1 not-utf8 holds a NUL character"],
  ["a quote that is not closed", 'a: "x', 'f.yml:1:6 syntax is no YAML: Missing closing "quote'],
];
for (const [what, text, message] of refused) {
  Deno.test(`readYaml() refuses ${what}`, () => assert.deepEqual(told(text), [message]));
}

Deno.test("readYaml() refuses bytes that are not UTF-8, and UTF-16", () => {
  for (const bytes of [[0xff, 0xfe, 0x61, 0], [0xc3, 0x28]]) {
    const { documents, problems } = readYaml(new Uint8Array(bytes), "f.yml");
    assert.equal(documents.length, 0);
    assert.equal(problems.all[0]?.code, "not-utf8");
  }
});

Deno.test("readYaml() refuses 100 MB, deep nesting and alias bombs before they cost anything", () => {
  assert.equal(readYaml(new Uint8Array(100_000_000), "f.yml").problems.all[0]?.code, "too-large");
  assert.equal(read(`${"[".repeat(50_000)}${"]".repeat(50_000)}`).problems.failed, true);
  assert.equal(read(`${"[".repeat(120)}${"]".repeat(120)}`).problems.all[0]?.code, "too-deep");
  const bomb = [..."bcdefghij"].map((name, at) => `${name}: &${name} [${`*${"abcdefghi"[at]}, `.repeat(9)}]`);
  assert.equal(read(`a: &a [x, x, x]\n${bomb.join("\n")}\n`).problems.all[0]?.code, "too-large");
});

Deno.test("readYaml() throws at nothing", () => {
  const piece = fc.constantFrom(
    ...["a", ":", " ", "\n", "  ", "- ", "[", "]", "{", "}", "&a ", "*a", "|", ">", "'", '"', "#", "\t", "---\n", "? "],
    ...["!!str ", "%YAML 1.1\n", "\u0000", "é", "\ud800", "~", ",", "<<", "=", "@"],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const { documents, problems } = read(pieces.join(""));
      assert.ok(documents.length > 0 || problems.failed || problems.all.length === 0);
      for (const problem of problems.all) assert.ok(problem.at.line >= 1 && problem.hint !== "");
    }),
    { numRuns: 500 },
  );
});
