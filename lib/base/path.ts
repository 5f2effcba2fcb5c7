/**
 * Paths and `file:` addresses, for what runs at every start: `node:path` and `node:url` take as long to load as an empty
 * program takes to run. POSIX only, as everything of charly.
 */

/** A path without empty parts, `.`, and `..` where there is something to leave; without a slash at its end. */
export function normalize(path: string): string {
  const absolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!absolute) parts.push(part);
  }
  return absolute ? `/${parts.join("/")}` : parts.join("/") || ".";
}

/** Parts as one path. */
export function join(...parts: readonly string[]): string {
  return normalize(parts.filter((part) => part !== "").join("/"));
}

/** The absolute path that the last of these means when one is in the directory before it, from the working directory on. */
export function resolve(...parts: readonly string[]): string {
  let path = "";
  for (const part of parts) path = part.startsWith("/") ? part : part === "" ? path : `${path}/${part}`;
  const given = parts.some((part) => part.startsWith("/"));
  return normalize(given ? path : `${Deno.cwd()}/${path}`);
}

/** The directory a path stands in; of `/` and `.` they themselves. */
export function dirname(path: string): string {
  const plain = normalize(path);
  const at = plain.lastIndexOf("/");
  return at === -1 ? "." : at === 0 ? "/" : plain.slice(0, at);
}

/** The last part of a path. */
export function basename(path: string): string {
  const plain = normalize(path);
  return plain.slice(plain.lastIndexOf("/") + 1);
}

/** The `file:` address of an absolute path. */
export function fileUrl(path: string): string {
  const escaped = path.replace(/[\0-\x20%\\?#]/g, (one) => encodeURIComponent(one));
  return new URL(`file://${escaped}`).href;
}

/** The path of a `file:` address. @throws {TypeError} when it is of another kind, names a host, or holds an escaped slash */
export function filePath(url: string | URL): string {
  const { protocol, hostname, pathname } = new URL(url);
  if (protocol !== "file:" || hostname !== "" || /%2f/i.test(pathname)) {
    throw new TypeError(`${url} is no address of a file of this machine`);
  }
  return decodeURIComponent(pathname);
}
