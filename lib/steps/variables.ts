/** Variables in paths and values: the deferred home, the reserved names, and a candy's own. */
import { CharlyError } from "../base/errors.ts";
import type { StepFacts } from "./define_step.ts";

/** Stands for the home of whoever the plan is applied as; resolved once per target. */
export const homeToken = "{{.Home}}";

/** Names no candy variable may take. */
export const reservedVariables = ["ARCH", "BUILD_ARCH", "GID", "HOME", "UID", "USER"] as const;

/** Turns a leading `~`, `${HOME}` and `$HOME` into {@link homeToken}. */
export function deferHome(text: string): string {
  const plain = text.replaceAll("${HOME}", homeToken).replace(/\$HOME(?![A-Za-z0-9_])/g, () => homeToken);
  return plain === "~" || plain.startsWith("~/") ? homeToken + plain.slice(1) : plain;
}

/** Puts a home in the place of {@link homeToken}. A text without the token comes back as it is. */
export function resolveHome(text: string, home: string): string {
  return text.replaceAll(homeToken, () => home);
}

/** Home as the variable it is, so that it is put in with the others: what a machine calls its home is no template. */
export function homeVariable(text: string): string {
  return text.replaceAll(homeToken, "${HOME}");
}

/** Debian's name of a machine: `x86_64` → `amd64`. */
export function archOf(machine: string): string {
  if (machine === "x86_64") return "amd64";
  if (machine === "aarch64" || machine === "arm64") return "arm64";
  return machine.startsWith("arm") ? "arm" : machine;
}

/** The reserved variables and a candy's own, which may refer to each other as `${NAME}`. */
export function variablesOf(facts: StepFacts, candyVars: Readonly<Record<string, string>>): Record<string, string> {
  const table: Record<string, string> = {
    USER: facts.user,
    UID: String(facts.uid),
    GID: String(facts.gid),
    HOME: facts.home,
    ARCH: archOf(facts.machine),
    BUILD_ARCH: facts.machine,
  };
  const valueOf = (name: string, open: readonly string[]): string | undefined => {
    const raw = Object.hasOwn(candyVars, name) ? candyVars[name] : undefined;
    if (raw === undefined) return Object.hasOwn(table, name) ? table[name] : undefined;
    return homeVariable(deferHome(raw)).replace(
      /\$\{([A-Z_][A-Z0-9_]*)\}/g,
      (whole, inner: string) => open.includes(inner) ? whole : valueOf(inner, [...open, inner]) ?? whole,
    );
  };
  const own = Object.keys(candyVars).sort().map((name) => [name, valueOf(name, [name]) ?? ""] as const);
  return { ...table, ...Object.fromEntries(own) };
}

/**
 * Puts variables in the place of `${NAME}`.
 *
 * @param where for the message: `candy "motd": mkdir`
 * @throws CharlyError for a name that is not in the table
 */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>, where: string): string {
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, name: string) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) {
      throw new CharlyError(`${where}: unknown variable \${${name}} in ${JSON.stringify(text)}`, {
        hint: `declare it in the candy's \`var\`, or use one of ${Object.keys(variables).sort().join(", ")}`,
        code: "unknown-variable",
        exitCode: 2,
      });
    }
    return value;
  });
}

/** Puts known variables in; leaves the others as they are. For values, where a `$` may be meant. */
export function expandKnown(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g,
    (whole, name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined) ?? whole,
  );
}

/**
 * A final absolute path: home and variables resolved, `//` and a trailing `/` gone.
 *
 * @throws CharlyError when it is not absolute, or holds NUL or a `..` part
 */
export function absolutePath(text: string, variables: Readonly<Record<string, string>>, where: string): string {
  const path = expandVariables(homeVariable(deferHome(text)), variables, where);
  const wrong = !path.startsWith("/")
    ? "is not absolute"
    : path.includes("\0")
    ? "holds a NUL byte"
    : path.split("/").includes("..")
    ? 'has a ".." part'
    : tooLong(path);
  if (wrong !== undefined) {
    const shown = JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
    throw new CharlyError(`${where}: the path ${shown} ${wrong}`, {
      hint: "write an absolute path, or one that starts with ~/ or ${HOME}/, of names up to 255 bytes and 4095 in all",
      code: "bad-path",
      exitCode: 2,
    });
  }
  return path.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");
}

/** What no Linux file system takes. */
function tooLong(path: string): string | undefined {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  if (path.length > 1365 && bytes(path) > 4095) return "is longer than 4095 bytes";
  return path.length > 85 && path.split("/").some((name) => bytes(name) > 255)
    ? "has a name of more than 255 bytes"
    : undefined;
}

/**
 * A name a shell can export. Anything else would become shell text of its own where it is written.
 *
 * @param where for the message
 */
export function exportName(name: string, where: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new CharlyError(`${where}: ${JSON.stringify(name)} is no name of a variable`, {
    hint: "use letters, digits and _, beginning with a letter or _",
    code: "bad-variable-name",
    exitCode: 2,
  });
}
