/** Builders charly knows without being told: what of a candy they are for, and which make a bare system. */
import type { Builder } from "../words.ts";

/** By name. A project's own of the same name replaces one altogether. */
export const ownBuilders = {
  aur: { detectConfig: "aur" },
  cargo: { detectFile: ["Cargo.toml"], requiresSrcDir: true },
  npm: { detectFile: ["package.json"] },
  pixi: { detectFile: ["pixi.toml", "pyproject.toml", "environment.yml"] },
  debootstrap: { kind: "bootstrap", privileged: true },
  pacstrap: { kind: "bootstrap", privileged: true },
} as const satisfies Readonly<Record<string, Builder>>;
