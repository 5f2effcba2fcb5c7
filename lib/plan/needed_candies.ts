/** The candies a bundle comes down to, as far as they are declared: whose files are to be read before anything is compiled. */
import { own } from "../base/own.ts";
import type { Candy } from "../entities/candy.ts";
import type { CompileConfig } from "./compile.ts";
import { candyName } from "./order.ts";

/**
 * Everything that is asked for, and what that needs or is made of. What is not declared is left to compiling, which says so.
 *
 * @param bundle name of the bundle
 * @param addCandy takes the place of the bundle's
 */
export function neededCandies(
  config: CompileConfig,
  bundle: string,
  addCandy?: readonly string[],
): Readonly<Record<string, Candy>> {
  const asked = own(config.bundles ?? {}, bundle);
  const template = asked?.from === undefined ? undefined : own(config.locals ?? {}, asked.from);
  const open = [...template?.candy ?? [], ...asked?.candy ?? [], ...addCandy ?? asked?.addCandy ?? []];
  const needed = new Map<string, Candy>();
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    const name = candyName(ref);
    const candy = needed.has(name) ? undefined : own(config.candies ?? {}, name);
    if (candy === undefined) continue;
    needed.set(name, candy);
    open.push(...candy.require ?? [], ...candy.candy ?? [], ...candy.bakePlugin ?? []);
  }
  return Object.fromEntries(needed);
}
