/** Running a program to its end, for rigs: it succeeds or throws with what it said. */

/** How a program ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What may differ from run to run. */
export interface RunOptions {
  readonly stdin?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs `words`, whatever the exit code. */
export async function tryRun(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [program, ...args] = words;
  const child = new Deno.Command(program!, {
    args,
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).spawn();
  // a program may end without reading its input
  const writing = options.stdin === undefined
    ? undefined
    : new Blob([options.stdin]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await writing;
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Runs `words` and gives what they print. Throws when they fail. */
export async function run(words: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryRun(words, options);
  if (code !== 0) throw new Error(`${words.join(" ")}: exit ${code}\n${stderr}${stdout}`);
  return stdout;
}
