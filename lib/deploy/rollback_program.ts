/**
 * The way back of a run, as text made before its first act: each piece asks the journal what became of its act. Sent to the
 * driver when `--on-failure rollback` needs it, left on the target by a guard. Pure.
 */
import { assertNever } from "../base/brand.ts";
import { canonicalJson } from "../base/canonical_json.ts";
import { quoteWord as quote } from "../command/quote.ts";
import { encodeField } from "../ledger/field.ts";
import { pathOfResource } from "../ledger/paths.ts";
import type { IntentAct, IntentRevert, RunIntent, Want } from "../ledger/record.ts";
import type { Act, Level } from "../steps/act.ts";
import { unitOfFile } from "../steps/unit_text.ts";
import type { LevelUndo } from "./assess.ts";
import type { Judged } from "./judge.ts";
import { ancestors } from "./program/native.ts";
import { commandThenFiles } from "./undo_program.ts";

/** A run that may have to be put back. */
export interface RollbackInput {
  readonly judged: readonly Judged[];
  readonly early: readonly LevelUndo[];
  /** Reverts behind the plan; empty where they wait. */
  readonly late: readonly LevelUndo[];
  readonly acts: ReadonlyMap<number, IntentAct>;
  readonly intents: Readonly<Partial<Record<Level, RunIntent>>>;
}

/** Neighbouring pieces of one level. */
export interface RollbackSegment {
  readonly level: Level;
  readonly text: string;
}

interface Piece {
  readonly level: Level;
  readonly text: string;
}

/** Everything a rollback may have to do, in its order; values of secrets for undo commands that name some. */
export function rollbackSegments(input: RollbackInput, secrets: ReadonlyMap<string, string>): RollbackSegment[] {
  const reverts = new Map(
    Object.values(input.intents).flatMap((intent) => intent?.reverts ?? []).map((revert) => [revert.n, revert]),
  );
  const included = input.judged.filter((it) => it.included).toReversed();
  const back = (items: readonly LevelUndo[]) => items.toReversed().flatMap((it) => revertBack(it, reverts.get(it.n)));
  const atEnd = included.filter(({ act }) => act.type === "command" && act.undo?.at === "end");
  const pieces = [
    ...back(input.late),
    ...included.filter((it) => !atEnd.includes(it)).flatMap((it) => actBack(it, input.acts.get(it.n), secrets)),
    ...directories(input, included),
    ...back(input.early),
    ...reloads(included),
    ...atEnd.flatMap((it) => actBack(it, input.acts.get(it.n), secrets)),
    ...again(included),
  ];
  const segments: { level: Level; lines: string[] }[] = [];
  for (const { level, text } of pieces) {
    const last = segments.at(-1);
    const line = `poll && {\n${text}\n}`;
    if (last?.level === level) last.lines.push(line);
    else segments.push({ level, lines: [line] });
  }
  return segments.map(({ level, lines }) => ({ level, text: `${lines.join("\n")}\n` }));
}

/** The way back of an act; directories come later, all together. */
function actBack({ n, act }: Judged, intent: IntentAct | undefined, secrets: ReadonlyMap<string, string>): Piece[] {
  const resource = quote(encodeField(act.resource));
  const piece = (text: string): Piece[] => [{ level: act.level, text }];
  const found = (text: string, of = resource) => piece(orSettled(`found ${n} ${of}`, text, n, resource));
  const prior = '"$GP"';
  switch (act.type) {
    case "file":
      return found(
        `un_path ${n} ${resource} ${quote(act.path)} ${prior} file ${quote(digests(intent))}`,
      );
    case "link":
      return found(`un_path ${n} ${resource} ${quote(act.path)} ${prior} link ${quote(act.target)}`);
    case "dir":
      return [];
    case "block":
      // The whole file, as it was before this block was put in or changed.
      return found(
        `back_path ${n} ${resource} ${throughLinks(act.path)} ${prior}`,
        quote(encodeField(`host:${act.path}`)),
      );
    case "command":
      return piece(commandBack(n, act, resource, intent, secrets));
    case "packages":
      return found(`scratch && un_packages ${n} ${resource} ${act.format} 0 1800 '' "\${GP#listed:}"`);
    case "unit":
      return found(`un_unit ${n} ${resource} ${act.manager} ${quote(act.unit)} "\${GP#value:}"`);
    case "cap":
      return found(`un_cap ${n} ${resource} ${quote(act.path)} ${quote(act.caps)} "\${GP#value:}"`);
    case "sysctl":
      return found(`un_sysctl ${n} ${resource} ${quote(act.key)} ${quote(act.value)} "\${GP#listed:}"`);
    case "account":
      return found(`un_account ${n} ${resource} ${act.account} ${quote(act.name)} "$RUN.${n}.home"`);
    case "download":
      return downloadBack(n, act, resource, intent?.want, found);
    case "reboot":
      return [];
    default:
      return assertNever(act);
  }
}

