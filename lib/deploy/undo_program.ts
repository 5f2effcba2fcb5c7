/** Claims to take back → the program that does it, in the given order, each compared with what we left before it goes. */
import { assertNever } from "../base/brand.ts";
import { quoteWord as quote } from "../command/quote.ts";
import { encodeField } from "../ledger/field.ts";
import { pathOfResource } from "../ledger/paths.ts";
import { priorToken } from "../ledger/prior_token.ts";
import type { Claim, Prior, Want } from "../ledger/record.ts";
import type { UndoItem } from "../ledger/undo.ts";
import { unitOfFile } from "../steps/unit_text.ts";
import { oldMarkers } from "../steps/sourcing_block.ts";

/** An item with its number in the run. */
export interface NumberedUndo {
  readonly n: number;
  readonly item: UndoItem;
}

/** Beside the items of an undo. */
export interface UndoProgramOptions {
  /** Preserve what is taken away: a rollback puts it back. */
  readonly keeping?: boolean;
  /** Further ways back, as text, after the items. */
  readonly texts?: readonly string[];
}

/** Renders the items of one level. */
export function undoProgram(
  items: readonly NumberedUndo[],
  secrets: ReadonlyMap<string, string>,
  options: UndoProgramOptions = {},
): string {
  const lines = [
    "listen",
    `FORCE=${items.some(({ item }) => item.options.force === true) ? 1 : ""}`,
    `KEEPING=${options.keeping === true ? 1 : ""}`,
  ];
  if (items.length > 0) lines.push("UNQ=1 UL=' '");
  const reloads = new Set<string>();
  const again: string[] = [];
  const looks = looksOf(items);
  for (const numbered of items) {
    lines.push(...looks.get(numbered.n) ?? []);
    lines.push(`poll && {\n${undoText(numbered, secrets)}\n}`);
    const want = numbered.item.claim?.want;
    if (want?.type === "file" && want.reload !== undefined && numbered.item.how !== "release") {
      reloads.add(want.reload);
      const unit = unitOfFile(want.path);
      if (unit !== undefined) again.push(`unit_again ${want.reload} ${quote(unit)} ${numbered.n}`);
    }
  }
  if (items.length > 0) lines.push("un_flush", "UNQ= UL=' '");
  for (const text of options.texts ?? []) lines.push(`poll && {\n${text}\n}`);
  for (const manager of reloads) lines.push(`reload ${manager}`);
  lines.push(...again);
  lines.push("deaf", '[ -z "$RD" ] || { jsync; seal; }');
  return lines.join("\n") + "\n";
}

/** Paths that share one look: more would make the target's argument lists long. */
const lookLimit = 100;

/** Which looks stand before which items: one for neighbours that remove or put back files and links, none of them twice. */
function looksOf(items: readonly NumberedUndo[]): ReadonlyMap<number, readonly string[]> {
  const looks = new Map<number, readonly string[]>();
  let group: { readonly n: number; readonly path: string }[] = [];
  const end = () => {
    const [first] = group;
    if (first !== undefined && group.length > 1) {
      looks.set(first.n, [`un_look ${group.map(({ n, path }) => `${n} ${quote(path)}`).join(" ")}`]);
    }
    group = [];
  };
  for (const { n, item } of items) {
    const want = item.how === "surface" ? undefined : item.claim?.want;
    if (want?.type === "file" || want?.type === "link") {
      if (group.length >= lookLimit || group.some(({ path }) => path === want.path)) end();
      group.push({ n, path: want.path });
    } else if (want !== undefined && want.type !== "dir") end();
  }
  end();
  return looks;
}

