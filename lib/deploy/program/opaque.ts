/** Acts that stand alone: blocks, packages, units, accounts, downloads, and the guards around any act. */
import { assertNever } from "../../base/brand.ts";
import { quoteWord as quote } from "../../command/quote.ts";
import type { ShellBlob } from "../../execute/executor.ts";
import { encodeField } from "../../ledger/field.ts";
import type { Act, DownloadAct } from "../../steps/act.ts";
import { commandText } from "./command.ts";
import { blobOf } from "./content.ts";
import type { BatchContext } from "./context.ts";
import { ancestors, type Native } from "./native.ts";

/** Guards around what does not look at them itself; a command's own guard is asked by `command_act`. */
export function guarded(n: number, act: Act, text: string): string {
  let result = text;
  if (act.type === "file" && act.refuseIfExists !== undefined) {
    const tests = act.refuseIfExists.paths.map((path) => `[ -e ${quote(path)} ]`).join(" || ");
    result = `if poll && { ${tests}; }; then fail ${n} ${quote(act.refuseIfExists.hint)}; else\n${result}\nfi`;
  }
  if (act.type !== "command" && (act.unless !== undefined || act.creates !== undefined)) {
    result = `UNLESS=${quote(act.unless ?? "")}\nif guard ${n} ${
      quote(act.creates ?? "")
    } sh; then\n${result}\nelse skip ${n} 'guard satisfied'\nfi`;
    result = `if poll; then\n${result}\nfi`;
  }
  if (act.needsTool !== undefined) {
    result = `if have ${quote(act.needsTool)}; then\n${result}\nelse poll && skip ${n} ${
      quote(`${act.needsTool} is not installed`)
    }\nfi`;
  }
  return result;
}

/**
 * Renders an act that shares nothing with its neighbours.
 *
 * @param unitFiles numbers of the acts that write files of the unit this act starts
 */
export async function opaque(
  n: number,
  act: Exclude<Act, Native>,
  context: BatchContext,
  blobs: ShellBlob[],
  unitFiles: readonly number[],
): Promise<string> {
  const resource = quote(encodeField(act.resource));
  switch (act.type) {
    case "command":
      return commandText(n, act, context, blobs);
    case "block": {
      const legacy = (act.legacy ?? []).flatMap(({ begin, end }) => [quote(begin), quote(end)]);
      const host = quote(encodeField(`host:${act.path}`));
      const parents = ancestors(act.path);
      return [
        "poll && {",
        ...parents.map((path) => `parents_rec ${n} ${quote(path)} ${quote(encodeField(`dir:${path}`))}`),
        `parents_mk ${parents.map(quote).join(" ")}`,
        `block_act ${n} ${resource} ${host} ${quote(act.path)} ${quote(act.begin)} ${quote(act.end)} ${
          quote(act.body)
        } ${act.mode} ${legacy.join(" ")}`,
        "}",
      ].join("\n");
    }
    case "packages": {
      const options = [...act.options, ...excluded(act.format, act.exclude)].map(quote).join(" ");
      return `packages_act ${n} ${resource} ${act.format} ${act.refresh ? 1 : 0} ${act.timeout ?? 1800} ${
        quote(options)
      } ${quote(act.replaces.join(" "))} ${act.names.map(quote).join(" ")}`;
    }
    case "unit":
      return `unit_act ${n} ${resource} ${act.manager} ${quote(act.unit)} ${act.enable ? 1 : 0} ${
        quote(unitFiles.join(" "))
      }`;
    case "cap":
      return `cap_act ${n} ${resource} ${quote(act.path)} ${quote(act.caps)}`;
    case "sysctl":
      return `sysctl_act ${n} ${resource} ${quote(act.key)} ${quote(act.value)}`;
    case "account":
      return `account_act ${n} ${resource} ${act.account} ${quote(act.name)} ${word(act.uid)} ${word(act.gid)} ${
        word(act.home)
      } ${word(act.loginShell)} ${word(act.groups?.join(","))}`;
    case "download":
      return await downloadText(n, act, context, blobs);
    case "reboot":
      return `reboot_act ${n}`;
    default:
      return assertNever(act);
  }
}

function excluded(format: string, names: readonly string[]): string[] {
  if (format === "rpm") return names.map((name) => `--exclude=${name}`);
  if (format === "pac") return names.map((name) => `--ignore=${name}`);
  return [];
}

function word(value: string | number | undefined): string {
  return value === undefined || value === "" ? "-" : quote(String(value));
}

async function downloadText(n: number, act: DownloadAct, context: BatchContext, blobs: ShellBlob[]): Promise<string> {
  let from = "";
  if (!context.fetchesItself && context.fetched !== undefined) {
    from = `g${n}.in`;
    blobs.push(blobOf(from, await context.fetched(act)));
  }
  const resource = quote(encodeField(act.resource));
  const env = Object.entries(act.env).map(([name, value]) => `export ${name}=${quote(value)}`).join("\n");
  const parents = act.to === undefined ? [] : [...ancestors(act.to), ...(act.extract === "none" ? [] : [act.to])];
  return [
    `DENV=${quote(env)}`,
    "poll && {",
    ...parents.map((path) => `parents_rec ${n} ${quote(path)} ${quote(encodeField(`dir:${path}`))}`),
    ...(parents.length === 0 ? [] : [`jsync`, `parents_mk ${parents.map(quote).join(" ")}`]),
    `download_act ${n} ${resource} ${quote(act.url)} ${quote(act.to ?? "")} ${act.extract} ${act.strip} ${
      quote(act.sha256 ?? "")
    } ${act.mode} ${act.timeout ?? 1800} ${quote(from)} ${act.include.map(quote).join(" ")}`,
    "}",
  ].join("\n");
}
