/** Ids of deploys: the Go tool's function, so that its records and ours meet. */
import { createHash } from "node:crypto";

/**
 * First 16 hex digits of SHA-256 over the name + NUL, each candy + NUL, 0x01, each added candy + NUL.
 *
 * @param name box or bundle
 */
export function planDeployId(name: string, candies: readonly string[], addCandies: readonly string[]): string {
  const hash = createHash("sha256").update(`${name}\0`);
  for (const candy of candies) hash.update(`${candy}\0`);
  hash.update("\x01");
  for (const candy of addCandies) hash.update(`${candy}\0`);
  return hash.digest("hex").slice(0, 16);
}

/** The id a ledger keeps a bundle under: the same function over the bundle's name alone. */
export function deployId(bundle: string): string {
  return planDeployId(bundle, [], []);
}
