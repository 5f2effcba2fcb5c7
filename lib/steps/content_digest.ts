/** Digests of content, with secrets salted. */
import { createHash } from "node:crypto";
import type { Content } from "./act.ts";

/** What digests of secret content are salted with: the `salt` of the store, 64 hex digits. */
export interface DigestContext {
  readonly salt: string;
}

/**
 * Digest of content as ledgers hold it: hex SHA-256, or `salted:<hex>` over salt and content when it is secret, because a bare
 * digest of a short secret gives it away.
 *
 * Throws a `TypeError` for secret content that is not in memory: it never passes through an operator's file.
 */
export function contentDigest(content: Content, context: DigestContext): string {
  if (!content.sensitive) return content.sha256;
  if (content.from.kind !== "bytes") throw new TypeError("secret content has to be in memory to be salted");
  return `salted:${createHash("sha256").update(context.salt).update(content.from.bytes).digest("hex")}`;
}
