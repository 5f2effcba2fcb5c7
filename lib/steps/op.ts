/** One entry of a candy's plan, kept whole; `op_<verb>.ts` says what its verb becomes on a machine. */
import { CharlyError } from "../base/errors.ts";
import { own } from "../base/own.ts";
import { quoteWord } from "../command/quote.ts";
import type { PlanEntry } from "../entities/plan_entry.ts";
import type { Act, Reversibility } from "./act.ts";
import { firstLine, preamble } from "./command_act.ts";
import { defineStep, type LowerContext } from "./define_step.ts";
import { lowerAccount, lowerKernelParam, lowerSetcap } from "./op_system.ts";
import { lowerCommand } from "./op_command.ts";
import { downloadKind, downloadPath, lowerDownload } from "./op_download.ts";
import {
  copyPath,
  filesBelow,
  lowerCopy,
  lowerLink,
  lowerMkdir,
  lowerWrite,
  nameBelow,
  sourceName,
} from "./op_files.ts";
import { removeFile, type ReverseOp, undoScript } from "./reverse_op.ts";
import { verbOf } from "./verb_of.ts";
import { levelOf, scopeOfUser } from "./scope.ts";
import type { OpStep, Scope } from "./step.ts";
import { absolutePath, variablesOf } from "./variables.ts";

export const op = defineStep<OpStep>({
  kind: "Op",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("Op"),
      candy: part.candy,
      op: part.entry,
      candyDir: part.text,
      ctxPath: part.text,
      resolvedUser: part.text,
      to: part.text.exactOptional(),
      candyVars: part.textMap,
      distros: part.texts,
    }),
  scope: scopeOf,
  venue: () => "host-native",
  // Opaque text as root is what the gate is about; a downloaded script is no less opaque than a written one.
  gate: (step) => scopeOf(step) === "system" && isShellText(step) ? "allow-root-tasks" : undefined,
  describe: (step) => describeEntry(step.op),
  reversibility: reversibilityOf,
  reverse(step, { facts, files }): ReverseOp[] {
    const variables = variablesOf(facts, step.candyVars);
    const where = `candy "${step.candy}": ${verbOf(step.op)}`;
    const entry = step.op;
    if (entry.write !== undefined) {
      return [removeFile(absolutePath(step.to ?? entry.write, variables, where), scopeOf(step))];
    }
    if (entry.copy !== undefined) {
      const to = copyPath(step, variables, where);
      const source = sourceName(entry);
      const below = filesBelow(source, own(files, step.candy)?.files);
      const paths = below.length === 0 ? [to] : below.map(({ name }) => `${to}/${nameBelow(source, name)}`);
      return paths.map((path) => removeFile(path, scopeOf(step)));
    }
    if (entry.link !== undefined) {
      return [removeFile(absolutePath(step.to ?? entry.link, variables, where), scopeOf(step))];
    }
    if (entry.download !== undefined) {
      const listed = (entry.uninstall ?? []).map((path) => absolutePath(path, variables, where));
      if (listed.length > 0) return listed.map((path) => removeFile(path, scopeOf(step)));
      return downloadKind(entry, step.candyVars) === "none"
        ? [removeFile(downloadPath(step, entry, variables), scopeOf(step))]
        : [];
    }
    if (entry.command !== undefined && entry.undo !== undefined) {
      return [undoScript(typeof entry.undo === "string" ? entry.undo : entry.undo.command, scopeOf(step))];
    }
    return [];
  },
  lower(step, context): readonly Act[] {
    const guards = guardsOf(step, context);
    const acts = lowerEntry(step, context);
    return Object.keys(guards).length === 0 ? acts : acts.map((act) => ({ ...act, ...guards }));
  },
});

function scopeOf(step: OpStep): Scope {
  return scopeOfUser(step.resolvedUser);
}

function isShellText({ op: entry, candyVars }: OpStep): boolean {
  return entry.command !== undefined || (entry.download !== undefined && downloadKind(entry, candyVars) === "sh");
}

