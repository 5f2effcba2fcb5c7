/** What to say of a name that is declared, and is nothing this version brings up. */
import { own } from "../../lib/base/own.ts";
import { CharlyError } from "../../lib/base/errors.ts";
import type { CliProject } from "../../lib/cli/context.ts";

/** Tables people may take for bundles, and what one entity of each is called. */
const kinds = {
  pods: "a pod",
  k8s: "a Kubernetes deployment",
  androids: "a phone",
  groups: "a group",
  vms: "a virtual machine",
  boxes: "a box",
  locals: "a local template",
  candies: "a candy",
} as const;

/** An error for such a name; nothing for one that is not declared at all. */
export function keptError({ config }: CliProject, name: string): CharlyError | undefined {
  for (const [table, what] of Object.entries(kinds) as [keyof typeof kinds, string][]) {
    if (own(config[table] as Readonly<Record<string, unknown>> | undefined, name) === undefined) continue;
    const words = ["locals", "vms", "candies"].includes(table)
      ? `"${name}" is ${what}, which is no bundle by itself`
      : `"${name}" is ${what}: this version of charly keeps it and does not bring it up`;
    return new CharlyError(`find bundle: ${words}`, {
      hint: hintOf(config, table, name),
      code: "unknown-bundle",
      exitCode: 2,
    });
  }
  return undefined;
}

/** The bundles that have to do with it, else all of them. */
function hintOf(config: CliProject["config"], table: keyof typeof kinds, name: string): string {
  const bundles = Object.entries(config.bundles);
  const related = bundles.filter(([, { keep, on, from, candy = [], addCandy = [] }]) =>
    table === "groups"
      ? keep?.["memberOf"] === name
      : table === "vms"
      ? on.target === "vm" && on.vm === name
      : table === "locals"
      ? from === name
      : table === "candies" && [...candy, ...addCandy].includes(name)
  );
  const names = (related.length > 0 ? related : bundles).map(([it]) => it).join(", ");
  if (related.length > 0) return `name ${related.length === 1 ? "the bundle" : "one of the bundles"} ${names}`;
  return `declared bundles: ${names || "none"}`;
}
