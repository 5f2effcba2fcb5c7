/** Layers of the samples, by the project they are in, and plans of them for machines of several distributions. */
import { dirname } from "node:path";
import type { Candy } from "../../lib/entities/candy.ts";
import type { HostFacts } from "../../lib/facts/facts.ts";
import { compileBundle, type Compiled } from "../../lib/plan/compile.ts";
import { distroOf } from "../../lib/plan/distro.ts";
import { type CandyFiles, ctxNames } from "../../lib/steps/candy_files.ts";
import { sourceName } from "../../lib/steps/op_files.ts";
import type { YamlEntity } from "../../lib/config/yaml/entity.ts";
import type { TempDir } from "../shared/tmp.ts";
import { candiesOf, load } from "./loaded.ts";
import { refused, samples } from "./samples.ts";

/** Layers that lie beside each other and may refer to each other. */
export interface CandyGroup {
  /** `charly-yml/candy`: the directory, relative to the samples. */
  readonly name: string;
  /** Names of the layers the samples hold, sorted. */
  readonly names: readonly string[];
  /** Those, and an empty one for every name they refer to. */
  readonly candies: Readonly<Record<string, Candy>>;
}

/** Every layer of the samples. */
export async function candyGroups(): Promise<readonly CandyGroup[]> {
  const groups = new Map<string, YamlEntity[]>();
  for (const sample of samples()) {
    if (refused.includes(sample.id)) continue;
    const { entities } = await load(sample);
    const found = entities.filter(({ table }) => table === "candies");
    if (found.length === 0) continue;
    const folder = sample.path.includes("/") ? dirname(dirname(sample.path)) : "";
    const name = folder === "" ? sample.project : `${sample.project}/${folder}`;
    groups.set(name, [...groups.get(name) ?? [], ...found]);
  }
  return [...groups].map(([name, entities]) => ({
    name,
    names: [...new Set(entities.map((it) => it.name))].sort(),
    candies: candiesOf(entities) as Readonly<Record<string, Candy>>,
  }));
}

const base: Omit<HostFacts, "distro" | "format"> = {
  hostname: "web1",
  user: "ann",
  uid: 1000,
  gid: 1000,
  home: "/home/ann",
  loginShell: "/bin/bash",
  machine: "x86_64",
  glibc: "2.41",
  systemd: true,
  tools: ["bash", "curl", "sudo"],
};

function machine(osRelease: string): HostFacts {
  const { tags, format } = distroOf(osRelease);
  return { ...base, distro: tags, format: format! };
}

/** A machine of each distribution. */
export const machines: Readonly<Record<string, HostFacts>> = {
  debian: machine("ID=debian\nVERSION_ID=13\n"),
  fedora: machine("ID=fedora\nVERSION_ID=43\n"),
  arch: machine("ID=arch\n"),
};

/** A layer for itself: what it refers to is planned where that is. */
export function alone({ require: _require, candy: _candy, bakePlugin: _plugins, ...own }: Candy): Candy {
  return own;
}

/**
 * Plans a bundle of some candies with every gate open.
 *
 * @param names which ones are asked for
 */
export function planOf(
  candies: Readonly<Record<string, Candy>>,
  names: readonly string[],
  facts: HostFacts,
  files: CandyFiles,
): Compiled {
  return compileBundle({
    config: { candies, bundles: { all: { on: { target: "ssh", host: ["web1"] }, candy: names } } },
    project: "corpus",
    bundle: "all",
    facts,
    target: "ssh",
    options: { withServices: true, allowRepoChanges: true, allowRootTasks: true },
    files,
  });
}

/**
 * Files of the candies' directories are no part of the samples. In their place this writes one with its own name as content
 * for every name a step copies or reads; a name that other names are below is a directory, and so is a whole `/ctx`.
 */
export async function writeStandIns(dir: TempDir, candies: Readonly<Record<string, Candy>>): Promise<void> {
  for (const [name, candy] of Object.entries(candies)) {
    const wanted = new Set((candy.plan ?? []).flatMap((entry) => {
      if (entry.copy !== undefined) return [sourceName(entry)];
      if (entry.command === undefined) return [];
      const undo = typeof entry.undo === "string" ? entry.undo : entry.undo?.command ?? "";
      return ctxNames(`${entry.command}\n${undo}`);
    }));
    const place = candy.dir ?? `candy/${name}`;
    for (const file of wanted) {
      const isFolder = file === "" || [...wanted].some((other) => other.startsWith(`${file}/`));
      await dir.write({ [isFolder ? `${place}/${file}/stand-in` : `${place}/${file}`]: `stands in for ${file}\n` });
    }
  }
}
