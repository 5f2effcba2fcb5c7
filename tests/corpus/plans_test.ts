/** Every layer of the samples becomes a plan on Debian, Fedora and Arch. */
import assert from "node:assert/strict";
import { renderPlan } from "../../lib/plan/render.ts";
import { readCandyFiles } from "../../lib/plan/read_candy_files.ts";
import type { Compiled } from "../../lib/plan/compile.ts";
import { sha256 } from "../../lib/steps/content.ts";
import { tempDir } from "../shared/tmp.ts";
import { alone, candyGroups, machines, planOf, writeStandIns } from "./candies.ts";
import { counted, holdsTo } from "./golden.ts";

/** What one plan comes to; of its text only the digest, for it holds the samples' own. */
function rowOf(compiled: Compiled): readonly (string | number)[] {
  const kinds = compiled.plan.plans.flatMap(({ steps }) => steps).map(({ kind }) => kind);
  const text = renderPlan(compiled, { commands: true }).split("\n").slice(2).join("\n");
  return [
    counted(compiled.acts.map(({ type }) => type)),
    counted(compiled.skipped.map(({ step }) => kinds[step - 1] ?? "?")),
    compiled.notes.length,
    sha256(text),
  ];
}

Deno.test("every layer compiles for Debian, Fedora and Arch, and so do all of a project together", async () => {
  const rows: (string | number)[][] = [];
  const wrong: string[] = [];
  let layers = 0;
  for (const { name: group, names, candies } of await candyGroups()) {
    await using dir = await tempDir();
    await writeStandIns(dir, candies);
    const files = await readCandyFiles(dir.path, candies);
    layers += names.length;
    for (const [distro, facts] of Object.entries(machines)) {
      const compiled = (label: string, plan: () => Compiled) => {
        try {
          rows.push([`${group}/${label}`, distro, ...rowOf(plan())]);
        } catch (error) {
          wrong.push(`${group}/${label} on ${distro}: ${(error as Error).message}`);
        }
      };
      for (const name of names) {
        compiled(name, () => planOf({ [name]: alone(candies[name]!) }, [name], facts, files));
      }
      compiled("*", () => planOf(candies, names, facts, files));
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(layers >= 180, `${layers} layers`);
  rows.sort(([a, x], [b, y]) => `${a} ${x}` < `${b} ${y}` ? -1 : 1);
  await holdsTo(
    "plans.tsv",
    [
      "Plans of every layer for itself, and of all layers of a project together (`*`), every gate open. Not in the samples, and",
      "stood in for: files of the layers' directories (so that no builder finds a manifest), and layers of the same project.",
      "`skipped` counts kinds of steps that need an image, a builder or a device; the digest is that of `plan --commands`.",
    ],
    ["layer", "distro", "acts", "skipped", "notes", "sha256"],
    rows,
  );
});
