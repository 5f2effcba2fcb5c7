declare const brand: unique symbol;

/** `Base` that has been through the one function that may say it is a `Name`. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** The closing line of a `switch` that answers every member of a union. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value: ${JSON.stringify(value)}`);
}
