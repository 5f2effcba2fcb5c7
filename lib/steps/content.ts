/** Bytes of files, with what is needed to compare and to ship them. */
import { createHash } from "node:crypto";
import type { Content } from "./act.ts";

/** Lower-case hex SHA-256. @param data UTF-8 text or bytes */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Content of a text file, UTF-8. */
export function textContent(text: string): Content {
  return bytesContent(new TextEncoder().encode(text));
}

/** Content held in memory. */
export function bytesContent(bytes: Uint8Array): Content {
  return { sha256: sha256(bytes), size: bytes.length, from: { kind: "bytes", bytes } };
}
