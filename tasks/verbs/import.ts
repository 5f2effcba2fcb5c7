/** `charly import`: a YAML project as a typed one. */
import { dirname, join, relative } from "node:path";
import { CharlyError } from "../../lib/base/errors.ts";
import { configFile, yamlFile } from "../../lib/base/names.ts";
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { warningText } from "../../lib/cli/project_text.ts";
import { findConfig } from "../../lib/config/project.ts";
import { apiName, apiUrl } from "../../lib/config/sandbox/api.ts";
import { hostFiles } from "../../lib/config/host/host_files.ts";
import { checkYaml, generateProject, namesModule, problemText, type YamlEntity } from "../../lib/config/yaml/mod.ts";
import { readEnv } from "../../lib/cli/io.ts";
import { isEmpty, missingPermissions, permittedMark, reexec } from "../../lib/cli/reexec.ts";
import { renderFlags } from "../../lib/plan/permissions.ts";
import { permissionsFor, treeFiles } from "../permissions.ts";
import type { AnyContext } from "./_shared.ts";

export default defineVerb({
  name: "import",
  summary: "Write a charly.config.ts from a charly.yml",
  description:
    "Reads charly.yml and everything it imports and discovers, and writes the same as a typed configuration: one file, or\n" +
    "a module for each candy when there are many. The YAML stays; charly takes charly.config.ts when both are there.\n" +
    "With --check nothing is written: every problem is reported with file, line and column, and any error ends with 2.\n" +
    "With --names only charly.names.ts is written: a type with every name of the YAML, for a configuration that takes it in with\n" +
    "`fromYaml<YamlNames>(…)`. Its names are then completed and checked while you type. --names --check says whether it is up to date.",
  examples: [
    ["charly import --check", "is this project readable?"],
    ["charly import", "write charly.config.ts beside charly.yml"],
    ["charly import --check --json", "the problems for a program"],
    ["charly import --names", 'names for `extend: [fromYaml<YamlNames>("./charly.yml")]`'],
  ],
  args: {},
  flags: {
    check: { kind: "switch", brief: "Read and report, write nothing" },
    names: { kind: "switch", brief: "Write only the names, as a type for `fromYaml<YamlNames>(…)`" },
    force: { kind: "switch", brief: "Write over files that are there" },
  },
  async run(context) {
    const { flags, globals, out, cwd, words } = context;
    const source = findConfig({ cwd, config: globals.config ?? yamlFile });
    if (source.kind !== "file" || !/\.ya?ml$/.test(source.label)) {
      throw new CharlyError(`import: ${source.label} is no YAML file`, {
        hint: "name one with `--config PATH`",
        code: "no-config",
        exitCode: 2,
      });
    }
    // What is checked is what holds here; what is written holds everywhere.
    const host = flags.check && !flags.names ? hostFiles() : undefined;
    const { entities, problems, defaults, remote, remarks } = checkYaml(source.root, source.label, host);
    const errors = problems.filter(({ severity }) => severity === "error").length;
    const report = {
      issues: problems.map(({ at, ...problem }) => ({ ...problem, ...at })),
      counts: { error: errors, warning: problems.length - errors },
    };
    const summary = `${entities.length} entities, ${errors} errors, ${problems.length - errors} warnings`;
    if ((flags.check && !flags.names) || errors > 0) {
      out.both(report, () => [...problems.map(problemText), summary].join("\n"));
      return errors > 0 ? 2 : 0;
    }
    const reads = [source.root, ...treeFiles(remote.flatMap(({ dir }) => dir ?? []))];
    if (flags.names) return await writeNames(context, source, entities, reads, flags.check);
    const files = generateProject(entities, {
      ...(defaults === undefined ? {} : { defaults }),
      notes: [
        ...remarks === undefined ? [] : [remarks],
        ...remote.filter(({ dir }) => dir === undefined).map(({ ref }) => `Refers to ${ref}, which was not fetched.`),
      ],
    });
    // Where nothing says what `@charly/charly` is, the config could not be read.
    const mapping = JSON.stringify({ imports: { [apiName]: apiUrl() } }, null, 2);
    const { denoJson, imports } = source.facts;
    const withMapping = denoJson === undefined;
    const all = new Map(withMapping ? [...files, ["deno.json", `${mapping}\n`] as const] : files);
    const paths = [...all.keys()].map((path) => join(source.root, path));
    const writes = [...paths, ...paths.map(dirname).filter((path) => path !== source.root)];
    const handedOver = await enter(context, words, reads, writes);
    if (handedOver !== undefined) return handedOver;
    const there = paths.filter(exists);
    if (there.length > 0 && !flags.force) {
      throw new CharlyError(`import: ${there.map((path) => relative(source.root, path)).join(", ")} is there already`, {
        hint: "move it away, or write over it with --force",
        code: "exists",
        exitCode: 2,
      });
    }
    for (const [path, text] of all) {
      const whole = join(source.root, path);
      if (dirname(whole) !== source.root) await Deno.mkdir(dirname(whole), { recursive: true });
      await Deno.writeTextFile(whole, text);
    }
    await format(paths);
    for (const problem of problems) out.warn(warningText(problem), { lines: true });
    if (denoJson !== undefined && !imports.includes(apiName)) {
      out.warn(`${denoJson} does not say what "${apiName}" is: add ${mapping.replaceAll(/\s+/g, " ")}`);
    }
    out.both({ ...report, files: [...files.keys()] }, () => `${summary}; wrote ${configFile}${others(files.size - 1)}`);
  },
});

