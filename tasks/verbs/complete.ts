/** `charly __complete`: answers the completion scripts. Whatever goes wrong, it stays silent: it speaks into a half-typed line. */
import { complete, type Proposal, proposalLines } from "../../lib/cli/complete.ts";
import type { CliProject, Services } from "../../lib/cli/context.ts";
import { defineVerb, type Offer } from "../../lib/cli/define_verb.ts";

export default defineVerb({
  name: "__complete",
  summary: "Answer a completion script",
  description: "Words of a half-typed command line in, `value<TAB>description` lines out.",
  args: { words: { brief: "Words behind `charly`, the last one unfinished", optional: true, rest: true } },
  flags: {},
  passThrough: "all",
  async run({ args, cwd, out, services, table }) {
    const words = args.words.length === 0 ? [""] : args.words;
    const names = (offer: Offer, given: readonly string[]) =>
      offer === "setting" || offer === "setting-value"
        ? settingNames(offer, given)
        : namesOf(offer, services, cwd, configOf(words));
    const offers = await complete(table, words, names).catch(() => []);
    out.io.stdout(proposalLines(offers));
  },
});

/** A configuration given on the same line, unless it would have to be fetched. */
function configOf(words: readonly string[]): string | undefined {
  const at = words.indexOf("--config");
  return at === -1 ? words.find((word) => word.startsWith("--config="))?.slice("--config=".length) : words[at + 1];
}

/** Settings and their values: no configuration says them. */
async function settingNames(offer: "setting" | "setting-value", given: readonly string[]): Promise<Proposal[]> {
  const { settings, settingOf } = await import("../../lib/config/host/setting_keys.ts");
  if (offer === "setting") {
    const [{ familyKeys, readSettings }, { hostFiles }] = await Promise.all([
      import("../../lib/config/host/settings.ts"),
      import("../../lib/config/host/host_files.ts"),
    ]);
    const files = hostFiles();
    const there = files === undefined ? [] : ifReadable(() => familyKeys(readSettings(files)));
    const known = settings.map(({ key, about }) => ({ value: key, description: about }));
    return [...known, ...there.map((value) => ({ value, description: settingOf(value).about }))];
  }
  const { rule } = settingOf(given[0] ?? "");
  const values = rule.is === "word" ? rule.words : rule.is === "flag" ? ["true", "false"] : [];
  return values.map((value) => ({ value, description: "" }));
}

function ifReadable(read: () => readonly string[]): readonly string[] {
  try {
    return read();
  } catch {
    return [];
  }
}

async function namesOf(offer: Offer, services: Services, cwd: string, config: string | undefined): Promise<Proposal[]> {
  if (config !== undefined && /^https?:/.test(config)) return [];
  let project: CliProject;
  try {
    project = await services.project({ cwd, ...(config === undefined ? {} : { config }) });
  } catch {
    return [];
  }
  const { bundles, candies, tasks } = project.config;
  const described = (record: Readonly<Record<string, { readonly description?: string }>>) =>
    Object.entries(record).map(([value, { description = "" }]) => ({ value, description }));
  switch (offer) {
    case "bundle":
    case "deployed":
      return described(bundles);
    case "candy":
      return described(candies);
    case "task":
      return described(tasks);
    case "host":
      return Object.entries(bundles).flatMap(([name, { on }]) =>
        on.target === "ssh" ? on.host.map((host) => ({ value: host, description: `host of ${name}` })) : []
      );
    default:
      return [];
  }
}
