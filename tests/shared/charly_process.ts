/** Charly as a user starts it: a process of its own in a project's directory, with or without a terminal. */
import { type Ran, run, tryRun } from "./run.ts";
import { type TempDir, tempDir } from "./tmp.ts";

/** The checkout under test, without a slash at its end. */
export const checkout = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** A project in a directory of its own, and charly in it. */
export interface CharlyProject extends AsyncDisposable {
  readonly dir: TempDir;
  /** HOME of charly, unless the environment says otherwise. */
  readonly home: string;
  /** Runs `charly <words>` without a terminal, as `deno task charly` does: it starts with little and asks for what it needs. */
  charly(...words: readonly string[]): Promise<Ran>;
  /** The same on a pseudo-terminal; `answers` are typed one by one, each when the text before it has been printed. */
  onTerminal(words: readonly string[], answers: readonly Answer[]): Promise<Ran>;
  /** Writes the configuration anew. */
  configure(config: string): Promise<void>;
}

/** What is done when `after` has been shown, or has happened. */
export type Answer =
  & { readonly after: RegExp | (() => Promise<void>) }
  & ({ readonly type: string } | { readonly do: () => Promise<void> });

/** Makes the project. @param config text of `charly.config.ts`; @param files more files, by path */
export async function charlyProject(
  config: string,
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<CharlyProject> {
  const dir = await tempDir({
    "deno.json": JSON.stringify({ imports: { "@charly/charly": `file://${checkout}/mod.ts` } }),
    "charly.config.ts": config,
    "home/.profile": "# mine\n",
    ...files,
  });
  const home = dir.join("home");
  const denoDir = JSON.parse(await run([Deno.execPath(), "info", "--json"])).denoDir;
  const around = {
    HOME: home,
    USER: "tester",
    DENO_DIR: denoDir,
    NO_COLOR: "1",
    XDG_CONFIG_HOME: "",
    XDG_STATE_HOME: "",
    XDG_DATA_HOME: "",
    ...env,
  };
  const command = [
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "-P=start", `--allow-run=${Deno.execPath()},/bin/sh`],
    `${checkout}/tasks/main.ts`,
  ];
  return {
    dir,
    home: around.HOME,
    charly: (...words) => tryRun([...command, ...words], { cwd: dir.path, env: around }),
    onTerminal: (words, answers) => terminal([...command, ...words], answers, dir.path, around),
    configure: async (text) => void await dir.write({ "charly.config.ts": text }),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** Runs words on a pseudo-terminal of `script`, whose output is what the terminal shows. */
async function terminal(
  words: readonly string[],
  answers: readonly Answer[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const line = ["exec", ...words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`)].join(" ");
  const child = new Deno.Command("script", {
    args: ["--quiet", "--return", "--flush", "--command", line, "/dev/null"],
    cwd,
    env: { ...env, TERM: "xterm", SHELL: "/bin/sh" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const keys = child.stdin.getWriter();
  let shown = "", seen = 0;
  let progress = Promise.withResolvers<void>();
  const errors = new Response(child.stderr).text();
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      shown += text;
      progress.resolve();
      progress = Promise.withResolvers();
    }
  })();
  for (const answer of answers) {
    if (typeof answer.after === "function") await Promise.race([answer.after(), reading]);
    else {
      for (let over = false;;) {
        const found = answer.after.exec(shown.slice(seen));
        if (found !== null) seen += found.index + found[0].length;
        if (found !== null || over) break;
        over = await Promise.race([progress.promise.then(() => false), reading.then(() => true)]);
      }
    }
    if ("do" in answer) await answer.do();
    else await keys.write(new TextEncoder().encode(answer.type)).catch(() => {}); // it may have ended
  }
  await reading;
  await keys.close().catch(() => {}); // it has ended
  const { code } = await child.status;
  return { code, stdout: shown.replaceAll("\r\n", "\n"), stderr: await errors };
}
