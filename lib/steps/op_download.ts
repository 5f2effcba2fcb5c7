/** `download`: a file, an unpacked archive, or a script that is run. */
import { CharlyError } from "../base/errors.ts";
import type { DownloadEntry } from "../entities/plan_entry.ts";
import type { DownloadAct } from "./act.ts";
import { commandId } from "./command_act.ts";
import type { LowerContext } from "./define_step.ts";
import { opBase } from "./op_base.ts";
import type { OpStep } from "./step.ts";
import { absolutePath, archOf, expandKnown, expandVariables, homeVariable } from "./variables.ts";

/** How to unpack: what the entry says, else what the address ends in once the candy's variables are put in. */
export function downloadKind(
  entry: Pick<DownloadEntry, "download" | "extract">,
  candyVars: Readonly<Record<string, string>>,
): DownloadAct["extract"] {
  if (entry.extract !== undefined) return entry.extract;
  // Variables may name variables; a circle ends after as many rounds as there are names.
  let address = entry.download;
  for (const _name of Object.keys(candyVars)) address = expandKnown(address, candyVars);
  const path = address.replace(/[?#].*$/, "").toLowerCase();
  if (path.endsWith(".tar.gz") || path.endsWith(".tgz")) return "tar.gz";
  if (path.endsWith(".tar.xz") || path.endsWith(".txz")) return "tar.xz";
  if (path.endsWith(".tar.zst") || path.endsWith(".tzst")) return "tar.zst";
  if (path.endsWith(".zip")) return "zip";
  return path.endsWith(".sh") ? "sh" : "none";
}

/**
 * Where a download goes; a file into a `to` that ends in `/` keeps the address's name.
 *
 * @throws CharlyError when the entry needs a `to` and has none
 */
export function downloadPath(
  step: OpStep,
  entry: DownloadEntry,
  variables: Readonly<Record<string, string>>,
): string {
  const where = `candy "${step.candy}": download`;
  const to = step.to ?? entry.to;
  if (to === undefined) {
    throw new CharlyError(`${where}: ${entry.download} has no \`to\``, {
      hint: 'say where it goes, or set `extract: "sh"` to run it',
      code: "no-destination",
      exitCode: 2,
    });
  }
  const name = expandKnown(entry.download, variables).replace(/[?#].*$/, "").replace(/^.*\//, "");
  return absolutePath(
    downloadKind(entry, step.candyVars) === "none" && to.endsWith("/") ? `${to}${name}` : to,
    variables,
    where,
  );
}

export function lowerDownload(step: OpStep, entry: DownloadEntry, context: LowerContext): DownloadAct {
  const base = opBase(step, "download", context);
  const extract = downloadKind(entry, step.candyVars);
  const url = expandVariables(entry.download, base.variables, base.where);
  if (!/^https?:\/\/[^/\s]+/.test(url)) {
    throw new CharlyError(`${base.where}: ${JSON.stringify(url)} is no http: or https: address`, {
      hint: "use `copy` for files of the project",
      code: "bad-address",
      exitCode: 2,
    });
  }
  const to = extract === "sh" && entry.to === undefined ? undefined : downloadPath(step, entry, base.variables);
  const own = Object.fromEntries(
    Object.entries(entry.env ?? {}).map((
      [name, value],
    ) => [name, expandKnown(homeVariable(value), base.variables)]),
  );
  const vars = Object.fromEntries(Object.keys(step.candyVars).map((name) => [name, base.variables[name] ?? ""]));
  const env = {
    ...context.env[base.act.level],
    ARCH: archOf(context.facts.machine),
    BUILD_ARCH: context.facts.machine,
    ...vars,
    ...own,
  };
  const uninstall = (entry.uninstall ?? []).map(base.path);
  return {
    ...base.act,
    type: "download",
    resource: resourceOf(extract, step, entry, to),
    summary: extract === "sh" ? `download ${url} and run it` : `download ${url} to ${to}`,
    reversibility: extract !== "sh" ? "exact" : uninstall.length > 0 ? "best-effort" : "none",
    url,
    ...(to === undefined ? {} : { to }),
    extract,
    strip: entry.stripComponents ?? 0,
    include: entry.extractInclude ?? [],
    ...(entry.sha256 === undefined ? {} : { sha256: entry.sha256.toLowerCase() }),
    mode: entry.mode ?? "0755",
    env: extract === "sh" ? env : {},
    uninstall,
  };
}

function resourceOf(
  extract: DownloadAct["extract"],
  step: OpStep,
  entry: DownloadEntry,
  to: string | undefined,
): string {
  if (extract === "sh" || to === undefined) {
    const named = entry.id === undefined ? {} : { id: entry.id };
    return `cmd:${step.candy}:${commandId({ ...named, text: entry.download })}`;
  }
  return extract === "none" ? `file:${to}` : `tree:${to}`;
}
