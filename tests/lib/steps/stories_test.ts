import assert from "node:assert/strict";
import { stepKinds } from "../../../lib/steps/mod.ts";
import { compileStory, debianUser, outcome } from "./story.ts";

const root = new URL("../../fixtures/steps/", import.meta.url);
const folders = [...Deno.readDirSync(root)].map(({ name }) => name).sort();

Deno.test("fixtures tell a story for every step kind", () => {
  const kinds = stepKinds.map(({ kind }) =>
    kind.replace(/:$/, "").replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
  );
  assert.deepEqual(folders, [...kinds].sort());
});

for (const folder of folders) {
  for (const { name } of [...Deno.readDirSync(new URL(`${folder}/`, root))].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const { then, ...given } = JSON.parse(Deno.readTextFileSync(new URL(`${folder}/${name}`, root)));
    Deno.test(`${folder}: ${given.story}`, () => {
      const facts = { ...debianUser, ...given.facts };
      assert.deepEqual(outcome(compileStory(given), facts), then);
    });
  }
}
