/** `charly apply`: as deploy, or exactly a plan that was written before. */
import { resolve } from "node:path";
import { CharlyError } from "../../lib/base/errors.ts";
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { deployBundle } from "./_deploy.ts";
import { addFlags, addOptions } from "./_shared.ts";

export default defineVerb({
  name: "apply",
  summary: "Apply a bundle, or exactly a plan written before",
  description:
    "With --plan, the run is held to that file: another configuration, target or state than when it was written is\n" +
    "refused, and -y answers the question without opening a gate. Without --plan this is `charly deploy`.",
  examples: [
    ["charly plan web --live --out web.plan", "write the plan, have it reviewed"],
    ["charly apply web --plan web.plan", "apply exactly that"],
  ],
  args: { bundle: { brief: "Bundle of the configuration", optional: true, offer: "bundle" } },
  flags: {
    ...addFlags,
    plan: { kind: "text", brief: "A file written by `charly plan --out`", placeholder: "file", offer: "file" },
  },
  async run(context) {
    const { flags } = context;
    const planFile = flags.plan === undefined ? undefined : await readPlan(resolve(context.cwd, flags.plan));
    // The plan says which gates were open when it was made; -y only answers the question then.
    const planned = planFile === undefined ? context : { ...context, globals: { ...context.globals, yes: false } };
    return await deployBundle(context, {
      bundle: context.args.bundle,
      options: { ...addOptions(planned, flags), ...(planFile === undefined ? {} : { planFile }) },
      load: flags,
      format: flags.format,
      words: context.words,
      ...(flags.plan === undefined ? {} : { reads: [resolve(context.cwd, flags.plan)] }),
    });
  },
});

async function readPlan(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new CharlyError(`read plan ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: "write one with `charly plan --out FILE`",
      code: "no-plan",
      exitCode: 2,
      cause,
    });
  }
}