/** One item as program text. */
export function undoText({ n, item }: NumberedUndo, secrets: ReadonlyMap<string, string>): string {
  const resource = quote(encodeField(item.resource));
  const only = (result: "dropped" | "released" | "undone", why = item.note ?? "") =>
    `un_drop ${n} ${resource} ${result} ${quote(why)}`;
  if (item.how === "drop") return only("dropped");
  if (item.how === "release") return only("released");
  const { claim, base } = item;
  if (claim === undefined) {
    const path = pathOfResource(item.resource);
    return path === undefined ? only("dropped") : `un_dir ${n} ${resource} ${quote(path)} absent 0755`;
  }
  if (item.how === "surface") return surfaceText(n, resource, claim, item.surface?.claim, only);
  const want = claim.want;
  switch (want.type) {
    case "file":
      return withPrior(
        base,
        only,
        (token) => `un_path ${n} ${resource} ${quote(want.path)} ${token} file ${quote(digests(claim))}`,
      );
    case "link":
      return withPrior(
        base,
        only,
        (token) => `un_path ${n} ${resource} ${quote(want.path)} ${token} link ${quote(want.target)}`,
      );
    case "dir":
      return withPrior(base, only, (token) => `un_dir ${n} ${resource} ${quote(want.path)} ${token} ${want.mode}`);
    case "block":
      return `un_block ${n} ${resource} ${quote(want.path)} ${quote(want.begin)} ${quote(want.end)} ${
        quote(want.body)
      } ${quote(priorToken(base ?? { was: "value", value: "unknown" }))} ${item.last === true ? 1 : 0} ${
        quote(oldMarkers.begin)
      } ${quote(oldMarkers.end)}`;
    case "command":
      return commandBack(n, resource, item, want, secrets, only);
    case "packages":
      if (item.transactions === undefined) return only("dropped", "it was there before");
      return `scratch && un_packages ${n} ${resource} ${want.format} ${item.options.keepData === true ? 1 : 0} 1800 ${
        quote((item.keepNames ?? []).join(","))
      } ${item.transactions.map(quote).join(" ")}`;
    case "unit":
      if (base?.was !== "value") return only("dropped", "it was so before");
      return `un_unit ${n} ${resource} ${want.manager} ${quote(want.unit)} ${quote(base.value)}`;
    case "cap":
      if (base?.was !== "value") return only("dropped", "it was so before");
      return `un_cap ${n} ${resource} ${quote(want.path)} ${quote(want.caps)} ${quote(base.value)}`;
    case "sysctl":
      if (base?.was !== "listed") return only("dropped", "it was so before");
      return `un_sysctl ${n} ${resource} ${quote(want.key)} ${quote(want.value)} ${quote(base.ref)}`;
    case "account":
      if (base?.was !== "absent") return only("dropped", "it was there before");
      return `un_account ${n} ${resource} ${want.account} ${quote(want.name)} ${
        quote(claim.noted?.findLast((ref) => ref.endsWith(".home")) ?? "")
      }`;
    case "download":
      return downloadBack(n, resource, item, want, only);
    case "reboot":
      return only("released", "a reboot cannot be taken back");
    default:
      return assertNever(want);
  }
}

type Only = (result: "dropped" | "released" | "undone", why?: string) => string;

/** Digests this claim may have left: the newest, and where its end is unknown those before. */
function digests(claim: Claim): string {
  const wants = [claim.want, ...claim.earlier ?? []];
  return wants.flatMap((want) => want.type === "file" ? [want.sha256] : []).join(" ");
}

/** Originals come back by token; what was found as wanted before us, or is not known, is left alone. */
function withPrior(base: Prior | undefined, only: Only, text: (token: string) => string): string {
  if (base === undefined) return only("dropped", "nothing is known of what was there before");
  if (base.was === "value" || base.was === "listed") return only("dropped", "it was so before");
  return text(quote(priorToken(base)));
}

