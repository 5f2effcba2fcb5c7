/** Thousands of candies, as values and as the text of a configuration. */

/** Candy number `n`: see the notes of W6 for what is in it. */
export function manyCandies(count: number) {
  const one = (n: number) => ({
    version: "2026.300.0900",
    description: `candy ${n}`,
    ...(n % 100 === 0 ? { env: { [`V${n}`]: "it's $5" } } : {}),
    ...(n % 10 === 0 ? {} : { require: [`c${n - 1}`] }),
    plan: [
      { mkdir: `~/d${n}` },
      { write: `~/d${n}/f`, content: `${n}\n` },
      ...(n % 10 === 9 ? [{ command: `echo ${n}` }] : []),
    ],
  });
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`c${n}`, one(n)]));
}

/** Values of a configuration with a bundle `all`. */
export function configValues(count: number) {
  const candies = manyCandies(count);
  return { project: "bench", candies, bundles: { all: { on: { target: "local" }, candy: Object.keys(candies) } } };
}

/** The same as `charly.config.ts`. */
export function configText(count: number): string {
  return `import { defineConfig } from "@charly/charly";\n${manyCandies}\n` +
    `const candies = manyCandies(${count});\n` +
    `export default defineConfig({ project: "bench", candies, bundles: { all: { on: { target: "local" }, candy: Object.keys(candies) } } } as never);\n`;
}
