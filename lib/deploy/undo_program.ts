/** Claims to take back → the program that does it, in the given order, each compared with what we left before it goes. */
import { assertNever } from "../base/brand.ts";
import { quoteWord as quote } from "../command/quote.ts";
import { encodeField } from "../ledger/field.ts";
import { priorToken } from "../ledger/prior_token.ts";
import type { Claim, Prior } from "../ledger/record.ts";

/** One thing to take back, with its number in the run. */
export interface NumberedUndo {
  readonly n: number;
  readonly claim: Claim;
  /** `drop`, `release`: only the claim goes. `surface`: the next claim's state comes back. `base`: what was there first. `undo`: the author's command. */
  readonly how: "base" | "drop" | "surface" | "undo" | "release";
  readonly base?: Prior;
  /** Path-like surfaces: the preserved bytes of the claim that comes back. */
  readonly surfaceRef?: string;
  readonly note?: string;
  /** Names no one may remove: packages other claims hold. */
  readonly keepNames?: readonly string[];
  /** Block: no other block of ours stays in the file. */
  readonly lastBlock?: boolean;
  /** The original of the file a block stands in. */
  readonly hostBase?: Prior;
  /** Originals of the paths a command says it touches. */
  readonly touched?: readonly { readonly path: string; readonly base: Prior }[];
}

/** What the program depends on beside the items. */
export interface UndoContext {
  readonly force: boolean;
  readonly keepData: boolean;
  readonly secrets: ReadonlyMap<string, string>;
}

/** Renders the items of one level. */
export function undoProgram(items: readonly NumberedUndo[], context: UndoContext): string {
  const lines = ["listen", `FORCE=${context.force ? 1 : ""}`];
  for (const item of items) lines.push(`poll && {\n${undoText(item, context)}\n}`);
  lines.push("deaf", '[ -z "$RD" ] || { jsync; seal; }');
  return lines.join("\n") + "\n";
}

function undoText(item: NumberedUndo, context: UndoContext): string {
  const { n, claim } = item;
  const want = claim.want;
  const resource = quote(encodeField(claim.resource));
  const dropped = (result: string, why = "") => `un_drop ${n} ${resource} ${quote(result)} ${quote(why)}`;
  if (item.how === "drop") return dropped("dropped", item.note);
  if (item.how === "release") return dropped("released", item.note);
  const base = item.base;
  switch (want.type) {
    case "file":
      return ready(
        base,
        (token) =>
          `un_path ${n} ${resource} ${quote(want.path)} ${token} file ${quote(want.sha256)}` +
          (want.reload === undefined ? "" : `\nRELOAD_${want.reload}=1`),
        dropped,
        item.surfaceRef,
      );
    case "link":
      return ready(
        base,
        (token) => `un_path ${n} ${resource} ${quote(want.path)} ${token} link ${quote(want.target)}`,
        dropped,
        item.surfaceRef,
      );
    case "dir":
      return ready(base, (token) => `un_dir ${n} ${resource} ${quote(want.path)} ${token} ${want.mode}`, dropped);
    case "block":
      return `un_block ${n} ${resource} ${quote(want.path)} ${quote(want.begin)} ${quote(want.end)} ${
        quote(want.body)
      } ${quote(priorToken(item.hostBase ?? { was: "value", value: "unknown" }))} ${item.lastBlock === true ? 1 : 0}`;
    case "command": {
      const undo = want.undo;
      const back = touchedBack(item);
      if (undo === undefined) {
        return back === ""
          ? dropped("released", "nothing undoes a command without `undo`")
          : `${back}\n${dropped("undone")}`;
      }
      const secrets = want.secrets.flatMap((name) => {
        const value = context.secrets.get(name);
        return value === undefined ? [] : [`export ${name}=${quote(value)}`];
      });
      const exports = [
        ...Object.entries(want.env).map(([name, value]) => `export ${name}=${quote(value)}`),
        ...secrets,
      ];
      return [
        ...(back === "" ? [] : [back]),
        `BODY=${quote([...exports, undo.text].join("\n"))}`,
        `STEP_STATE=${claim.state}`,
        `un_command ${n} ${resource} ${want.shell}`,
        "BODY= STEP_STATE=",
      ].join("\n");
    }
    case "packages": {
      if (base?.was !== "listed") return dropped("dropped", "it was there before");
      return `scratch && un_packages ${n} ${resource} ${want.format} ${context.keepData ? 1 : 0} 1800 ${
        quote(base.ref)
      } ${quote((item.keepNames ?? []).join(","))}`;
    }
    case "unit":
      if (base?.was !== "value" || !base.value.includes(",")) return dropped("dropped", "it was so before");
      return `un_unit ${n} ${resource} ${want.manager} ${quote(want.unit)} ${quote(base.value)}`;
    case "cap":
      if (base?.was !== "value" || base.value === "preexisting") return dropped("dropped", "it was so before");
      return `un_cap ${n} ${resource} ${quote(want.path)} ${quote(want.caps)} ${quote(base.value)}`;
    case "sysctl":
      if (base?.was !== "listed") return dropped("dropped", "it was so before");
      return `un_sysctl ${n} ${resource} ${quote(want.key)} ${quote(want.value)} ${quote(base.ref)}`;
    case "account":
      if (base?.was !== "absent") return dropped("dropped", "it was there before");
      return `un_account ${n} ${resource} ${want.account} ${quote(want.name)}`;
    case "download":
      return downloadBack(item, resource, dropped);
    case "reboot":
      return dropped("released", "a reboot cannot be taken back");
    default:
      return assertNever(want);
  }
}

/** Path bases come back by token; anything that was found as wanted before us is left alone. */
function ready(
  base: Prior | undefined,
  text: (token: string) => string,
  dropped: (result: string, why?: string) => string,
  surfaceRef?: string,
): string {
  if (surfaceRef !== undefined) return text(quote(`copied:file:${surfaceRef}`));
  if (base === undefined) return dropped("dropped", "nothing is known of what was there before");
  if (base.was === "value" || base.was === "listed") return dropped("dropped", "it was so before");
  return text(quote(priorToken(base)));
}

function downloadBack(item: NumberedUndo, resource: string, dropped: (result: string, why?: string) => string): string {
  const { n, claim, base } = item;
  const want = claim.want;
  if (want.type !== "download") return dropped("dropped");
  if (want.extract === "sh") {
    const removals = want.uninstall.map((path) => `rm -rf -- ${quote(path)}`);
    if (removals.length === 0) return dropped("released", "nothing undoes a downloaded script without `uninstall`");
    return [`BODY=${quote(removals.join("\n"))}`, `un_command ${n} ${resource} sh`, "BODY="].join("\n");
  }
  if (want.extract !== "none") {
    return base?.was === "listed"
      ? `scratch && un_tree ${n} ${resource} ${quote(base.ref)}`
      : dropped("dropped", "it was so before");
  }
  const got = claim.noted?.findLast((ref) => ref.endsWith(".got"));
  if (got === undefined || want.to === undefined) return dropped("dropped", "nothing is known of what was fetched");
  return ready(
    base,
    (token) =>
      `read -r _got _ <"$STORE/prior/"${quote(got)}\nun_path ${n} ${resource} ${
        quote(want.to ?? "")
      } ${token} file "$_got"`,
    dropped,
  );
}

/** What a command said it touches comes back from its copies; it may have written them twice, so nothing is compared. */
function touchedBack(item: NumberedUndo): string {
  return (item.touched ?? []).map(({ path, base }) => `un_touched ${item.n} ${quote(path)} ${quote(priorToken(base))}`)
    .join("\n");
}
