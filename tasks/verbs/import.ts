/** `charly import`: a YAML project as a typed one. */
import { dirname, join, relative } from "node:path";
import { CharlyError } from "../../lib/base/errors.ts";
import { configFile, yamlFile } from "../../lib/base/names.ts";
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { findConfig } from "../../lib/config/project.ts";
import { apiName, apiUrl } from "../../lib/config/sandbox/api.ts";
import { checkYaml, generateProject, problemText } from "../../lib/config/yaml/mod.ts";
import { readEnv } from "../../lib/cli/io.ts";
import { isEmpty, missingPermissions, permittedMark, reexec } from "../../lib/cli/reexec.ts";
import { renderFlags } from "../../lib/plan/permissions.ts";
import { permissionsFor, treeFiles } from "../permissions.ts";

export default defineVerb({
  name: "import",
  summary: "Write a charly.config.ts from a charly.yml",
  description:
    "Reads charly.yml and everything it imports and discovers, and writes the same as a typed configuration: one file, or\n" +
    "a module for each candy when there are many. The YAML stays; charly takes charly.config.ts when both are there.\n" +
    "With --check nothing is written: every problem is reported with file, line and column, and any error ends with 2.",
  examples: [
    ["charly import --check", "is this project readable?"],
    ["charly import", "write charly.config.ts beside charly.yml"],
    ["charly import --check --json", "the problems for a program"],
  ],
  args: {},
  flags: {
    check: { kind: "switch", brief: "Read and report, write nothing" },
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
    const { entities, problems, defaults, remote } = checkYaml(source.root, source.label);
    const errors = problems.filter(({ severity }) => severity === "error").length;
    const report = {
      issues: problems.map(({ at, ...problem }) => ({ ...problem, ...at })),
      counts: { error: errors, warning: problems.length - errors },
    };
    const summary = `${entities.length} entities, ${errors} errors, ${problems.length - errors} warnings`;
    if (flags.check || errors > 0) {
      out.both(report, () => [...problems.map(problemText), summary].join("\n"));
      return errors > 0 ? 2 : 0;
    }
    const files = generateProject(entities, {
      ...(defaults === undefined ? {} : { defaults }),
      notes: remote.filter(({ dir }) => dir === undefined).map(({ ref }) => `Refers to ${ref}, which was not fetched.`),
    });
    // Where nothing says what `@charly/charly` is, the config could not be read.
    const mapping = JSON.stringify({ imports: { [apiName]: apiUrl() } }, null, 2);
    const { denoJson, imports } = source.facts;
    const withMapping = denoJson === undefined;
    const all = new Map(withMapping ? [...files, ["deno.json", `${mapping}\n`] as const] : files);
    const paths = [...all.keys()].map((path) => join(source.root, path));
    const round = Number(readEnv(permittedMark) ?? "0");
    const needed = permissionsFor(context, {
      project: undefined,
      reach: [],
      reads: [source.root, ...treeFiles(remote.flatMap(({ dir }) => dir ?? []))],
      writes: [...paths, ...paths.map(dirname).filter((path) => path !== source.root)],
    });
    if (round === 0 && !isEmpty(missingPermissions(needed))) {
      return await reexec(renderFlags(needed), words, undefined, round + 1);
    }
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
    for (const problem of problems) out.warn(problemText(problem));
    if (denoJson !== undefined && !imports.includes(apiName)) {
      out.warn(`${denoJson} does not say what "${apiName}" is: add ${mapping.replaceAll(/\s+/g, " ")}`);
    }
    out.both({ ...report, files: [...files.keys()] }, () => `${summary}; wrote ${configFile}${others(files.size - 1)}`);
  },
});

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
