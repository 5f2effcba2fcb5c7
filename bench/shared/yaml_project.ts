/** A project in YAML as large as the largest known one, made up: as many files, as long, with the same things in them. */

/** Files of the largest known project. */
export const files = 330;

/** Layer number `n`: fields, packages for three distributions, variables, steps of several verbs. */
function layer(n: number, steps: number): string {
  const plan = Array.from({ length: steps }, (_, step) => stepText(n, step)).join("");
  const required = n % 3 === 0 || n === 0 ? "" : `    l${n}-require:\n        require: [l${n - (n % 3)}]\n`;
  return `# Layer number ${n}: made up for measuring.
l${n}:
    candy:
        version: 2026.${String(100 + (n % 200))}.0900
        description: Layer ${n} with what layers have
        status: working
${required}    l${n}-env:
        env:
            L${n}_HOME: /opt/l${n}
            L${n}_COLOR: "always"
    l${n}-distro:
        distro:
            debian,ubuntu: { package: [lib${n}-dev, tool-${n}] }
            fedora: { package: [lib${n}-devel, tool-${n}] }
            arch: { package: [lib${n}] }
${plan}`;
}

function stepText(n: number, step: number): string {
  const name = `    l${n}-step-${step}:\n`;
  switch (step % 5) {
    case 0:
      return `${name}        run: make the directory\n        mkdir: ~/l${n}/d${step}\n        mode: "0755"\n`;
    case 1:
      return `${name}        run: write the settings\n        write: ~/l${n}/d${step}.conf\n        content: |\n` +
        `            # settings of layer ${n}\n            color = always\n            size = ${step}\n`;
    case 2:
      return `${name}        check: the settings are there\n        plugin: file\n        plugin_input:\n` +
        `            file: /home/user/l${n}/d${step - 1}.conf\n            exists: true\n            contains: color\n`;
    case 3:
      return `${name}        # what a person would do by hand\n        run: prepare the cache\n        plugin: command\n` +
        `        plugin_input:\n            command: |\n                set -e\n                mkdir -p "$HOME/.cache/l${n}"\n` +
        `                touch "$HOME/.cache/l${n}/${step}"\n`;
    default:
      return `${name}        check: the command answers\n        plugin: command\n        plugin_input: { command: "tool-${n} --version" }\n` +
        `        exit_status: 0\n        stdout: [{ matches: "^[0-9]+" }]\n`;
  }
}

/**
 * The project, path → text: a root file with two bundles, and a layer in each other file.
 *
 * @param count files in all
 * @param steps of each layer. @default {12}, which is 3 KiB
 */
export function yamlProject(count: number, steps = 12): Readonly<Record<string, string>> {
  const layers = Array.from({ length: count - 1 }, (_, n) => [`candy/l${n}/charly.yml`, layer(n, steps)]);
  const root = `version: 2026.174.1100
discover: [candy]
base:
    local: { description: three layers }
    base-candy:
        candy: [l0, l3]
web:
    local: base
all:
    local: base
    all-add_candy:
        add_candy: [l6]
`;
  return { "charly.yml": root, ...Object.fromEntries(layers) };
}
