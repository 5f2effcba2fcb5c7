/** Looking up names people chose: `constructor` and `toString` are names like any other. */

/** The value an object holds itself under a name; what all objects inherit does not count. */
export function own<T>(map: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}
