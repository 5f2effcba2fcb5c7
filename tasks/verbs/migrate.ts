/** `charly migrate`: an old project in today's form. */
import { basename, dirname, join } from "node:path";
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { readEnv } from "../../lib/cli/io.ts";
import { isEmpty, missingPermissions, permittedMark, reexec } from "../../lib/cli/reexec.ts";
import { changeFile } from "../../lib/config/host/locked_file.ts";
import { type HostMigration, migrateHost, oldHostFiles } from "../../lib/config/host/migrate_host.ts";
import { migrateProject, type Problem, problemText } from "../../lib/config/yaml/mod.ts";
import { renderFlags } from "../../lib/plan/permissions.ts";
import { enterHostFiles, ownHostFiles } from "../host_files.ts";
import { permissionsFor } from "../permissions.ts";
import type { AnyContext } from "./_shared.ts";

export default defineVerb({
  name: "migrate",
  summary: "Bring an old charly or ov project into today's form",
  description:
    "Rewrites layer.yml, images.yml, deploy.yml, vms.yml and every later form as charly.yml, moves the directories along, and\n" +
    "says what each rule did. What was there is copied to .charly-backup/ first; a second run finds nothing to do.\n" +
    "What no rule can convert is listed: that is left to you.\n" +
    "With --host it is about your own files instead, the overlay of this machine and the settings: deploy.yml becomes charly.yml,\n" +
    "and files of ov are brought over.",
  examples: [["charly migrate --host", "your overlay and settings"], [
    "charly migrate --dry-run",
    "what would change, and what is left to do by hand",
  ], [
    "charly migrate",
    "do it",
  ]],
  args: {},
  flags: {
    dryRun: { kind: "switch", brief: "Only say what would be done" },
    host: { kind: "switch", brief: "Your own files: the overlay of this machine and the settings" },
  },
  async run(context) {
    const { flags, globals, out, cwd, words } = context;
    if (flags.host) return await migrateOwnFiles(context, words, flags.dryRun);
    const root = Deno.realPathSync(globals.config === undefined ? cwd : dirname(join(cwd, globals.config)));
    const { migration, problems } = migrateProject(root);
    const { report, text, failed, done } = tellMigration({ ...migration, problems }, "the project is", flags.dryRun);
    if (failed || flags.dryRun || done === 0) {
      out.both(report, text);
      return failed ? 2 : 0;
    }
    const needed = permissionsFor(context, { project: undefined, reach: [], reads: [root], writes: [root] });
    const round = Number(readEnv(permittedMark) ?? "0");
    if (round === 0 && !isEmpty(missingPermissions(needed))) {
      return await reexec(renderFlags(needed), words, undefined, round + 1);
    }
    await apply(root, migration);
    out.both(report, text);
  },
});

/** The user's own files: nothing to move, and what is there is copied beside them first. */
async function migrateOwnFiles(context: AnyContext, words: readonly string[], dryRun: boolean): Promise<number> {
  const { out } = context;
  const files = ownHostFiles();
  const reads = [oldHostFiles(files).dir];
  const handedOver = await enterHostFiles(context, files, { words, write: !dryRun, reads });
  if (handedOver !== undefined) return handedOver;
  const migration = migrateHost(files);
  const { report, text, failed, done } = tellMigration({ ...migration, move: [] }, "your own files are", dryRun);
  if (!failed && !dryRun && done > 0) {
    const backup = join(files.dir, ".charly-backup", stamp());
    await Deno.mkdir(backup, { recursive: true, mode: 0o700 }); // what is copied may hold secrets
    for (const path of new Set([...migration.write.keys(), ...migration.remove])) {
      await copyInto(path, join(backup, basename(path)));
    }
    for (const [path, content] of migration.write) await changeFile(path, () => content);
    for (const path of migration.remove) await Deno.remove(path);
  }
  out.both(report, text);
  return failed ? 2 : 0;
}

/** What is told of a migration. */
function tellMigration(
  { changes, manual, problems, write, remove, move }: Omit<HostMigration, "problems"> & {
    readonly problems: readonly Problem[];
    readonly move: readonly (readonly [from: string, to: string])[];
  },
  what: string,
  dryRun: boolean,
) {
  const failed = problems.some(({ severity }) => severity === "error");
  const done = write.size + remove.length + move.length;
  const report = {
    changes: changes.map(({ rule, what, at }) => ({ rule, what, ...at })),
    manual: manual.map(({ message, hint, at }) => ({ message, hint, ...at })),
    files: { write: [...write.keys()], remove, move },
    issues: problems.map(({ at, ...problem }) => ({ ...problem, ...at })),
  };
  const end = failed
    ? "nothing is written: correct what is listed first"
    : done === 0
    ? `nothing to do: ${what} of today's form${manual.length === 0 ? "" : `; ${manual.length} left to do by hand`}`
    : `${changes.length} changes in ${write.size} files, ${manual.length} left to do by hand${
      dryRun ? " (nothing written)" : ""
    }`;
  const text = () =>
    [
      ...problems.map(problemText),
      ...changes.map(({ rule, what, at }) => `${at.file}:${at.line} ${rule}: ${what}`),
      ...manual.map(({ message, hint, at }) => `${at.file}:${at.line} by hand: ${message}\n  hint: ${hint}`),
      end,
    ].join("\n");
  return { report, text, failed, done };
}

function stamp(): string {
  return new Date().toISOString().replace(/[-:]|\.\d+/g, "");
}

async function apply(
  root: string,
  { write, remove, move }: ReturnType<typeof migrateProject>["migration"],
): Promise<void> {
  const backup = join(root, ".charly-backup", stamp());
  for (const path of new Set([...write.keys(), ...remove])) await copyInto(join(root, path), join(backup, path));
  for (const [from, to] of move) {
    await copyDirectory(join(root, from), join(backup, from));
    await Deno.mkdir(join(root, dirname(to)), { recursive: true });
    await Deno.rename(join(root, from), join(root, to));
  }
  for (const [path, text] of write) {
    const whole = join(root, path);
    await Deno.mkdir(dirname(whole), { recursive: true });
    // never half a file: the new one is complete before it takes the name
    const fresh = join(dirname(whole), `.${basename(whole)}.new`);
    await Deno.writeTextFile(fresh, text);
    await Deno.rename(fresh, whole);
  }
  for (const path of remove) await Deno.remove(join(root, path)).catch(ignoreMissing);
  for (const [from] of move) await Deno.remove(join(root, dirname(from))).catch(() => {}); // only when it is empty
}

async function copyInto(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to).catch(ignoreMissing);
}

async function copyDirectory(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (isDirectory) await copyDirectory(join(from, name), join(to, name));
    else if (isFile) await Deno.copyFile(join(from, name), join(to, name));
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
