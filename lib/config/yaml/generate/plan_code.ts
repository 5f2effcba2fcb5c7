/** Entries of a plan as the helper calls a person would write; what no helper says is written as the plain object it is. */
import { own } from "../../../base/own.ts";
import { type Bare, shortMatchers } from "../../../entities/conditions.ts";
import { call, type Code, literal } from "./code.ts";

type Values = Readonly<Record<string, unknown>>;

/** Helpers of steps: verb of the entry → name of the helper. */
const stepHelpers: Readonly<Record<string, string>> = {
  command: "command",
  mkdir: "mkdir",
  copy: "copy",
  write: "write",
  link: "link",
  download: "download",
  setcap: "setcap",
  user: "user",
  unixGroup: "unixGroup",
  kernelParam: "kernelParam",
  package: "pkg",
  service: "service",
  external: "external",
};

/** Helpers of probes whose expectations are their own options. */
const probeHelpers = ["file", "port", "process", "http", "addr", "mount", "dns"];

/** Helpers of probes whose expectations are options of the check. */
const bareHelpers: Readonly<Record<string, string>> = {
  command: "command",
  service: "service",
  package: "pkg",
  user: "user",
  unixGroup: "unixGroup",
};

/** Options of `check()` that are the check's own. */
const checkOptions = [
  ...["id", "description", "timeout", "eventually", "retryInterval", "context", "distro", "excludeDistro", "keep"],
];

/** One entry. `used` learns which helpers it takes. */
export function entryCode(entry: Values, used: Set<string>): Code {
  if (typeof entry["check"] === "string") {
    return checkCode(entry, used) ?? literal({ ...entry, probe: shortProbe(entry["probe"] as Values) });
  }
  if (entry["build"] === "all") {
    const { build: _all, ...options } = entry;
    used.add("build");
    return Object.keys(options).length === 0 ? call("build") : call("build", literal("all"), literal(options));
  }
  const verb = Object.keys(stepHelpers).find((name) => Object.hasOwn(entry, name));
  const value = verb === undefined ? undefined : entry[verb];
  if (verb === undefined || typeof value !== "string") return literal(entry);
  const helper = stepHelpers[verb]!;
  used.add(helper);
  const options = Object.fromEntries(Object.entries(entry).filter(([name]) => name !== verb));
  return Object.keys(options).length === 0
    ? call(helper, literal(value))
    : call(helper, literal(value), literal(options));
}

/** Fields that hold matchers, and what a scalar means there. */
const matcherFields: Readonly<Record<string, Bare>> = {
  stdout: "equals",
  stderr: "equals",
  body: "equals",
  value: "equals",
  contains: "contains",
};

/** A probe with its matchers in the words a person would write. */
function shortProbe(probe: Values): Values {
  return Object.fromEntries(
    Object.entries(probe).map(([name, value]) => {
      const bare = own(matcherFields, name);
      return [name, bare !== undefined && Array.isArray(value) ? shortMatchers(value, bare) : value];
    }),
  );
}

function checkCode(entry: Values, used: Set<string>): Code | undefined {
  const { check, probe: whole, ...options } = entry as Values & { readonly probe: Values };
  const probe = shortProbe(whole);
  if (Object.keys(options).some((name) => !checkOptions.includes(name))) return undefined;
  const key = Object.keys(probe).find((name) => probeHelpers.includes(name) || name in bareHelpers);
  if (key === undefined || probe["live"] !== undefined || probe["plugin"] !== undefined) return undefined;
  const value = probe[key];
  const expected = Object.fromEntries(Object.entries(probe).filter(([name]) => name !== key));
  const helper = bareHelpers[key] ?? key;
  if (key in bareHelpers) {
    // `id` and the like belong to the check: an expectation of the same name could not be told apart
    if (typeof value !== "string" || Object.keys(expected).some((name) => checkOptions.includes(name))) {
      return undefined;
    }
    used.add("check").add(helper);
    const all = { ...expected, ...options };
    const subject = call(helper, literal(value));
    return Object.keys(all).length === 0
      ? call("check", literal(check), subject)
      : call("check", literal(check), subject, literal(all));
  }
  // The answers of a command beside any other probe have no helper.
  if (["exitStatus", "stdout", "stderr"].some((name) => name in expected)) return undefined;
  used.add("check").add(helper);
  const subject = Object.keys(expected).length === 0
    ? call(helper, literal(value))
    : call(helper, literal(value), literal(expected));
  return Object.keys(options).length === 0
    ? call("check", literal(check), subject)
    : call("check", literal(check), subject, literal(options));
}
