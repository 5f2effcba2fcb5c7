/**
 * Acts → the program of one batch. Neighbouring native acts (files, directories, links) share one look and one sync; opaque
 * ones stand alone. The order is the plan's; nothing is moved to enlarge a group.
 */
import { assertNever } from "../base/brand.ts";
import { quoteWord as quote } from "../command/quote.ts";
import type { ShellBlob } from "../execute/shell.ts";
import { encodeField } from "../ledger/field.ts";
import { isUnder, repositoryPlaces } from "../ledger/paths.ts";
import type { Act, CommandAct, Content, DirAct, DownloadAct, FileAct, LinkAct } from "../steps/act.ts";
import { type Numbered, numeric } from "./probe.ts";

/** What a batch needs beside its acts. */
export interface BatchContext {
  /** Values of the secrets acts name; only those acts get them. */
  readonly secrets: ReadonlyMap<string, string>;
  /** When a command runs: `always`, or only if one of these acts ran in this run. */
  readonly runIf: (n: number) => "always" | readonly number[];
  /** The target fetches downloads itself (curl or wget is there). */
  readonly fetchesItself: boolean;
  /** Opens what charly fetched for a target that cannot. */
  readonly fetched?: (act: DownloadAct) => Promise<Content>;
  /** Digest of another bundle's bytes an act is about to cover: they are kept first. */
  readonly covers?: (n: number) => string | undefined;
}

/** A program and the bytes it needs first. */
export interface BatchProgram {
  readonly text: string;
  readonly blobs: readonly ShellBlob[];
}

type Native = FileAct | DirAct | LinkAct;

const inlineLimit = 64 * 1024;
const groupLimit = 100;

/** Renders one batch. */
export async function batchProgram(acts: readonly Numbered[], context: BatchContext): Promise<BatchProgram> {
  const lines: string[] = ["listen"];
  const blobs: ShellBlob[] = [];
  let group: Numbered<Native>[] = [];
  const reloads = new Set<"system" | "user">();
  const flush = () => {
    if (group.length > 0) lines.push(nativeGroup(group, blobs, context));
    group = [];
  };
  const settle = () => {
    flush();
    for (const manager of reloads) lines.push(`reload ${manager}`);
    reloads.clear();
  };
  for (const { n, act } of acts) {
    if (changesRepositories(act)) {
      flush();
      lines.push("REFRESHED=");
    }
    if (isNative(act)) {
      if (isGuarded(act)) {
        flush();
        lines.push(guarded(n, act, nativeGroup([{ n, act }], blobs, context)));
      } else {
        if (group.length >= groupLimit || group.some((other) => conflicts(other.act, act))) flush();
        group.push({ n, act });
      }
      if (act.type === "file" && act.reload !== undefined) reloads.add(act.reload);
      continue;
    }
    settle();
    lines.push(guarded(n, act, await opaque(n, act, context, blobs)));
  }
  settle();
  lines.push("deaf", '[ -z "$RD" ] || { jsync; seal; }');
  return { text: lines.join("\n") + "\n", blobs };
}

/** After these, package lists are old. Commands may add a repository without saying so. */
function changesRepositories(act: Act): boolean {
  if (act.type === "command") return act.level === "root";
  const path = act.type === "file" || act.type === "block" ? act.path : undefined;
  return path !== undefined && repositoryPlaces.some((place) => isUnder(path, place));
}

function isNative(act: Act): act is Native {
  return act.type === "file" || act.type === "dir" || act.type === "link";
}

function isGuarded(act: Act): boolean {
  return act.unless !== undefined || act.creates !== undefined || act.needsTool !== undefined ||
    (act.type === "file" && act.refuseIfExists !== undefined);
}

/** Two acts that may not share a look: the same path, or one's path goes through a link or file the other makes. */
function conflicts(a: Native, b: Native): boolean {
  return a.path === b.path || (a.type !== "dir" && b.path.startsWith(`${a.path}/`));
}

function nativeGroup(group: readonly Numbered<Native>[], blobs: ShellBlob[], context: BatchContext): string {
  const looks = group.map(({ n, act }) => `${n} ${quote(act.path)} ${act.type === "file" ? act.content.size : "-"}`);
  const pre: string[] = [];
  const act_: string[] = [];
  const made = new Set<string>();
  const parents = new Map<string, number>();
  for (const { n, act } of group) {
    for (const parent of ancestors(act.path)) {
      if (!made.has(parent) && !parents.has(parent)) parents.set(parent, n);
    }
    if (act.type === "dir") made.add(act.path);
    const resource = quote(encodeField(act.resource));
    const path = quote(act.path);
    switch (act.type) {
      case "file": {
        const owner = ownerWord(act.owner);
        const covered = context.covers?.(n);
        if (covered !== undefined) pre.push(`cover ${path} ${covered}`);
        pre.push(`pre_file ${n} ${resource} ${path} ${act.content.sha256} ${act.mode} ${owner}`);
        act_.push(`do_file ${n} ${path} ${act.mode} ${owner} ${contentWord(n, act.content, blobs)}`);
        break;
      }
      case "dir":
        pre.push(`pre_dir ${n} ${resource} ${path} ${act.mode} ${ownerWord(act.owner)}`);
        act_.push(`do_dir ${n} ${path} ${act.mode} ${ownerWord(act.owner)}`);
        break;
      case "link":
        pre.push(`pre_link ${n} ${resource} ${path} ${quote(act.target)}`);
        act_.push(`do_link ${n} ${path} ${quote(act.target)}`);
        break;
      default:
        assertNever(act);
    }
  }
  const missing = [...parents].sort(([a], [b]) => a.length - b.length);
  const records = missing.map(([path, n]) => `parents_rec ${n} ${quote(path)} ${quote(encodeField(`dir:${path}`))}`);
  return [
    "poll && {",
    `looks ${looks.join(" ")}`,
    ...pre,
    ...records,
    "jsync",
    ...(missing.length === 0 ? [] : [`parents_mk ${missing.map(([path]) => quote(path)).join(" ")}`]),
    ...act_,
    "}",
  ].join("\n");
}

