/** Variables of this process, as far as it may look at them. */

/** A variable this process may not read counts as not set: a verb asks for its permissions before it needs them. */
export function readEnv(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

/** What programs are started with: variables that are meant for charly alone, a password among them, stay out of it. */
export function forPrograms(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("CHARLY_")));
}

/**
 * Variables charly looks at itself, wherever it deploys to. `deno.json` grants the same ones to the first process
 * (permission set `start`); a test compares the two.
 */
export const ownEnv: readonly string[] = [
  "HOME",
  "USER",
  "LOGNAME",
  "PATH",
  "SHELL",
  "TERM",
  "NO_COLOR",
  "DENO_DIR",
  "NPM_CONFIG_REGISTRY",
  "SSH_AUTH_SOCK",
  "XDG_CACHE_HOME",
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
  "XDG_RUNTIME_DIR",
  "XDG_STATE_HOME",
  "CHARLY_PATH_PREFIX",
  "CHARLY_PERMITTED",
  "CHARLY_REPO_CACHE",
  "CHARLY_REPO_OVERRIDE",
  "CHARLY_SUDO_PASSWORD",
  // the YAML parser's own
  "LOG_STREAM",
  "LOG_TOKENS",
];
