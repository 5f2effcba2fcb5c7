/** A layer's fields where charly says something in another way than the file. */
import { loaderHead } from "./words.ts";
import type { Node } from "./node.ts";
import type { Problems } from "./problem.ts";

type Values = Record<string, unknown>;

/** The fields of a layer as a candy has them. */
export function candyFieldsOf(node: Node, read: Values, problems: Problems): Values {
  const { name: _relic, ...values } = read; // the key, or the directory, names it
  for (const [field, filler] of [["version", loaderHead], ["description", node.name]] as const) {
    if (field in values) continue;
    problems.warn("missing-field", node.at, `the candy "${node.name}" has no ${field}`, `add \`${field}\``);
    values[field] = filler;
  }
  const services = values["service"] as readonly Values[] | undefined;
  if (services !== undefined) values["service"] = services.map(serviceOf);
  const plan = values["plan"] as readonly Values[] | undefined;
  if (plan !== undefined) values["plan"] = plan.map(entryOf);
  return values;
}

/** Units know `${HOME}` and no supervisor's `%(ENV_HOME)s`; seconds are numbers. */
function serviceOf(service: Values): Values {
  const changed: Values = {};
  for (const [name, value] of Object.entries(service)) {
    changed[name] = typeof value === "string" ? value.replaceAll(/%\(ENV_([A-Z_][A-Z0-9_]*)\)s/g, "${$1}") : value;
  }
  const stop = changed["stopTimeout"];
  if (typeof stop === "string" && /^\d+$/.test(stop)) changed["stopTimeout"] = Number(stop);
  return changed;
}

/** What to remove after an unpacked archive is known without `uninstall`; it is kept for those who read it. */
function entryOf(entry: Values): Values {
  if (entry["setcap"] !== undefined && entry["caps"] === undefined) return { ...entry, caps: "" }; // takes them all away
  if (entry["uninstall"] === undefined || entry["extract"] === "sh") return entry;
  const { uninstall, ...others } = entry;
  return { ...others, keep: { ...(others["keep"] as Values | undefined), uninstall } };
}