/** Starts the verb again where it may not write what it has to. */
async function enter(
  context: AnyContext,
  words: readonly string[],
  reads: readonly string[],
  writes: readonly string[],
): Promise<number | undefined> {
  const round = Number(readEnv(permittedMark) ?? "0");
  const needed = permissionsFor(context, { project: undefined, reach: [], reads, writes });
  if (round > 0 || isEmpty(missingPermissions(needed))) return undefined;
  return await reexec(renderFlags(needed), words, undefined, round + 1);
}

/** Names of the YAML beside it: `charly.yml` has `charly.names.ts`. */
async function writeNames(
  context: AnyContext & { readonly words: readonly string[] },
  { root, label }: { readonly root: string; readonly label: string },
  entities: readonly YamlEntity[],
  reads: readonly string[],
  check: boolean,
): Promise<number> {
  const { out, words } = context;
  const file = label.replace(/\.ya?ml$/, ".names.ts");
  const path = join(root, file);
  const text = namesModule(entities, label);
  if (check) {
    const current = exists(path) && Deno.readTextFileSync(path) === text;
    out.both({ file, current }, () => current ? `${file} is up to date` : `${file} is not what ${label} says`);
    return current ? 0 : 2;
  }
  const handedOver = await enter(context, words, reads, [path]);
  if (handedOver !== undefined) return handedOver;
  if (exists(path) && !Deno.readTextFileSync(path).includes("`charly import --names`")) {
    throw new CharlyError(`import: ${file} is there already, and not written by charly`, {
      hint: "move it away",
      code: "exists",
      exitCode: 2,
    });
  }
  await Deno.writeTextFile(path, text);
  out.both({ file }, () => `wrote ${file}; use it: extend: [fromYaml<YamlNames>("./${label}")]`);
  return 0;
}

function others(count: number): string {
  return count === 0 ? "" : ` and ${count} modules`;
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** What is written reads well already; `deno fmt` makes it what the user's editor would. */
async function format(paths: readonly string[]): Promise<void> {
  const command = Deno.execPath();
  if ((await Deno.permissions.query({ name: "run", command })).state !== "granted") return;
  await new Deno.Command(command, { args: ["fmt", "--quiet", "--line-width", "120", ...paths], stdin: "null" })
    .output();
}
