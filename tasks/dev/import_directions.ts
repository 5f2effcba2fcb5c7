/** The table: left imports right. Everyone may use `lib/base`. `types`: only what is gone at run time. */

type Allowed = Readonly<Record<string, "all" | "types">>;

const base: Allowed = { "lib/base": "all" };

/** What each room may import, apart from itself. */
export const directions: Readonly<Record<string, Allowed>> = {
  "lib/base": {},
  "lib/command": base,
  "lib/entities": base,
  "lib/config": { ...base, "lib/entities": "all", "lib/cli": "types" },
  "lib/steps": { ...base, "lib/command": "all", "lib/entities": "all" },
  "lib/plan": { ...base, "lib/steps": "all", "lib/entities": "all", "lib/facts": "types" },
  "lib/execute": { ...base, "lib/command": "all" },
  "lib/facts": { ...base, "lib/execute": "all", "lib/command": "all", "lib/entities": "all" },
  "lib/ledger": { ...base, "lib/steps": "all", "lib/execute": "types" },
  "lib/machine": { ...base, "lib/execute": "all", "lib/command": "all", "lib/facts": "all", "lib/entities": "all" },
  "lib/deploy": {
    ...base,
    ...{ "lib/plan": "all", "lib/execute": "all", "lib/ledger": "all", "lib/facts": "all", "lib/steps": "all" },
    ...{ "lib/entities": "all", "lib/command": "all" },
  },
  "lib/tasks": { ...base, "lib/command": "all", "lib/entities": "all", "lib/execute": "types" },
  "lib/cli": { ...base, "lib/deploy": "types", "lib/plan": "types", "lib/entities": "types" },
  targets: {
    ...base,
    ...{ "lib/deploy": "all", "lib/steps": "all", "lib/execute": "all", "lib/machine": "all", "lib/entities": "all" },
    ...{ "lib/command": "all", "lib/config": "all" },
  },
  tasks: {
    ...base,
    ...{
      targets: "all",
      "lib/deploy": "all",
      "lib/config": "all",
      "lib/cli": "all",
      "lib/tasks": "all",
      "lib/plan": "all",
    },
    ...{ "lib/entities": "types", "deno.json": "all" },
  },
  "tasks/dev": { tasks: "all", targets: "all", "mod.ts": "all", "lib/tasks": "all", tests: "all" },
  "mod.ts": { ...base, "lib/config": "all", "lib/entities": "types" },
  examples: { "mod.ts": "all" },
  "charly.config.ts": { "mod.ts": "all" },
};

/** Where each npm package may be imported. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  "@stricli/core": ["lib/cli/stricli.ts"],
  dax: ["lib/tasks"],
  ssh2: ["lib/execute/transport"],
  yaml: ["lib/config/yaml"],
  zod: ["lib/entities", "lib/steps", "lib/plan", "lib/config", "lib/ledger"],
};
