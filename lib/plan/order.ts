/** The order of candies: composition expanded, requirements closed, sorted so that authoring order changes nothing. */
import { CharlyError } from "../base/errors.ts";
import { sameData } from "../base/same_data.ts";
import type { Candy } from "../entities/candy.ts";

/** Candies by name. */
export type CandyTable = Readonly<Record<string, Candy>>;

/** What ordering may leave out. */
export interface OrderOptions {
  /** Names that are there already, or mean nothing on the target: neither they nor what only they need is taken. */
  readonly without?: readonly string[];
}

/** The bare name of a reference: `@github.com/org/repo/candy/ripgrep:v1` is `ripgrep`. */
export function candyName(reference: string): string {
  if (!reference.startsWith("@")) return reference;
  return reference.slice(1).replace(/:[^/]*$/, "").replace(/\/+$/, "").replace(/^.*\//, "");
}

/** Candies a process supervisor is made of: machines with systemd have no use for them. */
export const supervisorCandies = ["supervisord"] as const;

/** An order and what it was made from. */
export interface Ordered {
  readonly names: readonly string[];
  readonly asked: readonly string[];
  readonly options: OrderOptions;
  /** Every candy that was looked at. */
  readonly taken: CandyTable;
}

/**
 * Every candy the asked ones come down to, each after what it requires.
 *
 * @param asked names or remote references
 * @throws CharlyError naming an unknown candy and who asks for it, or a cycle joined by arrows
 */
export function orderCandies(asked: readonly string[], table: CandyTable, options: OrderOptions = {}): string[] {
  return [...orderAgain(asked, table, options).names];
}

/** As {@link orderCandies}; an order made before is given back when nothing that it was made from is otherwise now. */
export function orderAgain(
  asked: readonly string[],
  table: CandyTable,
  options: OrderOptions,
  known?: Ordered,
): Ordered {
  if (known !== undefined && holds(known, asked, table, options)) return known;
  const taken = new Map<string, Candy>();
  const names = makeOrder(asked, table, options, taken);
  return { names, asked, options, taken: Object.fromEntries(taken) };
}

/** Only the references between candies count, and whether a composition is more than a name. */
function holds({ asked, options, taken }: Ordered, nowAsked: readonly string[], table: CandyTable, now: OrderOptions) {
  if (!sameData([asked, options], [nowAsked, now])) return false;
  return Object.entries(taken).every(([name, candy]) => {
    const other = Object.hasOwn(table, name) ? table[name] : undefined;
    return candy === other || (other !== undefined && sameData(candy.candy, other.candy) &&
      sameData(candy.require, other.require) && sameData(candy.bakePlugin, other.bakePlugin) &&
      isShell(candy) === isShell(other));
  });
}

function makeOrder(
  asked: readonly string[],
  table: CandyTable,
  options: OrderOptions,
  taken: Map<string, Candy>,
): string[] {
  const without = new Set(options.without ?? []);
  const visit = (reference: string, requester: string) => {
    const name = candyName(reference);
    if (without.has(name) || taken.has(name)) return;
    const candy = lookUp(name, requester, table);
    taken.set(name, candy);
    for (const needed of [...composition(candy), ...requirements(candy)]) visit(needed, `candy "${name}"`);
  };
  for (const name of asked) visit(name, "the bundle");
  const made = [...taken].filter(([, candy]) => composition(candy).length > 0).map(([name]) => name);
  for (const name of made) expand(name, table, []);

  const members = (name: string): string[] => expand(name, table, []).filter((one) => taken.has(one));
  const kept = [...taken.keys()].filter((name) => !isShell(taken.get(name)));
  const edges = new Map(kept.map((name) => {
    const needed = requirements(taken.get(name)).map(candyName).filter((one) => taken.has(one)).flatMap((one) =>
      isShell(taken.get(one)) ? members(one) : [one]
    );
    return [name, new Set(needed.filter((one) => one !== name || needsItself(taken.get(name), name)))] as const;
  }));
  // A candy made of others comes after them, unless one of them needs it.
  for (const name of made) {
    if (isShell(taken.get(name))) continue;
    for (const member of members(name)) {
      if (member !== name && !reaches(member, name, edges)) edges.get(name)?.add(member);
    }
  }
  return sort(edges);
}

/** Kahn's algorithm; the ready queue is a heap, so that the alphabetically first comes next at a logarithmic price. */
function sort(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const missing = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  const ready = new NameHeap();
  for (const [name, needed] of edges) {
    missing.set(name, needed.size);
    if (needed.size === 0) ready.push(name);
    for (const one of needed) {
      const list = dependents.get(one);
      if (list === undefined) dependents.set(one, [name]);
      else list.push(name);
    }
  }
  const order: string[] = [];
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    order.push(name);
    for (const dependent of dependents.get(name) ?? []) {
      const left = (missing.get(dependent) ?? 0) - 1;
      missing.set(dependent, left);
      if (left === 0) ready.push(dependent);
    }
  }
  if (order.length === edges.size) return order;
  const done = new Set(order);
  const waiting = [...edges].filter(([name]) => !done.has(name)).map(([name, needed]) =>
    [name, new Set([...needed].filter((one) => !done.has(one)))] as const
  );
  throw cycleError("require", findCycle(new Map(waiting)));
}

