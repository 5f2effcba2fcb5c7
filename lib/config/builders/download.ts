/** `download()`. */
import type { DownloadEntry, OptionsOf } from "../../entities/plan_entry.ts";

/** Options of {@link download}. */
export type DownloadOptions = OptionsOf<DownloadEntry>;

/**
 * Fetches a file or an archive.
 *
 * @param url `http:` or `https:` address; variables of the candy are expanded
 * @param options where it goes, how it is unpacked, its SHA-256
 * @returns `{ download: url, … }`
 *
 * @example
 * ```ts
 * import { download } from "@charly/charly";
 *
 * const entry = download("https://example.org/tool.tar.gz", { to: "~/.local/tool", stripComponents: 1 });
 * if (entry.to !== "~/.local/tool") throw new Error("unexpected");
 * ```
 */
export function download(url: string, options: DownloadOptions): DownloadEntry {
  return { download: url, ...options };
}
