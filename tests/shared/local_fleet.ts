/** Many hosts that are homes of this machine: the whole engine with a driver each, and a way to make one of them misbehave. */
import type { AddOptions, DelOptions, DeployEvent, HostOutcome, Outcome } from "../../lib/deploy/contract.ts";
import type { Transport } from "../../lib/execute/transport.ts";
import { localTransport } from "../../lib/execute/transport/local.ts";
import { createApi } from "../../targets/api.ts";
import { targets } from "../../targets/mod.ts";
import { projectOf, type Written } from "./local_rig.ts";
import { tempDir } from "./tmp.ts";
import { snapshotTree, type Tree } from "./tree.ts";

/** What is put around the transport of a host. */
export type Wrap = (transport: Transport) => Transport | Promise<Transport>;

/** Hosts `h1` … and charly in front of them. */
export interface LocalFleet extends AsyncDisposable {
  readonly place: string;
  readonly hosts: readonly string[];
  home(host: string): string;
  /** Everything told, over all runs. */
  readonly events: DeployEvent[];
  add(written: Written, options?: Partial<AddOptions>, around?: FleetAround): Promise<Outcome>;
  del(options?: Partial<DelOptions>, around?: FleetAround): Promise<Outcome>;
  /** Homes without charly's stores. */
  tree(host: string): Promise<Tree>;
  /** Processes that belong to these hosts. */
  processes(): Promise<string[]>;
}

/** How a run differs from a plain one. */
export interface FleetAround {
  readonly wrap?: Readonly<Record<string, Wrap>>;
  readonly on?: (event: DeployEvent) => void;
  /** Milliseconds without a word after which a host is given up. */
  readonly answerTimeout?: number;
}

/** @param count how many hosts */
export async function localFleet(count: number): Promise<LocalFleet> {
  const hosts = Array.from({ length: count }, (_, index) => `h${index + 1}`);
  const dir = await tempDir(Object.fromEntries(hosts.map((host) => [`${host}/mine`, "mine\n"])));
  const home = (host: string) => dir.join(host);
  const events: DeployEvent[] = [];
  const env = { USER: "root", LOGNAME: "root", PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
  const api = ({ wrap = {}, answerTimeout }: FleetAround) =>
    createApi({
      targets: {
        ...targets,
        ssh: {
          ...targets.ssh,
          open: async (_on, host, context) => {
            const transport = localTransport({
              env: { ...context.env, HOME: home(host), SYSTEM_STORE: dir.join("system", host) },
              home: home(host),
            });
            return await wrap[host]?.(transport) ?? transport;
          },
        },
      },
      env: { ...env, HOME: dir.path },
      operator: "tester@here",
      stateHome: dir.join("state"),
      secretDir: dir.join("data/secret"),
      ...(answerTimeout === undefined ? {} : { answerTimeout }),
    });
  const project = (written: Written) =>
    projectOf({
      ...written,
      bundles: {
        web: { on: { target: "ssh", host: hosts as [string, ...string[]] }, candy: Object.keys(written.candies) },
      },
    }, dir.path);
  let last: Written = { candies: {} };
  const listener = (around: FleetAround) => (event: DeployEvent) => {
    events.push(event);
    around.on?.(event);
    return Promise.resolve(event.kind === "confirm" ? true : undefined);
  };
  return {
    place: dir.path,
    hosts,
    home,
    events,
    add(written, options = {}, around = {}) {
      last = written;
      return api(around).addBundle(project(written), "web", { install: {}, ...options }, listener(around));
    },
    del: (options = {}, around = {}) => api(around).delBundle(project(last), "web", options, listener(around)),
    tree: (host) => snapshotTree(home(host), { exclude: [".config/opencharly/installed"] }),
    async processes() {
      const found: string[] = [];
      for await (const { name } of Deno.readDir("/proc")) {
        if (!/^\d+$/.test(name)) continue;
        try {
          const environment = await Deno.readTextFile(`/proc/${name}/environ`);
          const command = (await Deno.readTextFile(`/proc/${name}/cmdline`)).replaceAll("\0", " ").slice(0, 80);
          if (environment.includes(`HOME=${dir.path}/h`)) found.push(`${name} ${command}`);
        } catch {
          // it ended while we looked
        }
      }
      return found;
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** The outcome of one host. */
export function hostIn(outcome: Outcome, host: string): HostOutcome {
  const found = outcome.hosts.find((it) => it.host === host);
  if (found === undefined) throw new Error(`${host} has no outcome`);
  return found;
}

/** A transport that says nothing more, and takes nothing more, once `hang` is called; the connection stands. */
export function hanging(): { wrap: Wrap; hang: () => void } {
  let hung = false;
  const never = new Promise<void>(() => {});
  const through = () =>
    new TransformStream<Uint8Array, Uint8Array>({
      transform: async (chunk, controller) => {
        if (hung) await never;
        controller.enqueue(chunk);
      },
    });
  return {
    hang: () => hung = true,
    wrap: (inner) => ({
      venue: inner.venue,
      async open(command) {
        const channel = await inner.open(command);
        const stdin = through();
        void stdin.readable.pipeTo(channel.stdin).catch(() => {});
        return {
          ...channel,
          stdin: stdin.writable,
          stdout: channel.stdout.pipeThrough(through()),
          close: () => channel.close(),
        };
      },
      close: () => inner.close(),
      [Symbol.asyncDispose]: () => inner.close(),
    }),
  };
}
