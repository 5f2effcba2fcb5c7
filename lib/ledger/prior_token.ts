/** What was there before, as one field of a journal record. */
import { decodeField, encodeField } from "./field.ts";
import type { Prior } from "./record.ts";

/** `<run>.<n>[.<word>…]`: a plain file name, so that a forged journal cannot lead out of `prior/`. */
const reference = /^[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*$/;

/** Whether the text can name something under `prior/`. */
export function isRef(text: string): boolean {
  return reference.test(text);
}

/** The token of a prior; it needs no further encoding. */
export function priorToken(prior: Prior): string {
  switch (prior.was) {
    case "absent":
      return "absent";
    case "linked":
    case "copied":
      return `${prior.was}:${prior.what}:${prior.ref}`;
    case "dir":
      return `dir:${prior.mode}:${prior.uid}:${prior.gid}`;
    case "value":
      return `value:${encodeField(prior.value)}`;
    case "listed":
      return `listed:${prior.ref}`;
  }
}

/** The prior a token says, or `undefined` when it says none. */
export function parsePriorToken(token: string): Prior | undefined {
  if (token === "absent") return { was: "absent" };
  const kept = /^(linked|copied):(file|link):(.+)$/.exec(token);
  if (kept) {
    const [, was, what, ref] = kept as unknown as [string, "linked" | "copied", "file" | "link", string];
    return isRef(ref) ? { was, what, ref } : undefined;
  }
  const dir = /^dir:([0-7]{3,5}):(\d{1,10}):(\d{1,10})$/.exec(token);
  if (dir) return { was: "dir", mode: dir[1] ?? "", uid: Number(dir[2]), gid: Number(dir[3]) };
  if (token.startsWith("listed:")) {
    const ref = token.slice("listed:".length);
    return isRef(ref) ? { was: "listed", ref } : undefined;
  }
  if (token.startsWith("value:")) {
    const value = decodeField(token.slice("value:".length));
    return value === undefined ? undefined : { was: "value", value };
  }
  return undefined;
}
