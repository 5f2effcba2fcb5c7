/** A digest over everything a config is made of. */
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { CharlyError } from "../../base/errors.ts";
import { isApi } from "./check_graph.ts";
import { relative } from "./import_path.ts";
import type { ModuleGraph } from "./module_graph.ts";
import type { Source } from "./source.ts";

/** `sha256-` and 64 hex digits. */
export type Integrity = `sha256-${string}`;

/** Deno appends one comment line with the headers to every file it caches. */
const cacheNote = new TextEncoder().encode("\n// denoCacheMetadata=");

/**
 * The digest of a graph: SHA-256 over its modules sorted by specifier, each as specifier, length and bytes; text and JSON
 * imports included, charly's own modules left out (they change with charly, not with the config). Files of the project count
 * by their path in it, so that the digest is the same on every machine.
 */
export function integrityOf(graph: ModuleGraph, source: Source): Integrity {
  const hash = createHash("sha256");
  const modules = graph.modules
    .filter(({ specifier, local }) =>
      local !== undefined && /^(?:file|https?):/.test(specifier) && !isOwn(specifier, source)
    )
    .map(({ specifier, local }) => ({
      name: relative(specifier, source),
      local: local!,
      remote: !specifier.startsWith("file:"),
    }))
    .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  for (const { name, local, remote } of modules) {
    const bytes = readFileSync(local);
    const own = remote ? withoutCacheNote(bytes) : bytes;
    hash.update(`${JSON.stringify(name)} ${own.length}\n`).update(own);
  }
  return `sha256-${hash.digest("hex")}`;
}

/** Charly's modules, unless the project is charly itself. */
function isOwn(specifier: string, source: Source): boolean {
  return isApi(specifier) && (source.kind === "url" || relative(specifier, source).startsWith("/"));
}

/** A cached file as it was served. */
export function withoutCacheNote(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = buffer.lastIndexOf(cacheNote);
  return at === -1 ? bytes : bytes.subarray(0, at);
}

/**
 * Compares a graph with the digest the caller expects.
 *
 * @throws {CharlyError} naming both digests when they differ
 */
export function checkIntegrity(graph: ModuleGraph, source: Source, expected: string): void {
  if (!/^sha256-[0-9a-f]{64}$/.test(expected)) {
    throw new CharlyError(`check integrity of ${source.label}: found "${expected}" where a digest was expected`, {
      hint: "write it as sha256- and 64 hex digits",
      code: "config-integrity",
      exitCode: 2,
    });
  }
  const found = integrityOf(graph, source);
  if (found === expected) return;
  throw new CharlyError(`check integrity of ${source.label}: expected ${expected}, found ${found}`, {
    hint: "read what changed in the config and its imports; if you trust it, use the new digest",
    code: "config-integrity",
    exitCode: 2,
  });
}
