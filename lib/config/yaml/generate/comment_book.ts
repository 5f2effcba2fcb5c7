/** Comments of an entity by the paths they stand at, each written once. */

/** Gives comments out, and what nobody asked for at last. */
export class CommentBook {
  readonly #left: Map<string, string>;

  /** @param comments keys are paths joined by NUL */
  constructor(comments: ReadonlyMap<string, string>) {
    this.#left = new Map(comments);
  }

  /** The comment of a path. */
  take(path: readonly string[]): string | undefined {
    const key = path.join("\0");
    const found = this.#left.get(key);
    this.#left.delete(key);
    return found;
  }

  /** Every comment at a path and below it, as one. */
  takeAll(path: readonly string[]): string | undefined {
    const key = path.join("\0");
    const found = [...this.#left].filter(([it]) => key === "" || it === key || it.startsWith(`${key}\0`));
    for (const [it] of found) this.#left.delete(it);
    return found.length === 0 ? undefined : found.map(([, comment]) => comment).join("\n");
  }
}
