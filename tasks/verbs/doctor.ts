/** `charly doctor`: is everything here that charly uses? */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { escapeControls } from "../../lib/cli/style.ts";
import { enterPermissions, pathDirs } from "../permissions.ts";
import { projectIfAny } from "./_shared.ts";

export default defineVerb({
  name: "doctor",
  summary: "Check this machine for the programs and rights charly uses",
  description:
    "Names each system program, its version, or the package that brings it. Ends with 1 when something the configuration\n" +
    "needs is missing.",
  examples: [["charly doctor --json", "for a program"]],
  args: {},
  flags: {},
  async run(context) {
    const { out, services, words } = context;
    const project = await projectIfAny(context);
    const api = await services.api();
    // no host is asked; programs are looked for in every directory of PATH
    const handedOver = await enterPermissions(context, {
      api,
      project: undefined,
      bundle: undefined,
      words,
      reads: [...pathDirs(), ...project === undefined ? [] : [project.root]],
    });
    if (handedOver !== undefined) return handedOver;
    const findings = await api.diagnose(project);
    const { style } = out;
    const mark = { ok: style.green("ok     "), missing: style.red("missing"), warning: style.yellow("warning") };
    out.both(
      { findings },
      () =>
        findings.map(({ what, state, detail, hint }) =>
          `${mark[state]} ${style.bold(escapeControls(what))}: ${escapeControls(detail)}` +
          (hint === undefined ? "" : `\n        ${style.cyan("hint:")} ${escapeControls(hint)}`)
        ).join("\n"),
    );
    return findings.some(({ state }) => state === "missing") ? 1 : 0;
  },
});
