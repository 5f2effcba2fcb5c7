/** What is wrong with each sample once it is loaded: none of it keeps a project from loading, unless it was made to. */
import assert from "node:assert/strict";
import { problemText } from "../../lib/config/yaml/problem.ts";
import { counted, holdsTo } from "./golden.ts";
import { load } from "./loaded.ts";
import { refused, samples } from "./samples.ts";

Deno.test("every sample loads without an error, older ones once they are migrated; problems are those of the golden", async () => {
  const rows: (string | number)[][] = [];
  const wrong: string[] = [];
  for (const sample of samples()) {
    const { problems, entities, absent, migration } = await load(sample);
    const of = (severity: string) => problems.filter((it) => it.severity === severity);
    const isRefused = refused.includes(sample.id);
    if (isRefused !== of("error").length > 0) {
      wrong.push(
        ...isRefused ? [`${sample.id} is not refused`] : of("error").map((it) => `${sample.id} ${problemText(it)}`),
      );
    }
    rows.push([
      sample.id,
      isRefused ? "refused" : sample.age,
      of("error").length,
      of("warning").length,
      counted(problems.map(({ severity, code }) => `${severity === "error" ? "!" : ""}${code}`)),
      migration?.changes.length ?? 0,
      migration?.manual.length ?? 0,
      absent,
      counted(entities.map(({ table }) => table)),
    ]);
  }
  assert.equal(rows.length, 257);
  assert.deepEqual(wrong, []);
  await holdsTo(
    "problems.tsv",
    [
      "What loading each sample says. `refused`: a file upstream keeps to see that it is refused.",
      "Older ones are counted after their migration. `absent`: names the samples do not hold.",
    ],
    ["sample", "age", "errors", "warnings", "codes", "changes", "left to the user", "absent", "entities"],
    rows,
  );
});

Deno.test("a sample that was migrated is current: nothing of it is retired", async () => {
  const retired: string[] = [];
  for (const sample of samples()) {
    if (sample.age === "current") continue;
    const { problems } = await load(sample);
    if (problems.some(({ code }) => code === "retired")) retired.push(sample.id);
  }
  assert.deepEqual(retired, []);
});