function lowerEntry(step: OpStep, context: LowerContext): readonly Act[] {
  const entry = step.op;
  if (entry.command !== undefined) return [lowerCommand(step, entry, context)];
  if (entry.mkdir !== undefined) return [lowerMkdir(step, entry, context)];
  if (entry.write !== undefined) return [lowerWrite(step, entry, context)];
  if (entry.copy !== undefined) return lowerCopy(step, entry, context);
  if (entry.link !== undefined) return [lowerLink(step, entry, context)];
  if (entry.download !== undefined) return [lowerDownload(step, entry, context)];
  if (entry.setcap !== undefined) return [lowerSetcap(step, entry, context)];
  if (entry.user !== undefined || entry.unixGroup !== undefined) return [lowerAccount(step, entry, context)];
  if (entry.kernelParam !== undefined) return lowerKernelParam(step, entry, context);
  const verb = verbOf(entry);
  throw new CharlyError(`candy "${step.candy}": ${verb}: works in image builds only`, {
    hint: verb === "build"
      ? "remove the entry; builders of a candy run by themselves"
      : `move the ${verb} entry to a box`,
    code: "image-only-verb",
    exitCode: 2,
  });
}

/** Options every entry takes that become fields of every act. */
function guardsOf(step: OpStep, context: LowerContext): Pick<Act, "unless" | "creates" | "timeout"> {
  const { unless, creates, timeout } = step.op as { unless?: string; creates?: string; timeout?: string };
  const where = `candy "${step.candy}": creates`;
  return {
    ...(unless === undefined ? {} : { unless: guardHead(step, context) + unless }),
    ...(creates === undefined
      ? {}
      : { creates: absolutePath(creates, variablesOf(context.facts, step.candyVars), where) }),
    ...(timeout === undefined ? {} : { timeout: seconds(timeout, step.candy) }),
  };
}

/** What a guard must see of the environment its step would have; nothing where the step adds nothing. */
function guardHead(step: OpStep, context: LowerContext): string {
  const level = levelOf(scopeOf(step));
  const env = context.env[level];
  const path = level === "user" ? context.path : [];
  const own = (step.op as { readonly env?: Readonly<Record<string, string>> }).env ?? {};
  const variables = Object.keys(step.candyVars).length + Object.keys(own).length;
  return [
    ...Object.keys(env).sort().map((name) => `export ${name}=${quoteWord(env[name] ?? "")}\n`),
    ...(path.length === 0 ? [] : [`export PATH=${quoteWord(path.join(":"))}:"$PATH"\n`]),
    ...(variables === 0 ? [] : [preamble(context, step.candyVars, own)]),
  ].join("");
}

/** Whole seconds of a duration such as `90s`, `10m`, `1h30m`; at least 1. */
export function seconds(text: string, candy: string): number {
  const units: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, "µs": 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) {
    throw new CharlyError(`candy "${candy}": timeout: found ${JSON.stringify(text)}`, {
      hint: "write a duration such as 90s, 10m or 1h30m",
      code: "bad-duration",
      exitCode: 2,
    });
  }
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    sum += Number(amount) * (units[unit ?? "s"] ?? 1);
  }
  return Math.max(1, Math.ceil(sum));
}

function describeEntry(entry: PlanEntry): string {
  if (entry.command !== undefined) return entry.description ?? `run ${firstLine(entry.command)}`;
  if (entry.mkdir !== undefined) return `make directory ${entry.mkdir} (${entry.mode ?? "0755"})`;
  if (entry.write !== undefined) return `write ${entry.write} (${entry.mode ?? "0644"})`;
  if (entry.copy !== undefined) return `copy ${entry.copy} to ${entry.to} (${entry.mode ?? "0644"})`;
  if (entry.link !== undefined) return `link ${entry.link} to ${entry.target}`;
  if (entry.download !== undefined) {
    return `download ${entry.download}${entry.to === undefined ? "" : ` to ${entry.to}`}`;
  }
  if (entry.setcap !== undefined) return `set capabilities of ${entry.setcap} to ${entry.caps || "none"}`;
  if (entry.user !== undefined) return `make user ${entry.user}`;
  if (entry.unixGroup !== undefined) return `make group ${entry.unixGroup}`;
  if (entry.kernelParam !== undefined) return `set ${entry.kernelParam} to ${entry.value}`;
  return `${verbOf(entry)} ${String((entry as unknown as Record<string, unknown>)[verbOf(entry)])}`;
}

function reversibilityOf({ op: entry, candyVars }: OpStep): Reversibility {
  if (entry.command !== undefined) {
    return entry.undo !== undefined ? "best-effort" : (entry.touches?.length ?? 0) > 0 ? "exact" : "none";
  }
  if (entry.download !== undefined && downloadKind(entry, candyVars) === "sh") {
    return (entry.uninstall?.length ?? 0) > 0 ? "best-effort" : "none";
  }
  return entry.user !== undefined || entry.unixGroup !== undefined ? "best-effort" : "exact";
}
