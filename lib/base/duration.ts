/** Durations as they are written: `"250ms"`, `"90s"`, `"1h30m"`. */
import { CharlyError } from "./errors.ts";

const unitSeconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  "µs": 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/**
 * Reads a duration.
 *
 * @param text numbers with units, one after another
 * @returns seconds
 * @throws {CharlyError} `bad-duration`
 */
export function seconds(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text) {
    const hint = 'write a number with its unit, for example "90s", "10m" or "1h30m"';
    throw new CharlyError(`read duration: found ${JSON.stringify(text)}`, { hint, code: "bad-duration", exitCode: 2 });
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitSeconds[unit!]!, 0);
}
