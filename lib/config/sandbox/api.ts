/** Where charly's own words live, so that a config may import them although they stand outside its project. */
import { dirname, filePath } from "../../base/path.ts";

/** The name under which configs import charly. */
export const apiName = "@charly/charly";

/** This file's place in a checkout or on a server; a bundle of one file has another. */
const place = "/lib/config/sandbox/api.ts";

/** Address of the module that configs import as `@charly/charly`: `mod.ts` of this checkout or server, or the bundle itself. */
export function apiUrl(self: string = import.meta.url): string {
  return self.endsWith(place) ? `${self.slice(0, -place.length)}/mod.ts` : self;
}

/** Whether an `http:` module is part of the charly that is running (itself served, or a bundle). */
export function isApiUrl(specifier: string, self: string = import.meta.url): boolean {
  if (!/^https?:/.test(self)) return false;
  const api = apiUrl(self);
  if (specifier === api) return true;
  return self !== api && specifier.startsWith(`${api.slice(0, -"mod.ts".length)}lib/`);
}

/** Whether a module is the running charly as one file: API, command line and engine together. */
export function isBundle(specifier: string, self: string = import.meta.url): boolean {
  return !self.endsWith(place) && specifier === self;
}

/**
 * Whether a file is code of a charly checkout: `mod.ts` or a module below `lib/` of a directory whose `deno.json` says
 * `@charly/charly`. Any checkout will do, since a config may be mapped to another one than is running; only its code
 * qualifies, so that the rule opens no data file.
 *
 * @param realPath absolute, with symbolic links resolved
 */
export function isApiFile(realPath: string): boolean {
  if (!realPath.endsWith(".ts")) return false;
  const ownRoot = import.meta.url.startsWith("file:") && import.meta.url.endsWith(place)
    ? filePath(import.meta.url.slice(0, -place.length))
    : undefined;
  for (let dir = dirname(realPath); dir !== dirname(dir); dir = dirname(dir)) {
    const below = realPath.slice(dir.length + 1);
    if (below !== "mod.ts" && !below.startsWith("lib/")) continue;
    if (dir === ownRoot || isCheckout(dir)) return true;
  }
  return false;
}

function isCheckout(dir: string): boolean {
  try {
    const text = Deno.readTextFileSync(`${dir}/deno.json`);
    return (JSON.parse(text) as { name?: unknown }).name === apiName;
  } catch {
    return false; // not there, not readable, not JSON: not a checkout
  }
}