/** An act that had nothing to do still made a claim: that goes, or is again what it was. */
function orSettled(question: string, back: string, n: number, resource: string): string {
  return `if ${question}; then\n${back}\nelse settled ${n} ${resource}; fi`;
}

/** Digests that may stand there: the new one, and while it is not there yet those before. */
function digests(intent: IntentAct | undefined): string {
  const wants = intent === undefined
    ? []
    : [intent.want, ...intent.before === undefined ? [] : [intent.before.want, ...intent.before.earlier ?? []]];
  return [...new Set(wants.flatMap((want) => want.type === "file" ? [want.sha256] : []))].join(" ");
}

function commandBack(
  n: number,
  act: Extract<Act, { type: "command" }>,
  resource: string,
  intent: IntentAct | undefined,
  secrets: ReadonlyMap<string, string>,
): string {
  const files = (act.touches ?? []).map((path) =>
    `gj ${n} ${quote(encodeField(`host:${path}`))}; [ -z "$GP" ] || un_touched ${n} ${quote(path)} "$GP"`
  );
  const inside = act.undo?.at !== "end" && isRepeated(intent)
    ? [...files, `un_drop ${n} ${resource} dropped ''`]
    : act.undo === undefined
    ? [...files, `un_drop ${n} ${resource} ${files.length === 0 ? "released" : "undone"} ''`]
    : missingSecrets(act, secrets).length > 0
    ? [
      `un ${n} ${resource} && undid ${n} failed:1 ${
        quote(`the secret ${missingSecrets(act, secrets).join(", ")} is not at hand`)
      }`,
    ]
    : [
      `BODY=${quote([...exportsOf(act, secrets), act.undo.text].join("\n"))}`,
      // A command that did not come to its end may have done half.
      `STEP_STATE=unknown; [ -z "$GE" ] || STEP_STATE=$GE`,
      ...commandThenFiles(`un_command ${n} ${resource} ${act.shell}`, files),
      "BODY= STEP_STATE=",
    ];
  return orSettled(`began ${n} ${resource}`, inside.join("\n"), n, resource);
}

/**
 * The run did once more what was done already: its undo would take away what the old version has. (What is declared for the end
 * is another thing: a restart, say, that takes up the old files.)
 */
function isRepeated(intent: IntentAct | undefined): boolean {
  const { before, want } = intent ?? {};
  return before?.state === "done" && canonicalJson(before.want) === canonicalJson(want);
}

/** Secrets the undo names and nobody has. */
export function missingSecrets(
  act: Extract<Act, { type: "command" }>,
  secrets: ReadonlyMap<string, string>,
): string[] {
  return namedSecrets(act).filter((name) => !secrets.has(name));
}

