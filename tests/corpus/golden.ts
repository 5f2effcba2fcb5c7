/** Goldens: tables in the repository that say what came of the samples; `deno task test:corpus --update` writes them anew. */
import assert from "node:assert/strict";

/** Whether goldens are written instead of compared. */
export const updating = Deno.args.includes("--update");

const folder = new URL("golden/", import.meta.url);

/**
 * Holds a table to its golden.
 *
 * @param name `problems.tsv`
 * @param about what the table is, one line for each item
 * @param head names of the columns
 * @param rows one for each thing, its name first
 */
export async function holdsTo(
  name: string,
  about: readonly string[],
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  const lines = [head, ...rows].map((cells) => cells.join("\t"));
  const now = [...about.map((line) => `# ${line}`), ...lines, ""].join("\n");
  const file = new URL(name, folder);
  if (updating) {
    await Deno.mkdir(folder, { recursive: true });
    return await Deno.writeTextFile(file, now);
  }
  const then = await Deno.readTextFile(file).catch(() => "");
  if (now === then) return;
  const before = new Set(then.split("\n")), after = new Set(now.split("\n"));
  const gone = [...before].filter((line) => !after.has(line)).map((line) => `- ${line}`);
  const come = [...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`);
  const shown = [...gone, ...come].sort((a, b) => a.slice(2) < b.slice(2) ? -1 : 1);
  const more = shown.length > 60 ? [`… ${shown.length - 60} more lines`] : [];
  assert.fail(
    `tests/corpus/golden/${name} says otherwise; \`deno task test:corpus --update\` writes it anew:\n` +
      [...shown.slice(0, 60), ...more].join("\n"),
  );
}

/** `2 a, 1 b`: how many there are of each, in the order of their names. */
export function counted(words: Iterable<string>): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1).map(([word, count]) => `${count} ${word}`).join(", ") || "-";
}
