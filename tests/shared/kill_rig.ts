/**
 * A target whose runs are killed: a real sshd, sudo, both stores, and one bundle of every native kind in two versions, with a third
 * that fails. A run of it can be carried out here or in a charly of its own.
 */
import { fileURLToPath } from "node:url";
import { withDeadline } from "./deadline.ts";
import type { DeployEvent, Outcome } from "../../lib/deploy/contract.ts";
import { connect } from "../../lib/execute/connect.ts";
import { createApi } from "../../targets/api.ts";
import { targets } from "../../targets/mod.ts";
import { fakeSystemctl } from "./fake_systemctl.ts";
import { type HttpServer, serveHttp, tarArchive } from "./http.ts";
import { killPlace, type KillPoint, placesOf, whereOf, withKillPoint } from "./kill_points.ts";
import { endProcess, processes } from "./kill_processes.ts";
import { projectOf, timeless, type Written } from "./local_rig.ts";
import { run, tryRun } from "./run.ts";
import { sshClient } from "./ssh_client.ts";
import { type Sshd, startSshd } from "./sshd.ts";
import { tempDir } from "./tmp.ts";
import { diffTrees, snapshotTree, type Tree } from "./tree.ts";

/** How the target is reached. */
export type Way = "openssh" | "ssh2";

/** What is run: the first version, the second, one that fails and is rolled back, the undo. */
export type Verb = "apply" | "upgrade" | "rollback" | "del";

/** Everything a run needs, as JSON for a charly of its own. */
export interface KillJob {
  readonly verb: Verb;
  readonly way: Way;
  readonly host: string;
  readonly place: string;
  readonly env: Readonly<Record<string, string>>;
  readonly sshConfig: string;
  readonly pathPrefix: string;
  readonly written: Written;
  readonly user: string;
  readonly point: KillPoint;
}

/** How the machine looks to the bundle. */
export interface KillSight {
  readonly trees: ReadonlyMap<string, Tree>;
  /** Unit, capability, kernel parameter, group, stores, packages: one line each. */
  readonly facts: readonly string[];
}

/** The rig. */
export interface KillRig extends AsyncDisposable {
  readonly place: string;
  readonly sshd: Sshd;
  readonly events: DeployEvent[];
  /** A run that ends by itself. */
  run(verb: Verb, way: Way): Promise<Outcome>;
  /** A run in which somebody dies at a place; how it came out, unless charly itself died. */
  kill(verb: Verb, way: Way, at: number, victim: KillPoint["victim"]): Promise<Outcome | undefined>;
  /** How many places the last run passed. */
  places(): Promise<number>;
  /** Where the last victim died. */
  where(): Promise<string | undefined>;
  look(): Promise<KillSight>;
  /** Removes whatever a run that could not be mended has left. */
  reset(): Promise<void>;
}

/** What may differ. */
export interface KillRigOptions {
  /** Candies in addition, by version; `v3` fails after them. */
  readonly more?: (version: 1 | 2) => Written["candies"];
  /** Further facts to compare. */
  readonly facts?: () => Promise<readonly string[]>;
  /** The machine's own store for root; needs the lock of the system. @default {false} */
  readonly ownStore?: boolean;
}

