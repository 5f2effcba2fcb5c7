/** What a task's process and charly say to each other. JSON over the IPC channel; bytes travel as base64. */

/** A value of a template: a word, text taken as shell text, or words to be joined by blanks. */
export type Wire = string | { readonly raw: string } | readonly Wire[];

/** To the task. */
export type ToTask =
  | {
    readonly kind: "start";
    readonly task: string;
    readonly args: Readonly<Record<string, unknown>>;
    /** Variables the task's programs see. */
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
    /** Programs it may run: name → absolute path. */
    readonly programs: Readonly<Record<string, string>>;
    readonly bundles: readonly string[];
  }
  | { readonly kind: "output"; readonly id: number; readonly stream: 1 | 2; readonly data: string }
  | { readonly kind: "exit"; readonly id: number; readonly code: number }
  | { readonly kind: "refused"; readonly id: number; readonly message: string; readonly hint?: string };

/** A command for a host. */
export interface RemoteRequest {
  readonly kind: "run";
  readonly id: number;
  readonly bundle: string;
  readonly strings: readonly string[];
  readonly values: readonly Wire[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
}

/** From the task. */
export type FromTask =
  | { readonly kind: "ready" }
  | RemoteRequest
  | { readonly kind: "done" }
  | {
    readonly kind: "failed";
    readonly message: string;
    readonly hint?: string;
    readonly stack?: string;
    readonly code?: number;
  };

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/** Base64 as bytes. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.fromBase64(text);
}
