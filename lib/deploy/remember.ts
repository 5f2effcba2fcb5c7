/** The operator's copy: what was deployed where, and how to get there again. Metadata and digests only; the target is the truth. */
import type { BundleTarget } from "../entities/bundle.ts";
import { type FoldedStore, foldStore } from "../ledger/fold.ts";
import { type OperatorCopy, operatorCopyPath, operatorCopyText, readOperatorCopy } from "../ledger/operator_copy.ts";
import { deployId } from "../plan/deploy_id.ts";
import type { Level } from "../steps/act.ts";
import { levels } from "./assess.ts";
import type { EngineOptions, Job } from "./engine.ts";
import type { HostSession } from "./session.ts";
import { readStore } from "./store_state.ts";

/** Writes the copy of one host; `folded` where the stores have just been read, else they are read. */
export async function writeOperatorCopy(
  engine: EngineOptions,
  job: Job,
  host: string,
  session: HostSession,
  folded?: Readonly<Partial<Record<Level, FoldedStore>>>,
): Promise<void> {
  const id = deployId(job.name);
  const stores: Partial<Record<Level, Pick<FoldedStore, "ledgers">>> = folded ?? await readAll(session);
  const ledgers = levels.flatMap((level) => {
    const ledger = stores[level]?.ledgers[id];
    return ledger === undefined ? [] : [{ level, ledger }];
  });
  if (ledgers.length === 0) return;
  const path = operatorCopyPath(engine.stateDir, job.project.name, job.name, host);
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${crypto.randomUUID()}`;
  const copy: OperatorCopy = {
    format: 1,
    host,
    venue: session.transport.venue,
    on: job.bundle.on,
    facts: session.facts,
    ledgers,
  };
  await Deno.writeTextFile(temporary, operatorCopyText(copy), { mode: 0o600, createNew: true });
  await Deno.rename(temporary, path);
}

async function readAll(session: HostSession): Promise<Partial<Record<Level, Pick<FoldedStore, "ledgers">>>> {
  const user = foldStore((await readStore(session.user)).state);
  return {
    user,
    ...(session.rootIsOpen ? { root: foldStore((await readStore(await session.shell("root"))).state) } : {}),
  };
}

/** The deploy is gone: so is its copy. */
export async function forgetOperatorCopy(engine: EngineOptions, job: Job, host: string): Promise<void> {
  await Deno.remove(operatorCopyPath(engine.stateDir, job.project.name, job.name, host)).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/** Where a bundle that no configuration names was deployed to, joined over its hosts. */
export async function rememberedHosts(
  engine: EngineOptions,
  project: string | undefined,
  bundle: string,
): Promise<BundleTarget | undefined> {
  if (bundle === "") return undefined;
  const found: BundleTarget[] = [];
  for await (const directory of entries(`${engine.stateDir}/ledger`)) {
    if (project !== undefined && directory !== encodeURIComponent(project)) continue;
    for await (const file of entries(`${engine.stateDir}/ledger/${directory}/${encodeURIComponent(bundle)}`)) {
      const path = `${engine.stateDir}/ledger/${directory}/${encodeURIComponent(bundle)}/${file}`;
      found.push(readOperatorCopy(await Deno.readTextFile(path), path).on);
    }
  }
  const ssh = found.filter((on) => on.target === "ssh");
  const first = found[0];
  if (first === undefined || ssh.length === 0 || first.target !== "ssh") return first;
  return { ...first, host: [...new Set(ssh.flatMap((on) => on.host))] };
}

async function* entries(path: string): AsyncGenerator<string> {
  try {
    for await (const { name } of Deno.readDir(path)) if (!name.includes(".json.")) yield name;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
