/** The checks of this repository by name: `deno run -A tasks/dev/gate.ts fmt lint unit`. One failure hides no other. */

/** One check: the words behind `deno`. */
type Stage = readonly string[];

const unitTests = ["tests/lib", "tests/tasks", "tests/types", "tests/repo", "tests/examples_test.ts"];

/**
 * Every check there is. Live tests run one file at a time: they share the users and packages of the machine. Attacks do too, but
 * wait for each other where that matters, and mostly for time to pass: they run side by side, a sample of each unless
 * `CHARLY_ATTACK=full`.
 */
export const stages: Readonly<Record<string, Stage>> = {
  setup: ["run", "-A", "tasks/dev/setup_tests.ts"],
  fmt: ["fmt", "--check"],
  lint: ["lint", "--quiet"],
  jsr: ["lint", "--quiet", "--rules-tags=jsr", "mod.ts", "targets", "tasks", "lib"],
  check: ["check", "--quiet"],
  imports: ["run", "-A", "tasks/dev/check_imports.ts"],
  doc: ["test", "--quiet", "--doc", "-A", "mod.ts", "lib", "targets"],
  unit: ["test", "-A", "--no-check", "--parallel", ...unitTests],
  live: ["test", "-A", "--no-check", "tests/live"],
  corpus: ["test", "-A", "--no-check", "tests/corpus"],
  attack: ["test", "-A", "--no-check", "--parallel", "tests/attack"],
  interrupt: ["test", "-A", "--no-check", "tests/live/ledger_interrupt_test.ts"],
};

/** Folders outside of the repository that a stage reads. */
export const folders: Readonly<Record<string, string>> = {
  corpus: Deno.env.get("CHARLY_CORPUS") ?? "../shared/corpus",
};

/** How one stage went. */
export interface StageResult {
  readonly name: string;
  /** Nothing is wrong with what was run. */
  readonly ok: boolean;
  readonly seconds: number;
  /** The folder for want of which nothing was run. */
  readonly absent?: string;
}

/**
 * Runs stages one after another, whatever becomes of those before.
 *
 * @param names which, in this order
 * @param table the stages. @default {stages}
 * @param needs what they read beside the repository: a stage whose folder is not there is not run. @default {folders}
 * @returns one result for each
 */
export async function runStages(
  names: readonly string[],
  table: Readonly<Record<string, Stage>> = stages,
  needs: Readonly<Record<string, string>> = folders,
): Promise<StageResult[]> {
  const unknown = names.filter((name) => table[name] === undefined);
  if (names.length === 0 || unknown.length > 0) {
    throw new Error(`run checks: ${unknown.join(", ") || "none named"}; there are ${Object.keys(table).join(", ")}`);
  }
  const results: StageResult[] = [];
  for (const name of names) {
    const folder = needs[name];
    if (folder !== undefined && !isFolder(folder)) {
      results.push({ name, ok: true, seconds: 0, absent: folder });
      continue;
    }
    const started = performance.now();
    console.log(`\n== ${name}: deno ${table[name]!.join(" ")}`);
    const { success } = await new Deno.Command(Deno.execPath(), { args: [...table[name]!], stdin: "null" }).spawn()
      .status;
    results.push({ name, ok: success, seconds: (performance.now() - started) / 1000 });
  }
  return results;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false; // not there, or not ours to see
  }
}

/** One line per stage. */
export function summary(results: readonly StageResult[]): string {
  return results.map(({ name, ok, seconds, absent }) => {
    if (absent !== undefined) return `absent ${name.padEnd(8)} not run: there is no ${absent}`;
    return `${ok ? "ok    " : "FAILED"} ${name.padEnd(8)} ${seconds.toFixed(1)} s`;
  }).join("\n");
}

if (import.meta.main) {
  const results = await runStages(Deno.args);
  console.log(`\n${summary(results)}`);
  if (results.some(({ ok }) => !ok)) Deno.exit(1);
}
