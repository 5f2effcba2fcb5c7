/** The few steps a model test writes, as a candy spells them and as the model sees them. */
import type { Candy } from "../../../lib/entities/candy.ts";
import type { Written } from "../local_rig.ts";

/** A step in the model's words; paths are relative to the home. */
export type Step =
  | { readonly write: string; readonly text: string; readonly mode?: "0600" }
  | { readonly mkdir: string; readonly mode?: "0700" }
  | { readonly link: string; readonly to: string }
  /** Writes its text into a file of its own, and has an undo. */
  | { readonly command: string; readonly text: string }
  /** Writes its text into a file that it says it touches. */
  | { readonly touch: string; readonly text: string }
  /** A block in `.bashrc`. */
  | { readonly block: string }
  /** Fails as long as `broken` is in the home. */
  | { readonly check: true }
  /** Root's, behind the gate `allow-root-tasks`. */
  | { readonly root: string };

/** What a step wants, with the identity the engine gives it (the home left out). */
export type Want =
  | { readonly id: string; readonly type: "file"; readonly path: string; readonly text: string; readonly mode: string }
  | { readonly id: string; readonly type: "dir"; readonly path: string; readonly mode: string }
  | { readonly id: string; readonly type: "link"; readonly path: string; readonly to: string }
  | { readonly id: string; readonly type: "block"; readonly path: string; readonly name: string; readonly body: string }
  | {
    readonly id: string;
    readonly type: "command";
    readonly out?: string;
    readonly touches?: string;
    readonly check?: true;
    readonly root?: true;
    readonly text: string;
  };

/** Candies by name, and bundles with their candies and the names they had. */
export interface Config {
  readonly candies: Readonly<Record<string, readonly Step[]>>;
  readonly bundles: Readonly<Record<string, readonly string[]>>;
}

/** What the step of a candy wants. */
export function wantOf(candy: string, step: Step): Want {
  if ("write" in step) {
    return { id: `file:${step.write}`, type: "file", path: step.write, text: step.text, mode: step.mode ?? "0644" };
  }
  if ("mkdir" in step) return { id: `dir:${step.mkdir}`, type: "dir", path: step.mkdir, mode: step.mode ?? "0755" };
  if ("link" in step) return { id: `link:${step.link}`, type: "link", path: step.link, to: step.to };
  if ("block" in step) {
    return { id: `block:.bashrc:${candy}`, type: "block", path: ".bashrc", name: candy, body: step.block };
  }
  if ("root" in step) {
    return { id: `cmd:${candy}:root`, type: "command", out: `../root/${candy}`, root: true, text: step.root };
  }
  if ("check" in step) return { id: `cmd:${candy}:check`, type: "command", check: true, text: "" };
  if ("touch" in step) {
    return { id: `cmd:${candy}:${step.touch}`, type: "command", touches: `touched-${candy}`, text: step.text };
  }
  return { id: `cmd:${candy}:${step.command}`, type: "command", out: `out-${candy}-${step.command}`, text: step.text };
}

/** The configuration as a test of the engine writes it. */
export function written(config: Config, place: string): Written {
  return {
    candies: Object.fromEntries(
      Object.entries(config.candies).map(([name, steps]) => [name, candyOf(name, steps, place)]),
    ),
    bundles: Object.fromEntries(Object.entries(config.bundles).map(([name, candy]) => [name, { candy: [...candy] }])),
  };
}

function candyOf(name: string, steps: readonly Step[], place: string): Partial<Candy> {
  const block = steps.find((step) => "block" in step);
  const plan = steps.flatMap((step): NonNullable<Candy["plan"]> => {
    if ("write" in step) {
      return [{
        write: `~/${step.write}`,
        content: step.text,
        ...(step.mode === undefined ? {} : { mode: step.mode }),
      }];
    }
    if ("mkdir" in step) return [{ mkdir: `~/${step.mkdir}`, ...(step.mode === undefined ? {} : { mode: step.mode }) }];
    if ("link" in step) return [{ link: `~/${step.link}`, target: step.to }];
    if ("command" in step) {
      const out = `~/out-${name}-${step.command}`;
      return [{ command: `echo ${step.text} >${out}`, undo: `rm -f ${out}`, id: step.command }];
    }
    if ("touch" in step) {
      const path = `~/touched-${name}`;
      return [{ command: `echo ${step.text} >${path}`, touches: [path], id: step.touch }];
    }
    if ("check" in step) return [{ command: "test ! -e ~/broken", undo: "true", id: "check", always: true }];
    if ("root" in step) {
      const out = `${place}/root/${name}`;
      return [{ command: `echo ${step.root} >${out}`, undo: `rm -f ${out}`, id: "root", runAs: "root" }];
    }
    return [];
  });
  return { plan, ...(block === undefined ? {} : { shell: { bash: { init: block.block } } }) } as Partial<Candy>;
}