/** Secrets the undo names. */
export function namedSecrets({ secrets, undo }: Extract<Act, { type: "command" }>): string[] {
  const text = undo?.text ?? "";
  return secrets.filter((name) => new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`).test(text));
}

function exportsOf(act: Extract<Act, { type: "command" }>, secrets: ReadonlyMap<string, string>): string[] {
  const named = namedSecrets(act);
  return [
    ...Object.entries(act.env).map(([name, value]) => `export ${name}=${quote(value)}`),
    ...named.map((name) => `export ${name}=${quote(secrets.get(name) ?? "")}`),
  ];
}

function downloadBack(
  n: number,
  act: Extract<Act, { type: "download" }>,
  resource: string,
  want: Want | undefined,
  found: (text: string) => Piece[],
): Piece[] {
  if (act.extract === "sh") {
    const uninstall = want?.type === "download" ? want.uninstall : [];
    const removals = uninstall.map((path) => `rm -rf -- ${quote(path)}`).join("\n");
    return found(
      uninstall.length === 0
        ? `un_drop ${n} ${resource} released ''`
        : `BODY=${quote(removals)}; un_command ${n} ${resource} sh; BODY=`,
    );
  }
  if (act.extract !== "none") return found(`scratch && un_tree ${n} ${resource} "\${GP#listed:}"`);
  return found(
    `_got=$(cut -d' ' -f1 "$STORE/prior/$RUN.${n}.got" 2>/dev/null)\n` +
      `un_path ${n} ${resource} ${quote(act.to ?? "")} "$GP" file "$_got"`,
  );
}

/** Directories this run made, deepest first, behind everything that may stand in them. */
function directories(input: RollbackInput, included: readonly Judged[]): Piece[] {
  const explicit = included.flatMap(({ n, act }) => act.type === "dir" ? [{ n, act }] : []);
  const parents = new Map<string, { level: Level; path: string }>();
  for (const { act } of included) {
    for (const path of parentsOf(act)) parents.set(`${act.level} ${path}`, { level: act.level, path });
  }
  // Numbers behind everything an intent names: the fold takes them for what they are, directories that go.
  const reverts = Object.values(input.intents).flatMap((intent) => intent?.reverts ?? []);
  const first = Math.max(0, ...input.judged.map(({ n }) => n), ...reverts.flatMap(({ n, back = 0 }) => [n, back])) + 1;
  const made = [...parents.values()].map(({ level, path }, index) => {
    const n = first + index;
    const resource = quote(encodeField(`dir:${path}`));
    return {
      path,
      level,
      text: `if made ${resource} ${n}; then un_dir ${n} ${resource} ${quote(path)} absent 0755; fi`,
    };
  });
  const own = explicit.map(({ n, act }) => {
    const resource = quote(encodeField(act.resource));
    const back = `un_dir ${n} ${resource} ${quote(act.path)} "$GP" ${act.mode}`;
    const text = orSettled(`found ${n} ${resource}`, back, n, resource);
    return { path: act.path, level: act.level, text };
  });
  const depth = (path: string) => path.split("/").length;
  return [...own, ...made].sort((a, b) => depth(b.path) - depth(a.path));
}

/** Directories an act makes where they are missing. */
function parentsOf(act: Act): string[] {
  switch (act.type) {
    case "file":
    case "dir":
    case "link":
    case "block":
      return ancestors(act.path);
    case "download":
      return act.to === undefined ? [] : [...ancestors(act.to), ...act.extract === "none" ? [] : [act.to]];
    default:
      return [];
  }
}

/** Unit files are back: the managers read them, before anything is started again. */
function reloads(included: readonly Judged[]): Piece[] {
  const pieces = new Map<string, { level: Level; ns: number[]; manager: string }>();
  for (const { n, act } of included) {
    if (act.type !== "file" || act.reload === undefined) continue;
    const known = pieces.get(`${act.level} ${act.reload}`);
    if (known === undefined) {
      pieces.set(`${act.level} ${act.reload}`, { level: act.level, ns: [n], manager: act.reload });
    } else known.ns.push(n);
  }
  return [...pieces.values()].map(({ level, ns, manager }) => ({
    level,
    text: `if ran_any '${ns.join(" ")}'; then reload ${manager}; fi`,
  }));
}

/** Running units take up their old files. */
function again(included: readonly Judged[]): Piece[] {
  return included.flatMap(({ n, act }): Piece[] => {
    const unit = act.type === "file" && act.reload !== undefined ? unitOfFile(act.path) : undefined;
    if (act.type !== "file" || unit === undefined) return [];
    return [{ level: act.level, text: `unit_again ${act.reload} ${quote(unit)} ${n}` }];
  });
}

/** What a revert of this run took away comes back, and its claim with it. */
function revertBack({ n, level, item }: LevelUndo, revert: IntentRevert | undefined): Piece[] {
  if (revert?.back === undefined) return [];
  const resource = quote(encodeField(item.resource));
  const numbers = `${n} ${revert.back} ${resource}`;
  const text = wayBack(revert.back, item, resource);
  if (text !== undefined) return [{ level, text: `if taken ${numbers}; then\n${text}\nfi` }];
  const words = `${item.claim?.summary ?? item.resource}: taken back by this run, and not put back`;
  return [{ level, text: `lost ${numbers} ${quote(words)}` }];
}

/** How what a revert took away is put back, if it can be. */
function wayBack(n: number, { claim, resource: id }: LevelUndo["item"], resource: string): string | undefined {
  const want = claim?.want;
  const path = pathOfResource(id);
  if (want?.type === "block") return `back_path ${n} ${resource} ${throughLinks(want.path)} "$GP"`;
  if (want?.type === "unit") return `un_unit ${n} ${resource} ${want.manager} ${quote(want.unit)} "\${GP#value:}"`;
  const isPath = want === undefined || want.type === "file" || want.type === "link" || want.type === "dir";
  if (path === undefined || !isPath) return undefined;
  const reload = want?.type === "file" && want.reload !== undefined ? `\nreload ${want.reload}` : "";
  return `case $GP in dir:*) back_dir ${n} ${resource} ${quote(path)} "$GP" ;; *) back_path ${n} ${resource} ${
    quote(path)
  } "$GP" ;; esac${reload}`;
}

/** Whether a rollback can put back what this item takes away. */
export function comesBack({ item }: LevelUndo): boolean {
  return item.how === "drop" || wayBack(0, item, "") !== undefined;
}

/** Blocks are written through links: the file itself, as a shell word. */
function throughLinks(path: string): string {
  return `"$(readlink -f -- ${quote(path)} || printf %s ${quote(path)})"`;
}
