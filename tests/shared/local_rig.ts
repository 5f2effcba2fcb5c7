/** The whole engine on a home of its own: this machine as the target, nothing touched outside a temporary directory. */
import { parseConfig } from "../../lib/config/parse.ts";
import type {
  AddOptions,
  DelOptions,
  DeployApi,
  DeployEvent,
  DeployEvents,
  DeployProject,
  Outcome,
} from "../../lib/deploy/contract.ts";
import type { EngineOptions } from "../../lib/deploy/engine.ts";
import type { Candy } from "../../lib/entities/candy.ts";
import type { Bundle } from "../../lib/entities/bundle.ts";
import { localTransport } from "../../lib/execute/transport/local.ts";
import type { DeployLedger, Resources } from "../../lib/ledger/record.ts";
import { createApi } from "../../targets/api.ts";
import { targets } from "../../targets/mod.ts";
import { type Fault, faultyTransport } from "./faults.ts";
import { tempDir } from "./tmp.ts";
import { snapshotTree, type Tree } from "./tree.ts";

/** Candies and bundles as a test writes them; version, description and target are filled in. */
export interface Written {
  readonly project?: string;
  readonly candies: Readonly<Record<string, Partial<Candy>>>;
  readonly bundles?: Readonly<Record<string, Partial<Bundle>>>;
}

/** How a run is made to differ from a plain one. */
export interface Around {
  readonly fault?: Fault;
  readonly on?: (event: DeployEvent) => boolean | string | void | Promise<boolean | string | void>;
}

/** A home, and charly in front of it. */
export interface LocalRig extends AsyncDisposable {
  /** Everything of the rig is below it: `home`, `state`, `data`, `project`. */
  readonly place: string;
  readonly home: string;
  readonly store: string;
  /** Everything charly told, over all runs. */
  readonly events: DeployEvent[];
  api(fault?: Fault): DeployApi;
  add(written: Written, bundle?: string, options?: Partial<AddOptions>, around?: Around): Promise<Outcome>;
  /** Without a configuration unless one is given. */
  del(bundle?: string, options?: Partial<DelOptions>, around?: Around & { written?: Written }): Promise<Outcome>;
  /** The home without the engine's own store. */
  tree(): Promise<Tree>;
  /** Writes into the home. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  read(path: string): Promise<string>;
  /** Ledgers and resources with what differs between equal runs taken out (run names, times, places in `prior/`). */
  ledger(): Promise<unknown>;
  resources(): Promise<Resources>;
  ledgers(): Promise<DeployLedger[]>;
  /** A gate file of this rig for {@link Fault}s. */
  readonly gate: string;
}

/** A project of what a test wrote. One bundle `web` of all candies unless bundles are written. */
export function projectOf(written: Written, root: string): DeployProject {
  const candies = Object.fromEntries(
    Object.entries(written.candies).map(([name, candy]) => [
      name,
      { version: "2026.300.0900", description: name, ...candy },
    ]),
  );
  const bundles = Object.fromEntries(
    Object.entries(written.bundles ?? { web: { candy: Object.keys(candies) } }).map(([name, bundle]) => [
      name,
      { on: { target: "local" }, ...bundle },
    ]),
  );
  const parsed = parseConfig({ candies, bundles });
  if ("issues" in parsed) throw new Error(JSON.stringify(parsed.issues, null, 2));
  return { name: written.project ?? "shop", root, config: parsed.config };
}

/** @param files what the home holds at first */
export async function localRig(
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<LocalRig> {
  const dir = await tempDir({ "project/.keep": "", "home/.keep": "" });
  await Deno.remove(dir.join("home/.keep"));
  const home = dir.join("home");
  const store = `${home}/.config/opencharly/installed/engine`;
  const events: DeployEvent[] = [];
  const base = {
    HOME: home,
    USER: "root",
    LOGNAME: "root",
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  };
  const options = (fault?: Fault): EngineOptions => ({
    targets: {
      ...targets,
      local: {
        ...targets.local,
        open: (_on, _host, context) => {
          const transport = localTransport({ env: { ...context.env }, home });
          return Promise.resolve(fault === undefined ? transport : faultyTransport(transport, fault));
        },
      },
    },
    env: { ...base, SYSTEM_STORE: dir.join("system"), ...env },
    operator: "tester@here",
    stateHome: dir.join("state"),
    secretDir: dir.join("data/secret"),
    ...(env.CHARLY_PATH_PREFIX === undefined ? {} : { pathPrefix: env.CHARLY_PATH_PREFIX }),
  });
  const listener = (on?: Around["on"]): DeployEvents => async (event) => {
    events.push(event);
    const answer = await on?.(event);
    return answer ?? (event.kind === "confirm" ? true : undefined);
  };
  const ledgers = async () => {
    const found: DeployLedger[] = [];
    for (const name of await names(`${store}/ledger`)) {
      found.push(JSON.parse(await Deno.readTextFile(`${store}/ledger/${name}`)));
    }
    return found;
  };
  const resources = async (): Promise<Resources> =>
    JSON.parse(await Deno.readTextFile(`${store}/resources.json`).catch(() => "{}"));
  const rig: LocalRig = {
    place: dir.path,
    home,
    store,
    events,
    gate: dir.join("gate"),
    api: (fault) => createApi(options(fault)),
    add: (written, bundle = "web", wanted = {}, around = {}) =>
      rig.api(around.fault).addBundle(
        projectOf(written, dir.join("project")),
        bundle,
        { install: {}, ...wanted },
        listener(around.on),
      ),
    del: (bundle = "web", wanted = {}, around = {}) =>
      rig.api(around.fault).delBundle(
        around.written === undefined ? undefined : projectOf(around.written, dir.join("project")),
        bundle,
        wanted,
        listener(around.on),
      ),
    tree: () => snapshotTree(home, { exclude: [".config/opencharly/installed"] }),
    write: async (more) => {
      await dir.write(Object.fromEntries(Object.entries(more).map(([path, text]) => [`home/${path}`, text])));
    },
    read: (path) => Deno.readTextFile(`${home}/${path}`),
    ledgers,
    resources,
    ledger: async () => ({
      ledgers: (await ledgers()).map(({ claims, run: _run, updated_at: _at, ...head }) => ({
        ...head,
        claims: claims.map(({ seq: _seq, noted, ...claim }) => ({ ...claim, noted: noted !== undefined })),
      })),
      resources: Object.fromEntries(
        Object.entries(await resources()).map(([id, it]) => [
          id,
          { ...it, base: { ...it.base, ..."ref" in it.base ? { ref: "" } : {} } },
        ]),
      ),
    }),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
  await rig.write(files);
  return rig;
}

async function names(directory: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The tree without times, which a run may well change in what it writes. */
export function timeless(tree: Tree): Tree {
  return new Map([...tree].map(([path, { mtime: _mtime, nlink: _nlink, ...entry }]) => [path, entry]));
}

/** The number of places a fault could have been at in the last run. */
export async function places(rig: LocalRig): Promise<number> {
  return Number(await Deno.readTextFile(`${rig.gate}.count`));
}
