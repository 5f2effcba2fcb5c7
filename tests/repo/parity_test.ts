/** The parity table names places and tests that exist, and leaves no row without a word. */
import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);
function rowsOf(file: string) {
  return Deno.readTextFileSync(new URL(`docs/${file}`, root)).split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, row]) => /^\d+$/.test(row ?? ""))
    .map(([, row, , where, test, note]) => ({ row: Number(row), where: where!, test: test!, note: note! }));
}

const between = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const tables = [
  { file: "parity.md", numbers: [...between(1, 83), 90, ...between(100, 112)] },
  { file: "parity-yaml.md", numbers: between(1, 29) },
];

for (const { file, numbers } of tables) {
  const rows = rowsOf(file);

  Deno.test(`docs/${file} has every row`, () => assert.deepEqual(rows.map(({ row }) => row), numbers));

  Deno.test(`docs/${file} says for each row where it is and which test holds it, or why not`, () => {
    assert.deepEqual(rows.filter(({ where, note }) => where === "" && note === "").map(({ row }) => row), []);
    assert.deepEqual(
      rows.filter(({ where, test, note }) => where !== "" && test === "" && note === "").map(({ row }) => row),
      [],
    );
  });

  Deno.test(`docs/${file} names files that exist`, async () => {
    for (const { row, where, test } of rows) {
      for (const [, path] of `${where} ${test}`.matchAll(/`([^`]+)`/g)) {
        const found = await Deno.stat(new URL(path!, root)).catch(() => undefined);
        assert.ok(found?.isFile, `row ${row}: ${path} is not there`);
      }
    }
  });
}
