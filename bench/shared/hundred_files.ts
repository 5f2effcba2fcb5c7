/** The same 100 small files for everybody. */

/** How many. */
export const count = 100;
/** Content of file `n`: about a kilobyte, all different. */
export const content = (n: number): string => `# file ${n}\n${"content of a small file\n".repeat(40)}`;
/** Bytes of all contents. */
export const payload = Array.from({ length: count }, (_, n) => content(n).length).reduce((a, b) => a + b);

/** `charly.config.ts` with a bundle `web` that writes them on `h0`. */
export const charlyConfig = `import { bundle, candy, defineConfig, ssh, write } from "@charly/charly";
const text = (n: number) => \`# file \${n}\\n\${"content of a small file\\n".repeat(40)}\`;
export default defineConfig({
  project: "bench",
  candies: {
    files: candy({
      version: "2026.300.0900",
      description: "a hundred files",
      plan: Array.from({ length: ${count} }, (_, n) => write(\`~/f/\${n}\`, { content: text(n) })),
    }),
  },
  bundles: { web: bundle({ on: ssh("h0"), candy: ["files"] }) },
});
`;

/** A play that writes the first `steps` of them, one task each, as one writes them by hand. */
export function ansiblePlay(dir: string, steps = count): string {
  const tasks = Array.from(
    { length: steps },
    (_, n) => `    - copy:\n        src: ${dir}/${n}\n        dest: ~/f/${n}\n        mode: "0644"\n`,
  );
  return `- hosts: all\n  gather_facts: false\n  tasks:\n    - file:\n        path: ~/f\n        state: directory\n${
    tasks.join("")
  }`;
}

/** The sources of the files, for those who copy them. */
export const sources: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: count }, (_, n) => [`src/${n}`, content(n)]),
);

/** What a careful person would write by hand and feed to `ssh host sh`. */
export const script = `set -e\numask 022\nmkdir -p f\n${
  Array.from({ length: count }, (_, n) => `cat >f/${n} <<'EOF'\n${content(n)}EOF\nchmod 0644 f/${n}\n`).join("")
}`;
