/** The operator's copy: what was deployed where, and how to get there again. Metadata and digests only; the target is the truth. */
import type { BundleTarget } from "../entities/bundle.ts";
import { foldStore } from "../ledger/fold.ts";
import {
  type CopiedStore,
  operatorCopy,
  operatorCopyPath,
  operatorCopyText,
  readOperatorCopy,
} from "../ledger/operator_copy.ts";
import { deployId } from "../plan/deploy_id.ts";
import type { Level } from "../steps/act.ts";
import { levels } from "./assess.ts";
import type { EngineOptions, Job } from "./engine.ts";
import type { EventQueue } from "./events.ts";
import type { KnownStore } from "./run.ts";
import type { HostSession } from "./session.ts";
import { readStore, type StoreRead } from "./store_state.ts";

async function writeOperatorCopy(
  engine: EngineOptions,
  job: Job,
  host: string,
  session: HostSession,
  known?: Readonly<Partial<Record<Level, KnownStore>>>,
): Promise<void> {
  const id = deployId(job.name);
  const stores = known ?? await readAll(session);
  const copied = levels.flatMap((level): CopiedStore[] => {
    const store = stores[level];
    const target_id = store?.identity?.target_id;
    return store === undefined || target_id === undefined ? [] : [{ level, target_id, ledger: store.ledgers[id] }];
  });
  const copy = operatorCopy(host, JSON.stringify(job.bundle.on), copied);
  if (copy === undefined) return await forgetOperatorCopy(engine, job, host);
  const path = operatorCopyPath(engine.stateHome, job.project.name || copy.project, job.name, host);
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(temporary, operatorCopyText(copy), { mode: 0o600, createNew: true });
  await Deno.rename(temporary, path);
}

/** Writes the copy of one host; without `known` its stores are read. It is a cache: what was done does not fail for want of it. */
export async function rememberOrWarn(
  engine: EngineOptions,
  job: Job,
  host: string,
  session: HostSession,
  events: EventQueue,
  known?: Readonly<Partial<Record<Level, KnownStore>>>,
): Promise<void> {
  await orWarn(host, events, writeOperatorCopy(engine, job, host, session, known));
}

/** The same for what is awaited from somewhere else, such as a connection of its own. */
export async function orWarn(host: string, events: EventQueue, written: Promise<void>): Promise<void> {
  await written.catch((error) => {
    const why = error instanceof Error ? error.message : error;
    events.tell({ kind: "warning", host, message: `the operator's copy could not be written: ${why}` });
  });
}

async function readAll({ executor }: HostSession): Promise<Partial<Record<Level, KnownStore>>> {
  return foldAll({
    user: await readStore(executor, "user"),
    ...(executor.isOpen("root") ? { root: await readStore(executor, "root") } : {}),
  });
}

/** What stores that were read hold, with what stands in journals only. */
export function foldAll(
  stores: Readonly<Partial<Record<Level, StoreRead>>>,
): Partial<Record<Level, KnownStore>> {
  const known: Partial<Record<Level, KnownStore>> = {};
  for (const level of levels) {
    const state = stores[level]?.state;
    if (state === undefined) continue;
    const { identity } = state;
    known[level] = { ...(identity === undefined ? {} : { identity }), ledgers: foldStore(state).ledgers };
  }
  return known;
}

/**
 * Says that a host is not the machine that was deployed to last, as far as the operator's copy can tell: reinstalled, cloned, put
 * back to an older state. The target is the truth all the same.
 */
export async function identityNote(
  engine: EngineOptions,
  job: Job,
  host: string,
  stores: Readonly<Partial<Record<Level, StoreRead>>>,
): Promise<string | undefined> {
  const path = operatorCopyPath(engine.stateHome, job.project.name, job.name, host);
  const text = await Deno.readTextFile(path).catch(() => undefined);
  if (text === undefined) return undefined;
  let targets: Readonly<Partial<Record<Level, string>>>;
  try {
    ({ targets } = readOperatorCopy(text, path));
  } catch {
    return undefined; // a broken copy is written anew
  }
  for (const level of levels) {
    const [known, store] = [targets[level], stores[level]];
    const found = store?.state.identity?.target_id;
    if (known === undefined || store === undefined || found === known) continue;
    return found === undefined
      ? `${job.name} was deployed here, and nothing is on record now: reinstalled, put back, or another machine`
      : `this is not the machine ${job.name} was deployed to last: reinstalled, cloned, or another one (store ${found}, was ${known})`;
  }
  return undefined;
}

/** The deploy is gone: so is its copy. Without a configuration its project is not known: on a host the name belongs to one. */
export async function forgetOperatorCopy(engine: EngineOptions, job: Job, host: string): Promise<void> {
  const path = operatorCopyPath(engine.stateHome, job.project.name, job.name, host);
  const ledgers = `${engine.stateHome}/charly/ledger`;
  const paths = job.project.name === ""
    ? (await Array.fromAsync(entries(ledgers))).map((project) =>
      [ledgers, project, ...path.split("/").slice(-2)].join("/")
    )
    : [path];
  for (const it of paths) {
    await Deno.remove(it).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

/** Where a bundle that no configuration names was deployed to, joined over its hosts. */
export async function rememberedHosts(
  engine: EngineOptions,
  project: string | undefined,
  bundle: string,
): Promise<BundleTarget | undefined> {
  if (bundle === "") return undefined;
  const found: BundleTarget[] = [];
  const ledgers = `${engine.stateHome}/charly/ledger`;
  for await (const directory of entries(ledgers)) {
    for await (const name of entries(`${ledgers}/${directory}`)) {
      for await (const file of entries(`${ledgers}/${directory}/${name}`)) {
        const path = `${ledgers}/${directory}/${name}/${file}`;
        const copy = readOperatorCopy(await Deno.readTextFile(path), path);
        if (copy.bundle === bundle && (project === undefined || copy.project === project)) {
          found.push(JSON.parse(copy.on));
        }
      }
    }
  }
  const ssh = found.filter((on) => on.target === "ssh");
  const first = found[0];
  if (first === undefined || ssh.length === 0 || first.target !== "ssh") return first;
  return { ...first, host: [...new Set(ssh.flatMap((on) => on.host))] };
}

async function* entries(path: string): AsyncGenerator<string> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(path)) if (isDirectory || name.endsWith(".json")) yield name;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
