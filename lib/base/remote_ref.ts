/** References to files of other repositories: `@host/org/repo/sub/path:version`. */

/** A reference, taken apart. */
export interface RemoteRef {
  /** `host/org/repo`, the host in small letters. */
  readonly repo: string;
  /** Path below the repository; `""` is its root. */
  readonly path: string;
  /** Tag, branch or commit; nothing means the default branch. */
  readonly version?: string;
}

const segment = /^[A-Za-z0-9_~][A-Za-z0-9._~+-]*$/;
const host = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/**
 * Takes a reference apart. Nothing of it can be mistaken for an option of a program, and no path leads upwards.
 *
 * @returns nothing when it is none: no `@`, fewer than three parts, or characters that belong in no repository's name
 */
export function parseRemoteRef(text: string): RemoteRef | undefined {
  if (!text.startsWith("@") || text.length > 1000) return undefined;
  const colon = text.lastIndexOf(":");
  const version = colon < 0 ? undefined : text.slice(colon + 1);
  const parts = text.slice(1, colon < 0 ? undefined : colon).replace(/\/+$/, "").split("/");
  const [server = "", ...names] = parts;
  if (names.length < 2 || !host.test(server.toLowerCase())) return undefined;
  if (!names.slice(0, 2).every((name) => segment.test(name))) return undefined;
  const path = names.slice(2);
  if (!path.every((name) => segment.test(name) || /^\.[A-Za-z0-9_][A-Za-z0-9._~+-]*$/.test(name))) return undefined;
  if (version !== undefined && !isVersion(version)) return undefined;
  const repo = [server.toLowerCase(), ...names.slice(0, 2)].join("/").replace(/\.git$/, "");
  return { repo, path: path.join("/"), ...(version === undefined ? {} : { version }) };
}

/** Whether a text may be the name of a tag, a branch or a commit: git's own rules, and fewer characters. */
export function isVersion(text: string): boolean {
  return text.length <= 200 && /^[A-Za-z0-9_][A-Za-z0-9._/+-]*$/.test(text) &&
    !/\.\.|\/\/|\/\.|\.lock(\/|$)|[/.]$/.test(text);
}

/** What a lock file and a cache know a repository at a version by: `host/org/repo:version`, `host/org/repo` for the default branch. */
export function pinName({ repo, version }: Pick<RemoteRef, "repo" | "version">): string {
  return version === undefined ? repo : `${repo}:${version}`;
}

/** A reference as text; what {@link parseRemoteRef} takes apart. */
export function remoteRefText({ repo, path, version }: RemoteRef): string {
  return `@${repo}${path === "" ? "" : `/${path}`}${version === undefined ? "" : `:${version}`}`;
}

/**
 * `host/org/repo` of whatever people write for it: that, `org/repo` (of GitHub), an address, or `git@host:org/repo.git`.
 *
 * @returns nothing when it names no repository
 */
export function repoIdentity(text: string): string | undefined {
  const address = /^[a-z+]+:\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(text) ??
    /^(?:[^/@:]+@)([^/:]+):(.+)$/.exec(text);
  const whole = address === null ? text : `${address[1]}/${address[2]}`;
  const parts = whole.replace(/^@/, "").replace(/\/+$/, "").replace(/\.git$/, "").split("/");
  const named = parts.length === 2 && !parts[0]!.includes(".") ? ["github.com", ...parts] : parts;
  const ref = named.length === 3 ? parseRemoteRef(`@${named.join("/")}`) : undefined;
  return ref?.repo;
}
