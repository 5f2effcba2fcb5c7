/** `charly migrate`: an old project in today's form. */
import { basename, dirname, join } from "node:path";
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { readEnv } from "../../lib/cli/io.ts";
import { isEmpty, missingPermissions, permittedMark, reexec } from "../../lib/cli/reexec.ts";
import { migrateProject, problemText } from "../../lib/config/yaml/mod.ts";
import { renderFlags } from "../../lib/plan/permissions.ts";
import { permissionsFor } from "../permissions.ts";

export default defineVerb({
  name: "migrate",
  summary: "Bring an old charly or ov project into today's form",
  description:
    "Rewrites layer.yml, images.yml, deploy.yml, vms.yml and every later form as charly.yml, moves the directories along, and\n" +
    "says what each rule did. What was there is copied to .charly-backup/ first; a second run finds nothing to do.\n" +
    "What no rule can convert is listed: that is left to you.",
  examples: [["charly migrate --dry-run", "what would change, and what is left to do by hand"], [
    "charly migrate",
    "do it",
  ]],
  args: {},
  flags: {
    dryRun: { kind: "switch", brief: "Only say what would be done" },
  },
  async run(context) {
    const { flags, globals, out, cwd, words } = context;
    const root = Deno.realPathSync(globals.config === undefined ? cwd : dirname(join(cwd, globals.config)));
    const { migration, problems } = migrateProject(root);
    const { changes, manual, write, remove, move } = migration;
    const report = {
      changes: changes.map(({ rule, what, at }) => ({ rule, what, ...at })),
      manual: manual.map(({ message, hint, at }) => ({ message, hint, ...at })),
      files: { write: [...write.keys()], remove, move },
      issues: problems.map(({ at, ...problem }) => ({ ...problem, ...at })),
    };
    const failed = problems.some(({ severity }) => severity === "error");
    const done = write.size + remove.length + move.length;
    const text = () =>
      [
        ...problems.map(problemText),
        ...changes.map(({ rule, what, at }) => `${at.file}:${at.line} ${rule}: ${what}`),
        ...manual.map(({ message, hint, at }) => `${at.file}:${at.line} by hand: ${message}\n  hint: ${hint}`),
        failed
          ? "nothing is written: correct what is listed first"
          : done === 0
          ? "nothing to do: the project is of today's form"
          : `${changes.length} changes in ${write.size} files, ${manual.length} left to do by hand${
            flags.dryRun ? " (nothing written)" : ""
          }`,
      ].join("\n");
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

async function apply(
  root: string,
  { write, remove, move }: ReturnType<typeof migrateProject>["migration"],
): Promise<void> {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const backup = join(root, ".charly-backup", stamp);
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
