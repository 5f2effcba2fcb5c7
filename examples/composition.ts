// Composition: a project that takes in the team's set, builds on its names and starts bundles from its template.
import { bundle, candy, defineConfig, local, write } from "@charly/charly";
import team from "./team.ts";

export default defineConfig({
  project: "composition",
  extend: [team],
  candies: {
    // "base" comes from the team: completed in the editor, and an error there when it is misspelt
    mine: candy({
      version: "2026.300.0900",
      description: "what only this project has",
      require: ["base"],
      plan: [write("~/.config/team/project", { content: "composition\n" })],
    }),
  },
  bundles: {
    here: bundle({ on: local(), from: "desk", candy: ["mine"] }),
    bare: bundle({ on: local(), candy: ["mine"], env: { BARE: "yes" } }),
  },
  defaults: { bundle: "here" },
});
