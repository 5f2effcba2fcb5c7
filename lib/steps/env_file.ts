/** env.d files: a candy's variables and PATH entries, as sh reads them and as fish does. */
import { quoteWord } from "../command/quote.ts";
import { exportName } from "./variables.ts";

/**
 * Text for bash, zsh and sh: `export` lines sorted by name, PATH last. Values are literal; PATH entries keep `$NAME`, which is
 * known only at login.
 *
 * @returns "" when there is nothing to say
 */
export function renderEnvFile(
  candy: string,
  env: Readonly<Record<string, string>>,
  path: readonly string[],
): string {
  if (Object.keys(env).length + path.length === 0) return "";
  return [
    `# charly: environment of candy ${candy}\n`,
    ...Object.keys(env).sort().map((name) =>
      `export ${exportName(name, `candy "${candy}": env`)}=${quoteWord(env[name] ?? "")}\n`
    ),
    ...(path.length === 0 ? [] : [`export PATH="${path.map(insideDoubleQuotes).join(":")}:$PATH"\n`]),
  ].join("");
}

/** The same for fish, whose quoting and lists are others. */
export function renderFishEnvFile(
  candy: string,
  env: Readonly<Record<string, string>>,
  path: readonly string[],
): string {
  if (Object.keys(env).length + path.length === 0) return "";
  return [
    `# charly: environment of candy ${candy}\n`,
    ...Object.keys(env).sort().map((name) =>
      `set -gx ${exportName(name, `candy "${candy}": env`)} ${fishWord(env[name] ?? "")}\n`
    ),
    ...(path.length === 0 ? [] : [`set -gx PATH ${path.map(fishPathWord).join(" ")} $PATH\n`]),
  ].join("");
}

/** A word in fish's single quotes, where only `\` and `'` mean something. */
export function fishWord(word: string): string {
  return `'${word.replace(/[\\']/g, "\\$&")}'`;
}

/** Inside double quotes, with `$NAME` and `${NAME}` left to the shell and nothing else. */
export function insideDoubleQuotes(text: string): string {
  return text.replace(/[\\"`]|\$(?!\{?[A-Za-z_])|\$(?=\{(?![A-Za-z_][A-Za-z0-9_]*\}))/g, "\\$&");
}

function fishPathWord(text: string): string {
  const names = text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, "$$$1");
  return `"${names.replace(/[\\"]|\$(?![A-Za-z_])/g, "\\$&")}"`;
}