/** Names, smallest first. */
class NameHeap {
  readonly #names: string[] = [];

  push(name: string): void {
    const names = this.#names;
    let at = names.push(name) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (names[parent]! <= names[at]!) break;
      [names[parent], names[at]] = [names[at]!, names[parent]!];
      at = parent;
    }
  }

  pop(): string | undefined {
    const names = this.#names;
    const first = names[0];
    const last = names.pop();
    if (names.length === 0 || last === undefined) return first;
    names[0] = last;
    for (let at = 0;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < names.length && names[child]! < names[least]!) least = child;
      }
      if (least === at) return first;
      [names[least], names[at]] = [names[at]!, names[least]!];
      at = least;
    }
  }
}

/** Members of a composition, depth first, each once, the candy itself last when it has content. */
function expand(name: string, table: CandyTable, open: readonly string[]): string[] {
  if (open.includes(name)) throw cycleError("candy", [...open.slice(open.indexOf(name)), name]);
  const candy = Object.hasOwn(table, name) ? table[name] : undefined;
  const members = composition(candy).flatMap((member) => expand(candyName(member), table, [...open, name]));
  return [...new Set([...members, ...(isShell(candy) ? [] : [name])])];
}

function composition(candy: Candy | undefined): readonly string[] {
  return candy?.candy ?? [];
}

function requirements(candy: Candy | undefined): readonly string[] {
  return [...(candy?.require ?? []), ...(candy?.bakePlugin ?? [])];
}

function needsItself(candy: Candy | undefined, name: string): boolean {
  return requirements(candy).some((one) => candyName(one) === name);
}

const prose = ["version", "description", "status", "candy", "require", "dir"];

/** Is the candy only a name for others? */
function isShell(candy: Candy | undefined): boolean {
  if (candy === undefined || composition(candy).length === 0) return false;
  return Object.entries(candy).every(([key, value]) =>
    prose.includes(key) || value === undefined || (Array.isArray(value) && value.length === 0) ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0)
  );
}

function reaches(from: string, to: string, edges: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>();
  const stack = [from];
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    stack.push(...(edges.get(name) ?? []));
  }
  return false;
}

function findCycle(waiting: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  let name = [...waiting.keys()].sort()[0] ?? "";
  const path: string[] = [];
  while (!path.includes(name)) {
    path.push(name);
    name = [...(waiting.get(name) ?? [])].filter((one) => waiting.has(one)).sort()[0] ?? "";
  }
  return [...path.slice(path.indexOf(name)), name];
}

function cycleError(field: string, path: readonly string[]): CharlyError {
  return new CharlyError(`order candies: \`${field}\` goes round: ${path.join(" → ")}`, {
    hint: `remove one \`${field}\` of ${path[0]} … ${path.at(-2) ?? path[0]}`,
    code: "candy-cycle",
    exitCode: 2,
  });
}

function lookUp(name: string, requester: string, table: CandyTable): Candy {
  const candy = Object.hasOwn(table, name) ? table[name] : undefined;
  if (candy !== undefined) return candy;
  const known = Object.keys(table).sort();
  const list = known.length > 12 ? [...known.slice(0, 12), `… ${known.length - 12} more`] : known;
  throw new CharlyError(`order candies: ${requester} asks for ${JSON.stringify(name)}, which is not declared`, {
    hint: known.length === 0 ? "declare it in `candies`" : `declared candies: ${list.join(", ")}`,
    code: "unknown-candy",
    exitCode: 2,
  });
}
