/** Where an entity of ours says something in another way than the file. */
import type { Node } from "./node.ts";
import type { Problems } from "./problem.ts";

type Values = Record<string, unknown>;

/** Moves fields charly does not act on into `keep`, so that nothing is lost. */
export function keepOthers(values: Values, known: readonly string[]): Values {
  const own = Object.entries(values).filter(([name]) => known.includes(name));
  const others = Object.entries(values).filter(([name]) => !known.includes(name));
  const keep = { ...(values["keep"] as Values | undefined), ...Object.fromEntries(others) };
  delete keep["keep"];
  return { ...Object.fromEntries(own), ...(Object.keys(keep).length === 0 ? {} : { keep }) };
}

/** `["A=1"]` as `{ A: "1" }`; what has no `=` is reported. */
export function variablesOf(values: Values, node: Node, problems: Problems): Values {
  const { env } = values;
  if (!Array.isArray(env)) return values;
  const variables: Record<string, string> = Object.create(null);
  for (const [index, line] of (env as readonly string[]).entries()) {
    const at = line.indexOf("=");
    if (at > 0) variables[line.slice(0, at)] = line.slice(at + 1);
    else {
      const place = node.data.get("env")?.at ?? node.at;
      // What it says may be a secret without its name.
      problems.error("bad-value", place, `entry ${index + 1} of env sets no variable`, "write `NAME=value`");
    }
  }
  return { ...values, env: variables };
}

const boxOwn = [
  ...[
    "base",
    "from",
    "candy",
    "version",
    "description",
    "enabled",
    "build",
    "platform",
    "distro",
    "builder",
    "produce",
  ],
  ...["tag", "registry", "user", "uid", "gid", "userPolicy", "init", "env", "network", "dataImage", "bootc", "plan"],
];

/** Fields of an image as a box has them. */
export const boxFields = (values: Values): Values => keepOthers(values, boxOwn);

const vmOwn = [
  ...["source", "diskSize", "ram", "cpu", "machine", "firmware", "backend", "autostart", "network", "ssh", "cloudInit"],
  ...["snapshot", "libvirt", "description", "plan"],
];

/** `10 GiB` as `10GiB`; kinds of sources in our spelling. */
export function sizesOf(values: Values): Values {
  const size = (value: unknown) => typeof value === "string" ? value.replaceAll(/\s+/g, "") : value;
  const changed: Values = { ...values };
  for (const name of ["diskSize", "ram"]) if (name in changed) changed[name] = size(changed[name]);
  const source = changed["source"] as Values | undefined;
  if (source !== undefined) {
    const kind = source["kind"] === "cloud_image" ? "cloudImage" : source["kind"];
    changed["source"] = { ...source, kind, ..."rootSize" in source ? { rootSize: size(source["rootSize"]) } : {} };
  }
  return keepOthers(changed, vmOwn);
}
