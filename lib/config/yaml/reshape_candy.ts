/** A layer's fields where charly says something in another way than the file. */
import { loaderHead } from "./words.ts";
import type { Node } from "./node.ts";
import type { Problems } from "./problem.ts";
import { keepOthers } from "./reshape.ts";

type Values = Record<string, unknown>;

/** Fields of a repository that some format acts on. */
const repoFields = [
  ...["name", "url", "key", "signedBy", "suite", "components", "gpgkey", "gpgcheck", "rpm", "server", "siglevel"],
];

/** The fields of a layer as a candy has them. */
export function candyFieldsOf(node: Node, read: Values, problems: Problems): Values {
  const { name: _relic, ...values } = read; // the key, or the directory, names it
  for (const [field, filler] of [["version", loaderHead], ["description", node.name]] as const) {
    if (field in values) continue;
    problems.warn("missing-field", node.at, `the candy "${node.name}" has no ${field}`, `add \`${field}\``);
    values[field] = filler;
  }
  const distro = values["distro"] as Readonly<Record<string, Values>> | undefined;
  if (distro !== undefined) {
    values["distro"] = Object.fromEntries(
      Object.entries(distro).map(([key, it]) => [key, sectionOf(it, node, problems)]),
    );
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

function sectionOf(section: Values, node: Node, problems: Problems): Values {
  const repos = section["repo"] as readonly Values[] | undefined;
  return repos === undefined ? section : { ...section, repo: repos.map((repo) => repoOf(repo, node, problems)) };
}

/** A `ppa` is an address like any other here; keys that no package manager is told are kept. */
function repoOf({ ppa, ...repo }: Values, node: Node, problems: Problems): Values {
  const others = Object.keys(repo).filter((name) => !repoFields.includes(name));
  if (others.length > 0) {
    const at = node.data.get("distro")?.at ?? node.at;
    const message = `repository "${String(repo["name"])}": ${others.join(", ")}: kept, and nothing acts on it`;
    problems.warn("stray-key", at, message, "remove it, or write the repository's file yourself");
  }
  return keepOthers({ ...repo, ...(ppa === undefined ? {} : { url: `ppa:${String(ppa)}` }) }, repoFields);
}
