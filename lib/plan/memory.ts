/**
 * What a compiler keeps between two plans: what each candy came to. A plan of ten thousand candies of which one has changed
 * then costs one candy and a look at the others.
 */
import { sameData } from "../base/same_data.ts";
import type { Candy } from "../entities/candy.ts";
import type { Act, SkippedStep } from "../steps/act.ts";
import type { CandyDirectory } from "../steps/candy_files.ts";
import type { CompiledCandy } from "./compile_candy.ts";
import type { Environment } from "./environment.ts";
import { type CandyTable, orderAgain, type Ordered, type OrderOptions } from "./order.ts";

/** A candy in its place of a plan: all that it depends on there, and all that it came to. */
export interface Placed extends CompiledCandy {
  readonly candy: Candy;
  readonly directory: CandyDirectory | undefined;
  /** Number of its first step. */
  readonly first: number;
  /** The environment before it and behind it. */
  readonly before: Environment;
  readonly behind: Environment;
  /** Something in it looked at the environment. */
  readonly looked: boolean;
  readonly acts: readonly Act[];
  readonly skipped: readonly SkippedStep[];
  /** Over its steps, acts and what was left out, numbered from its first step. */
  readonly digest: string;
}

/** Where a candy stands in the plan that is being made. */
export type Place = Pick<Placed, "candy" | "directory" | "first" | "before">;

/** Keeps the candies of the last plan. What it gives back is what compiling would give. */
export class CompileMemory {
  #ordered: Ordered | undefined;
  #context: unknown;
  #placed: ReadonlyMap<string, Placed> = new Map();
  #start: Environment | undefined;

  /** The order of candies, see `orderCandies`. */
  order(asked: readonly string[], table: CandyTable, options: OrderOptions): readonly string[] {
    this.#ordered = orderAgain(asked, table, options, this.#ordered);
    return this.#ordered.names;
  }

  /**
   * Begins a plan.
   *
   * @param context everything that holds for all candies alike, as plain data; in another one nothing kept counts
   * @param start the environment before the first candy
   * @returns that environment, or the equal one of the last plan
   */
  begin(context: unknown, start: Environment): Environment {
    if (this.#start === undefined || !sameData(this.#context, context) || !sameData(this.#start.root, start.root)) {
      this.#context = context;
      this.#start = start;
      this.#placed = new Map();
    }
    return this.#start;
  }

  /** What the candy came to in the last plan, when it would come to the same here. */
  find(name: string, place: Place): Placed | undefined {
    const known = this.#placed.get(name);
    if (known === undefined || !sameData(known.candy, place.candy)) return undefined;
    if (known.directory !== place.directory && !sameDirectory(known.directory, place.directory)) return undefined;
    if (known.before !== place.before && known.looked) return undefined;
    // With the first variables of all comes the line that reads them at login.
    const hooked = known.behind !== known.before;
    if (hooked && (known.before.before === undefined) !== (place.before.before === undefined)) return undefined;
    if (known.first === place.first && known.before === place.before) return known;
    const behind = !hooked
      ? place.before
      : known.before === place.before
      ? known.behind
      : place.before.with(name, known.behind.hook);
    return { ...known, ...moved(known, place.first), before: place.before, behind };
  }

  /** A candy that was compiled anew: where its variables are those it had, the candies behind it find what they found. */
  settle(name: string, now: Placed): Placed {
    const known = this.#placed.get(name);
    const same = known !== undefined && known.before === now.before && known.behind !== known.before &&
      now.behind !== now.before && sameData(known.behind.hook, now.behind.hook);
    return same ? { ...now, behind: known.behind } : now;
  }

  /** Ends a plan: its candies are what is kept. */
  keep(placed: ReadonlyMap<string, Placed>): void {
    this.#placed = placed;
  }
}

/** The same acts with other numbers. */
function moved({ acts, skipped, first }: Placed, to: number): Pick<Placed, "acts" | "skipped" | "first"> {
  if (first === to) return { acts, skipped, first };
  const renumber = <T extends { readonly step: number }>(it: T): T => ({ ...it, step: it.step - first + to });
  return { acts: acts.map(renumber), skipped: skipped.map(renumber), first: to };
}

/** Files are compared by their digests; the same bytes read twice are the same file. */
function sameDirectory(a: CandyDirectory | undefined, b: CandyDirectory | undefined): boolean {
  return sameData(plain(a), plain(b));
}

function plain(directory: CandyDirectory | undefined): unknown {
  if (directory === undefined) return undefined;
  const { dir, builderFiles, files } = directory;
  return {
    dir,
    builderFiles,
    files: files.map(({ name, executable, content: { sha256, size, from, sensitive } }) => ({
      name,
      executable,
      content: { sha256, size, sensitive, path: from.kind === "file" ? from.path : undefined },
    })),
  };
}

/** Memories of the plans made last, by what they are plans of; of a large fleet only some hosts are kept. */
export class CompileMemories {
  readonly #kept = new Map<string, CompileMemory>();

  constructor(readonly most: number = 8) {}

  /** The memory of this key, a new one where there is none any more. */
  of(key: string): CompileMemory {
    const memory = this.#kept.get(key) ?? new CompileMemory();
    this.#kept.delete(key);
    this.#kept.set(key, memory);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.most) break;
      this.#kept.delete(oldest);
    }
    return memory;
  }
}
