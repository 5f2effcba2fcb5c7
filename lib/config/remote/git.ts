/** The `git` program, held so that a repository can do nothing but give objects: no hooks, no prompts, no submodules, no other protocols. */
import { CharlyError } from "../../base/errors.ts";
import { forPrograms } from "../../base/env.ts";

/** How git ended. */
export interface GitResult {
  readonly code: number;
  readonly stdout: Uint8Array<ArrayBuffer>;
  readonly stderr: string;
}

/** The program and the repository it works on. */
export interface Git {
  /** Absolute path of the program. */
  readonly program: string;
  /** A bare repository of ours. */
  readonly gitDir: string;
  /** What it is started with, charly's own variables left out. @default {this process's environment} */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Settings no configuration of the user's may change. */
const settings = [
  ...["core.hooksPath=/dev/null", "core.fsmonitor=false", "submodule.recurse=false", "fetch.recurseSubmodules=false"],
  ...["gc.auto=0", "maintenance.auto=false", "http.lowSpeedLimit=1000", "http.lowSpeedTime=60"],
  ...["protocol.ext.allow=never", "advice.detachedHead=false", "init.templateDir="],
];

/** Variables that would lead git to another repository than ours. */
const elsewhere = new Set([
  ...["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"],
  ...["GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_REPLACE_REF_BASE"],
  ...["GIT_CEILING_DIRECTORIES", "GIT_TEMPLATE_DIR", "GIT_PROTOCOL_FROM_USER", "GIT_EXEC_PATH"],
]);

/** The user's environment, as far as git needs it. */
function environment(all: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(forPrograms(all)).filter(([name]) => !elsewhere.has(name) && !/^(LD|DYLD)_/.test(name) // Deno hands these on to nobody under a list of programs
  );
  const env = Object.fromEntries(own);
  return {
    GIT_SSH_COMMAND: "ssh -o BatchMode=yes",
    ...env,
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "false", // asks nobody and fails, where there would be a window instead of the terminal
    // A reference is always an https: address; the user's own `url.….insteadOf` may make ssh: or file: of it.
    GIT_ALLOW_PROTOCOL: "https:ssh:file",
    GIT_OPTIONAL_LOCKS: "0",
    LC_ALL: "C",
  };
}

/** The command, not started yet. */
export function gitCommand(
  { program, gitDir, env, signal }: Git,
  args: readonly string[],
  stdin: "null" | "piped" = "null",
) {
  return new Deno.Command(program, {
    args: [...settings.flatMap((it) => ["-c", it]), `--git-dir=${gitDir}`, ...args],
    clearEnv: true,
    env: environment(env ?? Deno.env.toObject()),
    stdin,
    stdout: "piped",
    stderr: "piped",
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Runs git to its end, whatever it says. */
export async function tryGit(git: Git, ...args: readonly string[]): Promise<GitResult> {
  const { code, stdout, stderr } = await gitCommand(git, args).output();
  git.signal?.throwIfAborted();
  return { code, stdout, stderr: new TextDecoder().decode(stderr).trim() };
}

/**
 * Runs git.
 *
 * @throws {CharlyError} with what it said when it fails
 */
export async function runGit(git: Git, what: string, ...args: readonly string[]): Promise<string> {
  const result = await tryGit(git, ...args);
  if (result.code !== 0) throw gitFailed(what, result.stderr);
  return new TextDecoder().decode(result.stdout);
}

/** What git said, in our words. */
export function gitFailed(what: string, stderr: string): CharlyError {
  const lines = stderr.split("\n").map((it) => it.trim()).filter((it) => it !== "");
  const line = lines.find((it) => /^(fatal|error):/.test(it)) ?? lines.at(-1) ?? "it said nothing";
  const secret = /Authentication failed|could not read Username|terminal prompts disabled|Permission denied/i.test(
    stderr,
  );
  return new CharlyError(`${what}: git: ${printable(line)}`, {
    hint: secret
      ? "give git a way in (`git credential`, or `git config --global url.ssh://git@HOST/.insteadOf https://HOST/`)"
      : "check the reference and the network, then run `charly fetch` again",
    code: "fetch-failed",
  });
}

/** What a server says may hold anything. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what this is about
  return text.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ").slice(0, 300);
}
