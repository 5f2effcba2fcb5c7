/** What a process asked Deno for, held against the flags it was given: neither too few nor too many. */

/** A permission as the audit writes it. */
export interface Asked {
  readonly permission: string;
  /** A path, `host:port`, a name; nothing stands for all of the kind. */
  readonly value: string | null;
}

/** How flags and an audit differ. */
export interface AuditDifference {
  /** Asked for and not granted. */
  readonly missing: readonly string[];
  /** Granted and never asked for. */
  readonly unused: readonly string[];
}

/** Reads what `DENO_AUDIT_PERMISSIONS=FILE` left: one JSON object per line, denied ones included. Deno writes none for `run`. */
export async function readAudit(file: string): Promise<Asked[]> {
  const lines = (await Deno.readTextFile(file)).trim().split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const { permission, value } = JSON.parse(line) as Asked;
    return { permission, value };
  });
}

/** `--allow-read=/a,/b` and its kind as pairs. */
export function grantsOf(flags: readonly string[]): { readonly permission: string; readonly value: string }[] {
  return flags.flatMap((flag) => {
    const [, permission, values] = /^--allow-(\w+)=(.*)$/.exec(flag) ?? [];
    if (permission === undefined || values === undefined) throw new Error(`no permission flag with a list: ${flag}`);
    return values.split(",").map((value) => ({ permission, value }));
  });
}

/** Compares them. `run` is left out: see {@link readAudit}. */
export function compareAudit(flags: readonly string[], asked: readonly Asked[]): AuditDifference {
  const grants = grantsOf(flags).filter(({ permission }) => permission !== "run");
  const named = (it: { readonly permission: string; readonly value: string | null }) =>
    `${it.permission} ${it.value ?? "everything"}`;
  const missing = asked.filter((it) => !grants.some((grant) => covers(grant, it))).map(named);
  const unused = grants.filter((grant) => !asked.some((it) => covers(grant, it))).map(named);
  return { missing: [...new Set(missing)].sort(), unused: [...new Set(unused)].sort() };
}

function covers(grant: { readonly permission: string; readonly value: string }, it: Asked): boolean {
  if (grant.permission !== it.permission || it.value === null) return false;
  if (grant.value === it.value) return true;
  const isPath = it.permission === "read" || it.permission === "write";
  return isPath && it.value.startsWith(grant.value === "/" ? "/" : `${grant.value}/`);
}