function surfaceText(n: number, resource: string, claim: Claim, next: Claim | undefined, only: Only): string {
  const want = next?.want;
  if (want === undefined) return only("dropped");
  switch (want.type) {
    case "file":
      if (want.sha256.startsWith("salted:")) {
        return only("dropped", "its content is secret: apply the other bundle again");
      }
      return `surface ${n} ${resource} ${quote(want.path)} ${quote(digests(claim))} ${
        quote(want.sha256)
      } ${want.mode} ${quote(want.owner ?? "-")}`;
    case "link": {
      const left = claim.want.type === "link" ? claim.want.target : want.target;
      return `surface_link ${n} ${resource} ${quote(want.path)} ${quote(left)} ${quote(want.target)}`;
    }
    case "block": {
      const left = claim.want.type === "block" ? claim.want.body : want.body;
      return `surface_block ${n} ${resource} ${quote(want.path)} ${quote(want.begin)} ${quote(want.end)} ${
        quote(left)
      } ${quote(want.body)}`;
    }
    case "dir":
      return `un_dir ${n} ${resource} ${quote(want.path)} dir:${want.mode}:${quote(want.owner ?? "-")} ${
        claim.want.type === "dir" ? claim.want.mode : want.mode
      }`;
    default:
      return only("dropped", "apply the other bundle again to bring its state back");
  }
}

function commandBack(
  n: number,
  resource: string,
  item: UndoItem,
  want: Extract<Want, { type: "command" }>,
  secrets: ReadonlyMap<string, string>,
  only: Only,
): string {
  const files = (item.touched ?? []).map(({ path, base }) =>
    `un_touched ${n} ${quote(path)} ${quote(priorToken(base))}`
  );
  if (want.undo === undefined) return [...files, only("undone")].join("\n");
  const undo = want.undo.text;
  const named = (name: string) => new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`).test(undo);
  const missing = want.secrets.filter((name) => !secrets.has(name) && named(name));
  if (missing.length > 0) {
    return `un ${n} ${resource} && undid ${n} failed:1 ${quote(`the secret ${missing.join(", ")} is not at hand`)}`;
  }
  const exports = [
    ...Object.entries(want.env).map(([name, value]) => `export ${name}=${quote(value)}`),
    ...want.secrets.flatMap((name) => secrets.has(name) ? [`export ${name}=${quote(secrets.get(name) ?? "")}`] : []),
  ];
  return [
    `BODY=${quote([...exports, want.undo.text].join("\n"))}`,
    `STEP_STATE=${item.claim?.state ?? "done"}`,
    ...commandThenFiles(`un_command ${n} ${resource} ${want.shell}`, files),
    "BODY= STEP_STATE=",
  ].join("\n");
}

/** An undo command, which may still want its files as it left them, and then what they were before. */
export function commandThenFiles(command: string, files: readonly string[]): string[] {
  if (files.length === 0) return [command];
  return ["un_files() {", ...files, "}", command, "un_files() { :; }"];
}

function downloadBack(
  n: number,
  resource: string,
  item: UndoItem,
  want: Extract<Want, { type: "download" }>,
  only: Only,
): string {
  if (want.extract === "sh") {
    const removals = want.uninstall.map((path) => `rm -rf -- ${quote(path)}`);
    return [`BODY=${quote(removals.join("\n"))}`, `un_command ${n} ${resource} sh`, "BODY="].join("\n");
  }
  if (want.extract !== "none") {
    return item.transactions === undefined
      ? only("dropped", "it was so before")
      : `scratch && un_tree ${n} ${resource} ${item.transactions.map(quote).join(" ")}`;
  }
  const got = item.claim?.noted?.filter((ref) => ref.endsWith(".got")) ?? [];
  const to = want.to;
  if (got.length === 0 || to === undefined) return only("dropped", "nothing is known of what was fetched");
  return withPrior(
    item.base,
    only,
    (token) =>
      `_got=$(cd "$STORE/prior" && cut -d' ' -f1 ${got.map(quote).join(" ")} 2>/dev/null | tr '\\n' ' ')\n` +
      `un_path ${n} ${resource} ${quote(to)} ${token} file "$_got"`,
  );
}
