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

function makeOrder(asked: readonly string[], table: CandyTable, options: OrderOptions, taken: Map<string, Candy>) {
  take(asked, table, new Set(options.without ?? []), taken);
  const made = membersFirst(taken);
  const kept = [...taken.keys()].filter((name) => !isShell(taken.get(name)));
  const below = new Map<string, readonly string[]>();
  const allBelow = (shell: string) => {
    const known = below.get(shell) ?? contentOf(shell, taken, "everything");
    below.set(shell, known);
    return known;
  };
  const edges = new Map(kept.map((name) => {
    const needed = requirements(taken.get(name)).map(candyName).filter((one) => taken.has(one)).flatMap((one) =>
      isShell(taken.get(one)) ? allBelow(one) : [one]
    );
    return [name, new Set(needed.filter((one) => one !== name || needsItself(taken.get(name), name)))] as const;
  }));
  addMembers(made, taken, edges);
  return sort(edges);
}

/** Fills `taken` with the asked candies and all they come down to. */
function take(asked: readonly string[], table: CandyTable, without: ReadonlySet<string>, taken: Map<string, Candy>) {
  const waiting = asked.map((reference) => ({ reference, requester: "the bundle" })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const name = candyName(next.reference);
    if (without.has(name) || taken.has(name)) continue;
    const candy = lookUp(name, next.requester, table, next.reference);
    taken.set(name, candy);
    const needed = [...composition(candy), ...requirements(candy)];
    for (const reference of needed.reverse()) waiting.push({ reference, requester: `candy "${name}"` });
  }
}

/** A candy made of others comes after them, unless one of them needs it. Those that do are its parents' to come after. */
function addMembers(made: readonly string[], taken: ReadonlyMap<string, Candy>, edges: Edges): void {
  const needed = new Set([...edges.values()].flatMap((names) => [...names]));
  const loose = new Map<string, string[]>();
  for (const name of made) {
    const own = edges.get(name);
    if (own === undefined) continue;
    const members = contentOf(name, taken, "nearest").flatMap((member) => [member, ...(loose.get(member) ?? [])]);
    for (const member of new Set(members)) {
      if (member === name) continue;
      if (needed.has(name) && reaches(member, name, edges)) loose.set(name, [...(loose.get(name) ?? []), member]);
      else {
        own.add(member);
        needed.add(member);
      }
    }
  }
}

/** The candies with content that a composition comes down to: all of them, or those no other one stands before. */
function contentOf(name: string, taken: ReadonlyMap<string, Candy>, which: "everything" | "nearest"): string[] {
  const found = new Set<string>();
  const seen = new Set<string>([name]);
  const waiting = composition(taken.get(name)).map(candyName);
  for (let member = waiting.pop(); member !== undefined; member = waiting.pop()) {
    if (seen.has(member) || !taken.has(member)) continue;
    seen.add(member);
    const shell = isShell(taken.get(member));
    if (!shell) found.add(member);
    if (shell || which === "everything") waiting.push(...composition(taken.get(member)).map(candyName));
  }
  return [...found];
}

/** All compositions, each after those it is made of. @throws CharlyError when one is made of itself */
function membersFirst(taken: ReadonlyMap<string, Candy>): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const membersOf = (name: string) =>
    composition(taken.get(name)).map(candyName).filter((member) => composition(taken.get(member)).length > 0);
  for (const start of taken.keys()) {
    if (composition(taken.get(start)).length === 0) continue;
    if (done.has(start)) continue;
    // The way down to where we are, with what is still to be looked at there.
    const way = [{ name: start, left: membersOf(start) }];
    const open = new Set([start]);
    for (let here = way.at(-1); here !== undefined; here = way.at(-1)) {
      const next = here.left.pop();
      if (next === undefined) {
        order.push(here.name);
        done.add(here.name);
        open.delete(here.name);
        way.pop();
      } else if (open.has(next)) {
        const path = way.map(({ name }) => name);
        throw cycleError("candy", [...path.slice(path.indexOf(next)), next]);
      } else if (!done.has(next)) {
        way.push({ name: next, left: membersOf(next) });
        open.add(next);
      }
    }
  }
  return order;
}

type Edges = ReadonlyMap<string, Set<string>>;

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
  const seen = new Set<string>();
  while (!seen.has(name)) {
    seen.add(name);
    name = [...(waiting.get(name) ?? [])].filter((one) => waiting.has(one)).sort()[0] ?? "";
  }
  const path = [...seen];
  return [...path.slice(path.indexOf(name)), name];
}

function cycleError(field: string, path: readonly string[]): CharlyError {
  const shown = path.length <= 12 ? path : [...path.slice(0, 6), `… ${path.length - 10} more …`, ...path.slice(-4)];
  return new CharlyError(`order candies: \`${field}\` goes round: ${shown.join(" → ")}`, {
    hint: `remove one \`${field}\` of ${path[0]} … ${path.at(-2) ?? path[0]}`,
    code: "candy-cycle",
    exitCode: 2,
  });
}

function lookUp(name: string, requester: string, table: CandyTable, reference = name): Candy {
  const candy = Object.hasOwn(table, name) ? table[name] : undefined;
  if (candy !== undefined) return candy;
  if (reference.startsWith("@")) {
    throw new CharlyError(`order candies: ${requester} asks for ${JSON.stringify(reference)}, which is not fetched`, {
      hint: "run `charly fetch`, or declare a candy of that name",
      code: "unknown-candy",
      exitCode: 2,
    });
  }
  const known = Object.keys(table).sort();
  const list = known.length > 12 ? [...known.slice(0, 12), `… ${known.length - 12} more`] : known;
  throw new CharlyError(`order candies: ${requester} asks for ${JSON.stringify(name)}, which is not declared`, {
    hint: known.length === 0 ? "declare it in `candies`" : `declared candies: ${list.join(", ")}`,
    code: "unknown-candy",
    exitCode: 2,
  });
}
