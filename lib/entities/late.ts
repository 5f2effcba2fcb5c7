/**
 * The types behind references that only accept declared names. TypeScript resolves a call whose result is *callable*
 * after the inferences of the call around it; so a helper such as `candy()` says (in types only) that its result can be
 * called, and takes the names in scope from the place it is written at. Values stay plain objects.
 */

/** Key of the phantom property {@link Scoped} carries; no value ever has it. */
export const scope: unique symbol = Symbol("charly.scope");

/** In types only: the names that may be used where an entry is written. A method, so that it stays bivariant. */
export interface Scoped<R> {
  /** Never there. */
  readonly [scope]?: { names(names: R): void };
}

/** In types only: a helper's result, resolved after the names around it. */
export interface Late<R> extends Scoped<R> {
  (never: never): never;
}

/** Key of the phantom property {@link Because} carries; no value ever has it. */
export const reason: unique symbol = Symbol("charly.reason");

/** A type nobody can write a value of; its text shows up in the editor's message. */
export interface Because<Reason extends string> {
  /** Never there. */
  readonly [reason]: Reason;
}

/** A reference to a candy: a declared name, or a remote `@host/org/repo/path:version`. */
export type CandyRef<C extends string = string> = C | `@${string}`;
