/** The Go tool's records, `deploys/<id>.json` and `layers/<candy>.json`: read strictly, written in the same shape. */
import { CharlyError } from "../base/errors.ts";
import { type ReverseKind, reverseKinds, type ReverseOp } from "../steps/reverse_op.ts";
import { type Check, dictionary, list, object, oneOf, optional, ShapeError, text } from "./shape.ts";
import { corrupt, json, newer, read } from "./validate.ts";

/** Version of the Go tool's ledger that charly writes, and the newest it reads. */
export const goSchemaVersion = "2026.161.1649";

/** `deploys/<id>.json`. */
export interface GoDeployRecord {
  readonly schema_version: string;
  readonly deploy_id: string;
  readonly image: string;
  readonly tag?: string;
  readonly target: string;
  /** In install order. */
  readonly candy: readonly string[];
  readonly add_candy?: readonly string[];
  /** RFC 3339 UTC. */
  readonly deployed_at: string;
}

/** What a step was, for people. */
export interface GoStepSummary {
  readonly kind: string;
  readonly scope?: number;
  readonly venue?: string;
  readonly summary?: string;
  readonly completed_at: string;
  readonly extra?: Readonly<Record<string, string>>;
}

/** `layers/<candy>.json`. */
export interface GoCandyRecord {
  readonly schema_version: string;
  readonly candy: string;
  readonly version?: string;
  /** Deploy ids; ops are replayed when it gets empty. */
  readonly deployed_by: readonly string[];
  readonly deployed_at: string;
  readonly builder_image?: string;
  readonly steps?: readonly GoStepSummary[];
  /** In the order of doing. */
  readonly reverse_ops?: readonly ReverseOp[];
}

/** All records of one tree. */
export interface GoRecords {
  readonly deploys: readonly GoDeployRecord[];
  readonly layers: readonly GoCandyRecord[];
}

/** Go writes an absent list as `null`. */
function orNull<T>(check: Check<T[]>): Check<T[]> {
  return (value, at) => value === null ? [] : check(value, at);
}

/** Scopes are numbers on disk; older records have the words. */
const scope: Check<number> = (value, at) => {
  const place = ["system", "user", "user-profile"].indexOf(String(value));
  if (place >= 0) return place;
  if (value === 0 || value === 1 || value === 2) return value;
  throw new ShapeError(at, "has to be a scope, 0 to 2");
};

const extra: Check<Record<string, string>> = (value, at) =>
  dictionary((member: unknown, place: string) =>
    typeof member === "number" || typeof member === "boolean" ? String(member) : text(member, place)
  )(value ?? {}, at);

const opShape: Check<ReverseOp> = object({
  kind: oneOf<ReverseKind>(...reverseKinds),
  format: optional(text),
  targets: optional(orNull(list(text))),
  scope: optional(scope),
  extra: optional(extra),
  uninstall_cmd: optional(text),
});

const deployShape: Check<GoDeployRecord> = object({
  schema_version: text,
  deploy_id: text,
  image: text,
  tag: optional(text),
  target: text,
  candy: orNull(list(text)),
  add_candy: optional(orNull(list(text))),
  deployed_at: text,
});

const candyShape: Check<GoCandyRecord> = object({
  schema_version: text,
  candy: text,
  version: optional(text),
  deployed_by: orNull(list(text)),
  deployed_at: text,
  builder_image: optional(text),
  steps: optional(orNull(list(object({
    kind: text,
    scope: optional(scope),
    venue: optional(text),
    summary: optional(text),
    completed_at: text,
    extra: optional(extra),
  })))),
  reverse_ops: optional(orNull(list(opShape))),
});

/** `deploys/<id>.json`. Throws `ledger-corrupt`, `ledger-old` or `ledger-newer`, naming the file. */
export function readGoDeploy(content: string, file: string): GoDeployRecord {
  checkVersion(content, file);
  return read(content, file, deployShape);
}

/** `layers/<candy>.json`. Throws `ledger-corrupt`, `ledger-old` or `ledger-newer`, naming the file. */
export function readGoCandy(content: string, file: string): GoCandyRecord {
  checkVersion(content, file);
  return read(content, file, candyShape);
}

/**
 * Every record of a tree.
 *
 * @param files `deploys/<id>.json` and `layers/<candy>.json`, its text, and what errors call it (the name itself when absent);
 * other names are left out
 */
export function readGoRecords(files: Iterable<readonly [string, string, string?]>): GoRecords {
  const deploys: GoDeployRecord[] = [];
  const layers: GoCandyRecord[] = [];
  for (const [file, content, place = file] of files) {
    if (/^deploys\/[^/]+\.json$/.test(file)) deploys.push(readGoDeploy(content, place));
    else if (/^layers\/[^/]+\.json$/.test(file)) layers.push(readGoCandy(content, place));
  }
  return { deploys, layers };
}

/** A record as the Go tool writes it. */
export function goRecordText(record: GoDeployRecord | GoCandyRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

function checkVersion(content: string, file: string): void {
  const record = json(content, file);
  if (typeof record !== "object" || record === null || Array.isArray(record)) throw corrupt(file, "this is no record");
  const version = Object.entries(record).find(([key]) => key === "schema_version")?.[1];
  if (version === undefined || version === "") {
    throw new CharlyError(`read ${file}: it has no schema_version`, {
      hint: "run `charly migrate` with the charly that wrote it, then try again",
      code: "ledger-old",
    });
  }
  if (typeof version !== "string" || !/^\d+(?:\.\d+)*$/.test(version)) {
    throw corrupt(file, `schema_version: ${JSON.stringify(version)} is no version`);
  }
  if (compareVersions(version, goSchemaVersion) > 0) {
    throw newer(file, `schema_version ${version}, this charly knows ${goSchemaVersion}`);
  }
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
