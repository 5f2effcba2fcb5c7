/** The parity table names places and tests that exist, and leaves no row without a word. */
import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);
const rows = Deno.readTextFileSync(new URL("docs/parity.md", root)).split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter(([, row]) => /^\d+$/.test(row ?? ""))
  .map(([, row, , where, test, note]) => ({ row: Number(row), where: where!, test: test!, note: note! }));

Deno.test("docs/parity.md has every row that needs no machine and no container", () => {
  const between = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index);
  assert.deepEqual(rows.map(({ row }) => row), [...between(1, 83), 90, ...between(100, 112)]);
});

Deno.test("docs/parity.md says for each row where it is, or why it is not", () => {
  assert.deepEqual(rows.filter(({ where, note }) => where === "" && note === "").map(({ row }) => row), []);
  assert.deepEqual(
    rows.filter(({ where, test, note }) => where !== "" && test === "" && note === "").map(({ row }) => row),
    [],
  );
});

Deno.test("docs/parity.md names files that exist", async () => {
  for (const { row, where, test } of rows) {
    for (const [, path] of `${where} ${test}`.matchAll(/`([^`]+)`/g)) {
      assert.ok(
        (await Deno.stat(new URL(path!, root)).catch(() => undefined))?.isFile,
        `row ${row}: ${path} is not there`,
      );
    }
  }
});
