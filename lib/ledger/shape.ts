/** Strict reading of plain data: every check answers a typed value or throws a {@link ShapeError} with the place. */

/** Found something else than expected. */
export class ShapeError extends Error {
  /**
   * @param at path of the value, `claims[3].want`
   * @param message what was found there
   * @param unknownMember a member nobody here knows: written by a newer version rather than broken
   */
  constructor(readonly at: string, message: string, readonly unknownMember = false) {
    super(`${at || "the file"}: ${message}`);
  }
}

/** Reads one value. */
export type Check<T> = (value: unknown, at: string) => T;

/** A member that may be missing. */
export interface Optional<T> {
  readonly optional: Check<T>;
}

/** Marks a member as one that may be missing. */
export function optional<T>(check: Check<T>): Optional<T> {
  return { optional: check };
}

function found(value: unknown): string {
  if (value === undefined) return "is missing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "found a list" : "found an object";
  return `found ${(JSON.stringify(value) ?? typeof value).slice(0, 60)}`;
}

/** Any text. */
export const text: Check<string> = (value, at) => {
  if (typeof value !== "string") throw new ShapeError(at, `has to be text, ${found(value)}`);
  return value;
};

/** Text of a form. */
export function matching(pattern: RegExp, what: string): Check<string> {
  return (value, at) => {
    if (typeof value !== "string" || !pattern.test(value)) {
      throw new ShapeError(at, `has to be ${what}, ${found(value)}`);
    }
    return value;
  };
}

/** A whole number from 0. */
export const count: Check<number> = (value, at) => {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new ShapeError(at, `has to be a whole number, ${found(value)}`);
  }
  return value;
};

/** `true` or `false`. */
export const flag: Check<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw new ShapeError(at, `has to be true or false, ${found(value)}`);
  return value;
};

/** One of these values. */
export function oneOf<const T extends string | number | boolean>(...values: readonly T[]): Check<T> {
  return (value, at) => {
    const known = values.find((other) => other === value);
    if (known === undefined) throw new ShapeError(at, `has to be one of ${values.join(", ")}, ${found(value)}`);
    return known;
  };
}

/** A list. */
export function list<T>(check: Check<T>): Check<T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new ShapeError(at, `has to be a list, ${found(value)}`);
    return value.map((member, index) => check(member, `${at}[${index}]`));
  };
}

function members(value: unknown, at: string): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ShapeError(at, `has to be an object, ${found(value)}`);
  }
  return Object.entries(value);
}

/** An object with any names and values of one kind. */
export function dictionary<T>(check: Check<T>): Check<Record<string, T>> {
  return (value, at) =>
    Object.fromEntries(
      members(value, at).map(([key, member]) => [key, check(member, `${at}[${JSON.stringify(key)}]`)]),
    );
}

type Fields = Readonly<Record<string, Check<unknown> | Optional<unknown>>>;
type Read<F extends Fields> =
  & { -readonly [K in keyof F as F[K] extends Check<unknown> ? K : never]: F[K] extends Check<infer T> ? T : never }
  & {
    -readonly [K in keyof F as F[K] extends Optional<unknown> ? K : never]?: F[K] extends Optional<infer T> ? T : never;
  };
type Flat<T> = { [K in keyof T]: T[K] };

/** An object with exactly these members. */
export function object<const F extends Fields>(fields: F): Check<Flat<Read<F>>> {
  return (value, at) => {
    const given = new Map(members(value, at));
    for (const key of given.keys()) {
      if (!Object.hasOwn(fields, key)) {
        throw new ShapeError(at, `has a member ${JSON.stringify(key)} unknown here`, true);
      }
    }
    const out: [string, unknown][] = [];
    for (const [key, field] of Object.entries(fields)) {
      const place = at === "" ? key : `${at}.${key}`;
      if (typeof field === "function") out.push([key, field(given.get(key), place)]);
      else if (given.has(key)) out.push([key, field.optional(given.get(key), place)]);
    }
    return Object.fromEntries(out) as Flat<Read<F>>;
  };
}

/** One of several objects, told apart by the text in one member. */
export function tagged<T>(tag: string, shapes: Readonly<Record<string, Check<T>>>): Check<T> {
  return (value, at) => {
    const word = members(value, at).find(([key]) => key === tag)?.[1];
    const shape = typeof word === "string" && Object.hasOwn(shapes, word) ? shapes[word] : undefined;
    if (shape === undefined) {
      throw new ShapeError(`${at}.${tag}`, `has to be one of ${Object.keys(shapes).join(", ")}, ${found(word)}`, true);
    }
    return shape(value, at);
  };
}
