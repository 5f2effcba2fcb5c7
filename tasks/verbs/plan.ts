/** `charly plan`: what would happen, and nothing else. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { changesOf, planJson, planText } from "../../lib/cli/plan_text.ts";
import { issuesJson } from "../../lib/cli/project_text.ts";
import { enterPermissions } from "../permissions.ts";
import { bundleOf, checkCandies, planFlags, planOptions, projectOf } from "./_shared.ts";

export default defineVerb({
  name: "plan",
  summary: "Show what a deploy would do, step by step",
  description:
    "Compiles the bundle for each of its hosts and shows every step with its state: will run, up to date, drifted,\n" +
    "decided at the step, or skipped with the reason; and what undo will give back. Every host is asked; nothing is changed.\n" +
    "With --live, guards (`unless`) run as well, so that fewer steps are decided only when their turn comes.",
  examples: [
    ["charly plan", "the only bundle, or defaults.bundle"],
    ["charly plan web --live", "run the guards as well"],
    ["charly plan web --commands", "with the text each step runs"],
    ["charly plan web --out web.plan", "keep it for `charly apply --plan web.plan`"],
  ],
  args: { bundle: { brief: "Bundle of the configuration", optional: true, offer: "bundle" } },
  flags: {
    ...planFlags,
    commands: { kind: "switch", brief: "Print what each step gives the machine to run" },
    exitCode: { kind: "switch", brief: "End with 10 when there is something to do" },
    out: { kind: "text", brief: "Also write the plan to this file (mode 0600)", placeholder: "file", offer: "file" },
  },
  async run(context) {
    const { flags, out, args, services, words } = context;
    const project = await projectOf(context, flags);
    const bundle = bundleOf(project, args.bundle);
    checkCandies(project, flags.addCandy);
    const api = await services.api();
    const handedOver = await enterPermissions(context, {
      api,
      project,
      bundle,
      words,
      ...(flags.out === undefined ? {} : { writes: [flags.out] }),
    });
    if (handedOver !== undefined) return handedOver;
    const plans = await api.planBundle(project, bundle, {
      ...planOptions(context, flags),
      ...(flags.commands ? { commands: true } : {}),
    });
    const document = { bundle, changes: changesOf(plans), hosts: plans.map(planJson) };
    if (flags.out !== undefined) {
      await Deno.writeTextFile(flags.out, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
      await Deno.chmod(flags.out, 0o600);
    }
    out.both(
      { ...document, ...issuesJson(project.warnings) },
      () => planText(plans, out.style, { commands: flags.commands }),
    );
    return flags.exitCode && changesOf(plans) > 0 ? 10 : 0;
  },
});
