/** The whole engine in front of one home: on this machine, or over a real sshd with either SSH transport. */
import assert from "node:assert/strict";
import type { AddOptions, DelOptions, DeployApi, DeployEvent, HostOutcome } from "../../lib/deploy/contract.ts";
import { localTransport } from "../../lib/execute/transport/local.ts";
import type { BundleTarget } from "../../lib/entities/bundle.ts";
import { createApi } from "../../targets/api.ts";
import { targets } from "../../targets/mod.ts";
import { localRig, projectOf, type Written } from "./local_rig.ts";
import { sshClient } from "./ssh_client.ts";
import { type Sshd, type SshdOptions, startSshd } from "./sshd.ts";
import { tempDir } from "./tmp.ts";
import { snapshotTree, type Tree } from "./tree.ts";

/** How the target is reached. */
export const venues = ["local", "ssh2", "openssh"] as const;
export type Venue = (typeof venues)[number];

/** Charly and a target. */
export interface AttackRig extends AsyncDisposable {
  readonly api: DeployApi;
  /** Directory of the project, where candies' files stand under `candy/`. */
  readonly root: string;
  /** Home on the target. */
  readonly home: string;
  /** The operator's side: state and secrets. */
  readonly place: string;
  /** Everything charly told, over all runs. */
  readonly events: DeployEvent[];
  readonly sshd?: Sshd;
  add(written: Written, options?: Partial<AddOptions>): Promise<HostOutcome>;
  del(options?: Partial<DelOptions>): Promise<HostOutcome>;
  /** Adds, and fails the test with the error when that failed. */
  applied(written: Written, options?: Partial<AddOptions>): Promise<HostOutcome>;
  /** What is not as deployed. */
  drift(written: Written): Promise<readonly string[]>;
  /** The home without the engine's store. */
  tree(): Promise<Tree>;
  read(path: string): Promise<Uint8Array>;
}

/** What a rig may differ in. */
export interface AttackOptions {
  readonly sshd?: SshdOptions;
  /** Added to the operator's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Answers the question for the sudo password. */
  readonly password?: () => string | undefined;
  /** HOME of the local target, instead of a directory of its own. */
  readonly home?: string;
  /** Changes the server and its user before anybody logs in. */
  readonly prepare?: (sshd: Sshd) => Promise<void>;
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Builds one; `await using` takes everything away. */
export async function attackRig(venue: Venue, options: AttackOptions = {}): Promise<AttackRig> {
  await using stack = new AsyncDisposableStack();
  const events: DeployEvent[] = [];
  const hear = (event: DeployEvent) => {
    events.push(event);
    return Promise.resolve(
      event.kind === "confirm" ? true : event.kind === "password" ? options.password?.() : undefined,
    );
  };
  let place: string, root: string, home: string, api: DeployApi, bundle = "web", on: BundleTarget = { target: "local" };
  let sshd: Sshd | undefined;
  if (venue === "local") {
    const rig = stack.use(await localRig({}, options.env ?? {}));
    [place, root, home, api] = [rig.place, `${rig.place}/project`, rig.home, rig.api()];
    if (options.home !== undefined) {
      home = options.home;
      const open = () => Promise.resolve(localTransport({ env: { ...options.env, PATH: path }, home }));
      api = createApi({
        targets: { ...targets, local: { ...targets.local, open } },
        env: { HOME: place, USER: "root", PATH: path },
        operator: "tester@here",
        stateHome: `${place}/state`,
        secretDir: `${place}/data/secret`,
      });
    }
  } else {
    sshd = stack.use(await startSshd(options.sshd));
    await options.prepare?.(sshd);
    const client = stack.use(await sshClient(sshd));
    const dir = stack.use(await tempDir({ "project/.keep": "" }));
    [place, root, home] = [dir.path, dir.join("project"), sshd.home];
    // a name of its own: root's store is the machine's, whoever logs in
    bundle = `web-${sshd.user.slice(-8)}`;
    on = { target: "ssh", host: [sshd.target], transport: venue };
    api = createApi({
      targets,
      env: { ...sshd.env, ...client.env, ...options.env },
      operator: "tester@here",
      stateHome: dir.join("state"),
      secretDir: dir.join("data/secret"),
    });
  }
  const project = (written: Written) =>
    projectOf({ ...written, bundles: { [bundle]: { on, candy: Object.keys(written.candies) } } }, root);
  const kept = stack.move();
  const rig: AttackRig = {
    api,
    root,
    home,
    place,
    events,
    ...(sshd === undefined ? {} : { sshd }),
    add: async (written, wanted = {}) =>
      (await api.addBundle(project(written), bundle, { install: {}, ...wanted }, hear)).hosts[0]!,
    del: async (wanted = {}) => {
      const named = projectOf({ candies: {}, bundles: { [bundle]: { on } } }, root);
      return (await api.delBundle(named, bundle, wanted, hear)).hosts[0]!;
    },
    applied: async (written, wanted = {}) => {
      const outcome = await rig.add(written, wanted);
      assert.ok(["changed", "unchanged"].includes(outcome.result), JSON.stringify(outcome.error));
      return outcome;
    },
    drift: async (written) =>
      (await api.driftOf(project(written), bundle, {})).flatMap(({ drifted }) =>
        drifted.map(({ summary, found }) => `${summary}: ${found}`)
      ),
    tree: () => snapshotTree(home, { exclude: [".config/opencharly/installed"] }),
    read: (path) => Deno.readFile(`${home}/${path}`),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
  return rig;
}

/** Whether something named `escaped` was made, here, in the home, or anywhere a shell starts. */
export async function escaped(rig: Pick<AttackRig, "home" | "place">): Promise<string[]> {
  const found: string[] = [];
  for (const directory of [Deno.cwd(), "/", "/root", "/tmp"]) {
    if (await Deno.lstat(`${directory}/escaped`).then(() => true, () => false)) found.push(`${directory}/escaped`);
  }
  for (const top of new Set([rig.home, rig.place])) {
    for (const path of (await snapshotTree(top)).keys()) if (path.split("/").at(-1) === "escaped") found.push(path);
  }
  return found;
}
