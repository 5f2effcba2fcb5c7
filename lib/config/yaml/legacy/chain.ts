/** The legacy chain: every rule in its order, and what each of them did. */
import type { Change, LegacyRule, ManualWork, ProjectFiles } from "./rule.ts";

/** What came of a migration. */
export interface Migrated {
  readonly files: ProjectFiles;
  readonly changes: readonly Change[];
  readonly manual: readonly ManualWork[];
}

/** Runs rules one after the other. */
export function runChain(files: ProjectFiles, rules: readonly LegacyRule[]): Migrated {
  const changes: Change[] = [];
  const manual: ManualWork[] = [];
  let now = files;
  for (const rule of [...rules].sort((a, b) => a.schema < b.schema ? -1 : a.schema > b.schema ? 1 : 0)) {
    now = rule.apply(now, {
      change: (at, what) => void changes.push({ rule: rule.name, at, what }),
      manual: (at, message, hint) => void manual.push({ at, message, hint }),
    });
  }
  return { files: now, changes, manual };
}
