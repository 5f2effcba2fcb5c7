/** Downloads for targets that have neither curl nor wget: fetched here, sent like any file. */
import { createHash } from "node:crypto";
import { CharlyError } from "../base/errors.ts";
import type { Content, DownloadAct } from "../steps/act.ts";

/** Fetches an act's bytes. @throws {CharlyError} `download-failed` */
export async function fetchContent(act: DownloadAct): Promise<Content> {
  try {
    const response = await fetch(act.url);
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`HTTP ${response.status}`);
    }
    const bytes = await response.bytes();
    return {
      sha256: createHash("sha256").update(bytes).digest("hex"),
      size: bytes.length,
      from: { kind: "bytes", bytes },
    };
  } catch (error) {
    throw new CharlyError(`download ${act.url}: ${error instanceof Error ? error.message : String(error)}`, {
      hint: "check the address; the target has neither curl nor wget, so it was fetched from here",
      code: "download-failed",
      cause: error,
    });
  }
}
