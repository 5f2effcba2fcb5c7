/** Charly as a contestant: a process of its own, started as a user starts it. */
import { checkout } from "../../tests/shared/charly_process.ts";
import { run } from "../../tests/shared/run.ts";
import { type TempDir, tempDir } from "../../tests/shared/tmp.ts";
import type { Contestant } from "./measure.ts";

/** How charly is started. */
export type Start =
  /** The command of the documentation: few permissions at first, then exactly those the plan needs. */
  | "asks"
  /** `deno run -A`. */
  | "all"
  /** `deno run -A` of the one-file bundle. */
  | "bundle";

/** A project in a directory of its own. */
export interface CharlyBench extends AsyncDisposable {
  readonly dir: TempDir;
  /** `charly <words>`. */
  contestant(name: string, words: readonly string[], start?: Start): Promise<Contestant>;
  configure(config: string): Promise<void>;
  /** Takes away what charly remembers of its hosts on this side. */
  forget(): Promise<void>;
}

/**
 * Makes a project.
 *
 * @param config the text of `charly.config.ts`
 * @param env HOME, PATH and the like, as the hosts give them
 */
export async function charlyBench(
  config: string,
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<CharlyBench> {
  const dir = await tempDir({
    "deno.json": JSON.stringify({ imports: { "@charly/charly": `file://${checkout}/mod.ts` } }),
    "charly.config.ts": config,
    "state/.keep": "",
    ...files,
  });
  const shared: { denoDir: string } = JSON.parse(await run([Deno.execPath(), "info", "--json"]));
  // a cache of its own: Deno does without compiled code where another process holds the shared one
  const denoDir = dir.join("deno");
  await Deno.mkdir(denoDir);
  await run(["cp", "-a", `${shared.denoDir}/npm`, denoDir]);
  let bundled: Promise<string> | undefined;
  return {
    dir,
    async contestant(name, words, start = "asks") {
      const program = start !== "bundle" ? `${checkout}/tasks/main.ts` : await (bundled ??= bundle(dir));
      const permissions = start === "asks"
        ? ["--no-prompt", "-P=start", `--allow-run=${Deno.execPath()},/bin/sh`]
        : ["-A"];
      return {
        name,
        command: [Deno.execPath(), "run", "--quiet", ...permissions, program, ...words],
        env: { ...env, DENO_DIR: denoDir, NO_COLOR: "1", XDG_STATE_HOME: dir.join("state") },
        cwd: dir.path,
      };
    },
    forget: () => Deno.remove(dir.join("state/charly"), { recursive: true }).catch(() => {}), // nothing was remembered yet
    configure: async (text) => void await dir.write({ "charly.config.ts": text }),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** The one-file bundle, built now. */
async function bundle(dir: TempDir): Promise<string> {
  await run([Deno.execPath(), "run", "-A", `${checkout}/tasks/dev/bundle.ts`], { cwd: checkout });
  await Deno.copyFile(`${checkout}/dist/charly.js`, dir.join("charly.js"));
  return dir.join("charly.js");
}