/** `/a/b/c` → `/a`, `/a/b`. */
export function ancestors(path: string): string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

function ownerWord(owner: string | undefined): string {
  if (owner === undefined) return "-";
  return quote(numeric(owner, { uid: 0, gid: 0 }) ?? owner);
}

function contentWord(n: number, content: Content, blobs: ShellBlob[]): string {
  if (content.from.kind === "bytes" && content.size <= inlineLimit) {
    const text = asText(content.from.bytes);
    if (text !== undefined) return quote(`=${text}`);
  }
  const name = `f${n}`;
  blobs.push(blobOf(name, content));
  return `@${name}`;
}

/** The text whose UTF-8 these bytes are, if a shell word can carry it. */
function asText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A content as something a shell can be sent. */
export function blobOf(name: string, content: Content): ShellBlob {
  const from = content.from;
  return {
    name,
    size: content.size,
    async *open() {
      if (from.kind === "bytes") {
        for (let at = 0; at < from.bytes.length; at += 65536) yield from.bytes.subarray(at, at + 65536);
        return;
      }
      using file = await Deno.open(from.path, { read: true });
      yield* file.readable;
    },
  };
}

/** Guards around what does not look at them itself; a command's own guard is asked by `command_act`. */
function guarded(n: number, act: Act, text: string): string {
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

async function opaque(
  n: number,
  act: Exclude<Act, Native>,
  context: BatchContext,
  blobs: ShellBlob[],
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
      return `unit_act ${n} ${resource} ${act.manager} ${quote(act.unit)} ${act.enable ? 1 : 0}`;
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

/** Seconds a command may take when it does not say. */
export const commandTimeout = 600;

function commandText(n: number, act: CommandAct, context: BatchContext, blobs: ShellBlob[]): string {
  const when = context.runIf(n);
  const run = when === "always" ? "always" : when.join(" ");
  const body = commandBody(n, act, context, blobs);
  const touches = act.touches ?? [];
  const keep = touches.flatMap((path) => [`touch_rec ${n} ${quote(encodeField(`host:${path}`))} ${quote(path)}`]);
  return [
    `BODY=${body}`,
    `UNLESS=${quote(act.unless ?? "")}`,
    ...(touches.length === 0 ? ["TOUCH="] : [`TOUCH=${quote(keep.join("\n"))}`]),
    `command_act ${n} kill ${act.timeout ?? commandTimeout} ${act.shell} ${quote(run)} ${quote(act.creates ?? "")}`,
    "BODY=",
  ].join("\n");
}

/** The body as a shell word: exports, then the author's text. `/ctx/<name>` becomes the file's place in the stage. */
export function commandBody(n: number, act: CommandAct, context: BatchContext, blobs: ShellBlob[]): string {
  const exports = [
    ...Object.entries(act.env).map(([name, value]) => `export ${name}=${quote(value)}`),
    ...act.secrets.flatMap((name) => {
      const value = context.secrets.get(name);
      return value === undefined ? [] : [`export ${name}=${quote(value)}`];
    }),
    ...(act.path.length === 0 ? [] : [`export PATH=${quote(act.path.join(":"))}:"$PATH"`]),
  ];
  const head = exports.length === 0 ? "" : `${exports.join("\n")}\n`;
  const ctx = act.ctx ?? [];
  if (ctx.length === 0) return quote(head + act.text);
  for (const [index, file] of ctx.entries()) blobs.push(blobOf(`c${n}.${index}`, file.content));
  // The stage's place is known to the driver only: "$CTX" is spliced where the text says /ctx.
  const set = ctx.map((file, index) => {
    const parent = file.name.includes("/")
      ? `mkdir -p "$BL/ctx${n}/${file.name.slice(0, file.name.lastIndexOf("/"))}"; `
      : "";
    return `${parent}mv "$BL/c${n}.${index}" "$BL/ctx${n}/"${quote(file.name)} && chmod ${file.mode} "$BL/ctx${n}/"${
      quote(file.name)
    }`;
  });
  const pieces = (head + act.text).split("/ctx/").map(quote);
  return `${pieces.join(`"$BL/ctx${n}/"`)}\nmkdir -p "$BL/ctx${n}"\n${set.join("\n")}`;
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
