/** `mkdir`, `write`, `copy`, `link`: exact things at exact paths. */
import { own } from "../base/own.ts";
import type { CopyEntry, LinkEntry, MkdirEntry, WriteEntry } from "../entities/plan_entry.ts";
import type { Act, DirAct, FileAct, LinkAct } from "./act.ts";
import { type CandyFile, isBelow } from "./candy_files.ts";
import { textContent } from "./content.ts";
import type { LowerContext } from "./define_step.ts";
import { candyFile } from "./file.ts";
import { opBase } from "./op_base.ts";
import type { OpStep } from "./step.ts";
import { absolutePath, deferHome, expandVariables, homeVariable } from "./variables.ts";

export function lowerMkdir(step: OpStep, entry: MkdirEntry, context: LowerContext): DirAct {
  const base = opBase(step, "mkdir", context);
  const path = base.path(step.to ?? entry.mkdir);
  const mode = entry.mode ?? "0755";
  return {
    ...base.act,
    type: "dir",
    resource: `dir:${path}`,
    summary: `make directory ${path} (${mode})`,
    reversibility: "exact",
    path,
    mode,
  };
}

export function lowerWrite(step: OpStep, entry: WriteEntry, context: LowerContext): FileAct {
  const base = opBase(step, "write", context);
  const path = base.path(step.to ?? entry.write);
  const mode = entry.mode ?? "0644";
  return {
    ...base.act,
    type: "file",
    resource: `file:${path}`,
    summary: `write ${path} (${mode})`,
    reversibility: "exact",
    path,
    content: textContent(entry.content),
    mode,
  };
}

export function lowerCopy(step: OpStep, entry: CopyEntry, context: LowerContext): Act[] {
  const base = opBase(step, "copy", context);
  const to = copyPath(step, base.variables, base.where);
  const source = sourceName(entry);
  const below = filesBelow(source, own(context.files, step.candy)?.files);
  const one = (path: string, name: string, mode: string): FileAct => ({
    ...base.act,
    type: "file",
    resource: `file:${path}`,
    summary: `copy ${name} to ${path} (${mode})`,
    reversibility: "exact",
    path,
    content: candyFile(step.candy, name, context).content,
    mode,
  });
  if (below.length === 0) return [one(to, source, entry.mode ?? "0644")];
  return [
    {
      ...base.act,
      type: "dir",
      resource: `dir:${to}`,
      summary: `make directory ${to} (0755)`,
      reversibility: "exact",
      path: to,
      mode: "0755",
    },
    ...below.map(({ name, executable }) =>
      one(`${to}/${nameBelow(source, name)}`, name, entry.mode ?? (executable ? "0755" : "0644"))
    ),
  ];
}

/** Where a copy goes: the resolved `to`; a `to` that ends in `/` keeps the source's name. */
export function copyPath(step: OpStep, variables: Readonly<Record<string, string>>, where: string): string {
  const entry = step.op as CopyEntry;
  const to = step.to ?? entry.to;
  const source = sourceName(entry);
  return absolutePath(to.endsWith("/") ? `${to}${source.replace(/^.*\//, "")}` : to, variables, where);
}

/** The source as the candy's directory lists it; "" is the whole directory. */
export function sourceName(entry: CopyEntry): string {
  return entry.copy.replace(/\/+/g, "/").replace(/^(\.\/)+/, "").replace(/^\.$/, "").replace(/\/$/, "");
}

/** Files below a source that is a directory. */
export function filesBelow(source: string, files: readonly CandyFile[] = []): readonly CandyFile[] {
  return files.filter(({ name }) => name !== source && isBelow(name, source));
}

/** A file's name as seen from the source directory. */
export function nameBelow(source: string, name: string): string {
  return source === "" ? name : name.slice(source.length + 1);
}

export function lowerLink(step: OpStep, entry: LinkEntry, context: LowerContext): LinkAct {
  const base = opBase(step, "link", context);
  const path = base.path(step.to ?? entry.link);
  // What a link points at may be relative: home and variables are resolved, nothing else.
  const target = expandVariables(
    homeVariable(deferHome(entry.target)),
    base.variables,
    base.where,
  );
  return {
    ...base.act,
    type: "link",
    resource: `link:${path}`,
    summary: `link ${path} to ${target}`,
    reversibility: "exact",
    path,
    target,
  };
}
