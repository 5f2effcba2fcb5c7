/** `charly help`: the same as `--help`, as a verb. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { groupHelp, rootHelp, verbHelp } from "../../lib/cli/help.ts";
import { findVerb } from "../../lib/cli/run_cli.ts";

export default defineVerb({
  name: "help",
  summary: "Explain charly, or one verb",
  description: "`charly help plan` is `charly plan --help`.",
  examples: [["charly help bundle add", "explain a nested verb"]],
  args: { verb: { brief: "The verb to explain", optional: true, rest: true, offer: "verb" } },
  flags: {},
  async run({ args, out, table }) {
    if (args.verb.length === 0) return out.io.stdout(rootHelp(table, out.style));
    const { entry, group } = findVerb(table, args.verb);
    if (entry !== undefined) return out.io.stdout(verbHelp((await entry.load()).default, out.style));
    const verbs = table.verbs.filter(({ name }) => name.startsWith(`${group} `));
    out.io.stdout(groupHelp(group!, table.groups[group!]!, verbs, out.style));
  },
});