/** Makes one. Needs root. */
export async function killRig(options: KillRigOptions = {}): Promise<KillRig> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir({ "sys/motd": "as it was\n", "sys/.keep": "", "project/.keep": "" }));
  await Deno.chmod(dir.path, 0o755);
  const http = stack.use(serveHttp({
    "/t.tar.gz": await tarArchive({ "t-1/bin/x": "#!/bin/sh\n", "t-1/README": "new\n" }),
    "/t2.tar.gz": await tarArchive({ "t-2/bin/y": "#!/bin/sh\n", "t-2/README": "newer\n" }),
    "/plain": "plain bytes\n",
  }));
  const systemctl = stack.use(await fakeSystemctl());
  const sshd = stack.use(await startSshd({ sudo: "ALL=(ALL) NOPASSWD: ALL" }));
  const client = stack.use(await sshClient(sshd));
  const uid = Number(await run(["id", "-u", sshd.user]));
  await systemctl.declare({ "charly-clock.timer": { enabled: false } });
  await systemctl.declare({}, uid);
  const group = sshd.user.replace("charly-", "charlyk");
  await prepareHome(sshd.home, uid);
  await run(["cp", "-a", `${sshd.home}/.`, dir.join("home0")]);
  await run(["cp", "-a", `${dir.path}/sys/.`, dir.join("sys0")]);
  // A gate of its own for each run: a driver that stands at one must find it open however late it looks.
  let runs = 0, gate = dir.join("gate0");
  const sys = dir.join("sys"), systemStore = dir.join("rootstore/opencharly");
  await Deno.mkdir(dir.join("rootstore"));
  const events: DeployEvent[] = [];
  const job = (verb: Verb, way: Way, point: Omit<KillPoint, "gate" | "systemStore">): KillJob => ({
    verb,
    way,
    host: sshd.target,
    place: dir.path,
    env: client.env,
    sshConfig: sshd.configFile,
    pathPrefix: systemctl.bin,
    written: writtenOf(verb, http, sys, group, options.more),
    user: sshd.user,
    point: { ...point, gate, ...(options.ownStore === true ? {} : { systemStore }) },
  });
  const before = new Map<string, Tree>();
  const hear = (event: DeployEvent) => void events.push(event);
  const store = options.ownStore === true ? "/var/lib/opencharly" : systemStore;
  const rig: KillRig = {
    place: dir.path,
    sshd,
    events,
    run: async (verb, way) => {
      await killPlace(gate = dir.join(`gate${++runs}`));
      events.length = 0;
      return await withDeadline(
        `${verb} over ${way}`,
        180,
        () => carryOut(job(verb, way, { at: 0, victim: "nobody" }), hear),
      );
    },
    kill: async (verb, way, at, victim) => {
      await killPlace(gate = dir.join(`gate${++runs}`));
      events.length = 0;
      const wanted = job(verb, way, { at, victim });
      return await withDeadline(`${verb} over ${way}, ${victim} killed at ${at}`, 180, async () => {
        if (victim !== "charly") return await carryOut(wanted, hear);
        const child = new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--quiet", "--no-check", fileURLToPath(new URL("killed_run.ts", import.meta.url))],
          env: { KILL_JOB: JSON.stringify(wanted) },
          stdout: "null",
        });
        const { signal } = await child.output();
        await Deno.writeTextFile(`${wanted.point.gate}/go`, "");
        if (signal !== "SIGKILL" && at <= await placesOf(gate)) throw new Error("charly was to be killed and was not");
        return undefined;
      });
    },
    places: () => placesOf(gate),
    where: () => whereOf(gate),
    look: async () => ({
      trees: new Map([
        ["home", await snapshotTree(sshd.home)],
        ["sys", await snapshotTree(sys)],
        ["rootstore", await snapshotTree(dir.join("rootstore"))],
      ]),
      facts: [
        `unit ${JSON.stringify({ ...await systemctl.unit("charly-clock.timer"), starts: 0 })}`,
        `own unit ${JSON.stringify({ ...await systemctl.unit(`${ownUnit}.service`, uid), starts: 0 })}`,
        `lingers ${await systemctl.lingers(sshd.user)}`,
        `caps ${(await tryRun(["getcap", `${sys}/tool`])).stdout.trim()}`,
        `group ${(await tryRun(["getent", "group", group])).code}`,
        `store ${await Deno.stat(store).then(() => "there", () => "none")}`,
        ...await options.facts?.() ?? [],
      ],
    }),
    reset: async () => {
      await tryRun(["groupdel", group]);
      await Deno.remove(store, { recursive: true }).catch(() => {});
      await run(["find", sshd.home, "-mindepth", "1", "-delete"]);
      await run(["find", sys, "-mindepth", "1", "-delete"]);
      await run(["cp", "-a", `${dir.path}/home0/.`, sshd.home]);
      await run(["cp", "-a", `${dir.path}/sys0/.`, sys]);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
  for (const [name, tree] of (await rig.look()).trees) before.set(name, tree);
  stack.defer(async () => void await tryRun(["groupdel", group]));
  const kept = stack.move();
  return rig;
}

const ownUnit = "charly-app-notes";

/** What differs from an earlier look, one line each. @param exact also times, as an undo has to give them back */
export function changes(before: KillSight, after: KillSight, exact: boolean): string[] {
  return [
    ...[...before.trees].flatMap(([name, tree]) => {
      const now = after.trees.get(name)!;
      const lines = exact ? diffTrees(tree, now) : diffTrees(timeless(tree), timeless(now));
      // Between two deploys of the same, stores differ in run names.
      return (exact ? lines : lines.filter((line) => !/\.config\/opencharly\/|opencharly/.test(line)))
        .map((line) => `${name}: ${line}`);
    }),
    ...before.facts.filter((fact) => !after.facts.includes(fact)).map((fact) => `- ${fact}`),
    ...after.facts.filter((fact) => !before.facts.includes(fact)).map((fact) => `+ ${fact}`),
  ];
}

