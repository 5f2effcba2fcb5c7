/** What rendering a batch depends on, and what comes of it. */
import type { ShellBlob } from "../../execute/executor.ts";
import type { Content, DownloadAct } from "../../steps/act.ts";

/** What a batch needs beside its acts. */
export interface BatchContext {
  /** Values of the secrets acts name; only those acts get them. */
  readonly secrets: ReadonlyMap<string, string>;
  /** When a command runs: `always`, or only if one of these acts ran in this run. */
  readonly runIf: (n: number) => "always" | readonly number[];
  /** The target fetches downloads itself (curl or wget is there). */
  readonly fetchesItself: boolean;
  /** Opens what charly fetched for a target that cannot. */
  readonly fetched?: (act: DownloadAct) => Promise<Content>;
  /** Digest of another bundle's bytes an act is about to cover: they are kept first. */
  readonly covers?: (n: number) => string | undefined;
}

/** A program and the bytes it needs first. */
export interface BatchProgram {
  readonly text: string;
  readonly blobs: readonly ShellBlob[];
}