/** Carries a job out in this process. */
export async function carryOut(job: KillJob, hear: (event: DeployEvent) => void): Promise<Outcome> {
  const kill = () => {
    switch (job.point.victim) {
      case "charly":
        Deno.kill(Deno.pid, "SIGKILL");
        return Promise.resolve();
      case "ssh":
        return endAll((it) =>
          it.name === "ssh" && it.parent === Deno.pid && it.command.includes(job.host.split(":")[1]!)
        );
      case "sshd":
        return endAll((it) => it.command.startsWith(`sshd: ${job.user}`));
      default:
        return endAll((it, above) =>
          it.name === "sudo" && above(it).some((up) => up.command.startsWith(`sshd: ${job.user}`))
        );
    }
  };
  const api = createApi({
    targets: {
      ...targets,
      ssh: {
        ...targets.ssh,
        open: async (_on, host) =>
          withKillPoint(
            await connect({ target: "ssh", transport: job.way }, host, { env: job.env, sshConfig: job.sshConfig }),
            job.point,
            kill,
          ),
      },
    },
    env: job.env,
    operator: "tester@here",
    stateHome: `${job.place}/state`,
    secretDir: `${job.place}/secret`,
    pathPrefix: job.pathPrefix,
  });
  const listen = (event: DeployEvent) => {
    hear(event);
    return Promise.resolve(event.kind === "confirm" ? true : undefined);
  };
  const project = projectOf(
    {
      ...job.written,
      bundles: {
        web: { candy: Object.keys(job.written.candies), on: { target: "ssh", host: [job.host], transport: job.way } },
      },
    },
    `${job.place}/project`,
  );
  if (job.verb === "del") return await api.delBundle(project, "web", {}, listen);
  const install = { withServices: true, allowRootTasks: true };
  return await api.addBundle(
    project,
    "web",
    { install, ...(job.verb === "rollback" ? { onFailure: "rollback" } : {}) },
    listen,
  );
}

async function endAll(wanted: Parameters<typeof processes>[0]): Promise<void> {
  for (const { pid } of await processes(wanted)) endProcess(pid);
}

async function prepareHome(home: string, uid: number): Promise<void> {
  await Deno.writeTextFile(`${home}/.bashrc`, "# mine\n");
  await Deno.writeTextFile(`${home}/.conf`, "old\n");
  await Deno.mkdir(`${home}/opt/t`, { recursive: true });
  await Deno.writeTextFile(`${home}/opt/t/README`, "old readme\n");
  await run(["chown", "-R", `${uid}:${uid}`, home]);
}

/** A step of every native kind, for both shells. */
function writtenOf(
  verb: Verb,
  http: HttpServer,
  sys: string,
  group: string,
  more: KillRigOptions["more"] = () => ({}),
): Written {
  const root = { runAs: "root" } as const;
  const common = { name: "notes", scope: "user", exec: "/bin/true", enable: true } as const;
  const first = {
    shell: { bash: { init: "alias a=b" } },
    env: { A: "1" },
    service: [common],
    plan: [
      { mkdir: "~/opt/app" },
      { write: "~/.conf", content: "new\n" },
      { link: "~/opt/cur", target: "app" },
      { download: `${http.url}/t.tar.gz`, to: "~/opt/t", extract: "tar.gz", stripComponents: 1 },
      { download: `${http.url}/plain`, to: "~/opt/plain", extract: "none" },
      { command: "echo hi > ~/opt/app/out", touches: ["~/opt/app/out"], id: "out" },
      { command: "echo side > ~/side", undo: "rm -f ~/side", id: "side" },
      { write: `${sys}/motd`, content: "ours\n", ...root },
      { mkdir: `${sys}/deep/er`, mode: "0750", ...root },
      { link: `${sys}/cur`, target: "deep", ...root },
      { write: `${sys}/tool`, content: "#!/bin/sh\n", mode: "0755", ...root },
      { setcap: `${sys}/tool`, caps: "cap_net_raw=ep" },
      { unixGroup: group },
      { service: "charly-clock.timer" },
      { command: `echo root >${sys}/made`, touches: [`${sys}/made`], id: "made", ...root },
    ],
  };
  if (verb !== "upgrade" && verb !== "rollback") return { candies: { app: first as never, ...more(1) } };
  const second = {
    shell: { bash: { init: "alias a=c" } },
    service: [{ ...common, exec: "/bin/false" }],
    plan: [
      { mkdir: "~/opt/app", mode: "0700" },
      { write: "~/.conf", content: verb === "upgrade" ? "newer\n" : "newest\n" },
      { write: "~/opt/app/extra", content: "extra\n" },
      { link: "~/opt/cur", target: "app/extra" },
      { download: `${http.url}/t2.tar.gz`, to: "~/opt/t", extract: "tar.gz", stripComponents: 1 },
      { command: "echo other > ~/other-side", undo: "rm -f ~/other-side", id: "side" },
      { write: `${sys}/motd`, content: verb === "upgrade" ? "ours again\n" : "ours for now\n", mode: "0640", ...root },
      { mkdir: `${sys}/deep`, mode: "0700", ...root },
      { write: `${sys}/tool`, content: "#!/bin/sh\nexit\n", mode: "0755", ...root },
      { setcap: `${sys}/tool`, caps: "cap_net_raw,cap_net_admin=ep" },
      ...verb === "upgrade" ? [] : [
        { write: `${sys}/third`, content: "third\n", ...root },
        { write: "~/third", content: "third\n" },
        { command: "exit 3", id: "fails" },
      ],
    ],
  };
  return { candies: { app: second as never, ...more(2) } };
}
