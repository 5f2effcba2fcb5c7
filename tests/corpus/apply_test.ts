/**
 * Layers of the samples on a real machine: this one, over SSH, as a user with sudo, behind an overlay that keeps what is written
 * from everybody else and is gone with the server.
 */
import assert from "node:assert/strict";
import type { Candy } from "../../lib/entities/candy.ts";
import type { DeployEvents, DeployProject } from "../../lib/deploy/contract.ts";
import { parseConfig } from "../../lib/config/parse.ts";
import { readCandyFiles } from "../../lib/plan/read_candy_files.ts";
import { createApi } from "../../targets/api.ts";
import { targets } from "../../targets/mod.ts";
import { fakeSystemctl } from "../shared/fake_systemctl.ts";
import { sshClient } from "../shared/ssh_client.ts";
import { type Sshd, startSshd } from "../shared/sshd.ts";
import { timeless } from "../shared/local_rig.ts";
import { tempDir } from "../shared/tmp.ts";
import { diffTrees, snapshotTree, type Tree, type TreeEntry } from "../shared/tree.ts";
import { alone, candyGroups, machines, planOf, writeStandIns } from "./candies.ts";
import { counted, holdsTo } from "./golden.ts";

/** Kinds of acts that need no network, no device, no other distribution, and are undone exactly. */
const local = ["file", "dir", "link", "block", "unit"];

const roots = ["/etc", "/usr", "/opt", "/srv", "/var", "/root", "/home"];

/** Everything written below the roots stays in memory. */
const overlay = (dir: string) => `
mount --make-rprivate /
mount -t tmpfs none ${dir}
for root in ${roots.join(" ")}; do
  mkdir -p "${dir}$root/upper" "${dir}$root/work"
  mount -t overlay overlay -o "lowerdir=$root,upperdir=${dir}$root/upper,workdir=${dir}$root/work" "$root"
done`;

/** One line for each path that is not as it was. */
type Look = readonly string[];

/**
 * Looks at the upper side of the overlay: a trace is what is not there below, is something else below, or is hidden by the
 * mark the overlay leaves of what was removed. The machine below may change meanwhile: other tests run on it.
 */
async function look({ pid, home }: Sshd, upper: string, first: Tree): Promise<Look> {
  const differences: string[] = [];
  for (const root of roots) {
    const top = await snapshotTree(`/proc/${pid}/root${upper}${root}/upper`);
    for (const [path, entry] of top) {
      const place = path === "." ? root : `${root}/${path}`;
      if (ignored.some((it) => place === it || place.startsWith(`${it}/`))) continue;
      const below = await entryAt(place);
      if (entry.type === "other" && below === undefined) continue; // removed, and not there below
      if (below === undefined || !sameEntry(entry, below)) differences.push(`${place} (${entry.type})`);
    }
  }
  const now = await snapshotTree(home, { exclude: [".config/opencharly"] });
  return [...differences, ...diffTrees(timeless(first), timeless(now))];
}

/** What a machine keeps beside a deploy: its log, charly's own store, databases of logins. */
const ignored = ["/var/log", "/var/lib/opencharly", "/var/lib/sudo"];

/** An entry without what is below it. */
async function entryAt(path: string): Promise<TreeEntry | undefined> {
  const info = await Deno.lstat(path).catch(() => undefined);
  if (info?.isDirectory !== true) return (await snapshotTree(path)).get(".");
  const mode = ((info.mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
  return { type: "directory", mode, uid: info.uid ?? -1, gid: info.gid ?? -1 };
}

function sameEntry(a: TreeEntry, b: TreeEntry): boolean {
  const plain = ({ mtime: _mtime, nlink: _nlink, ...rest }: TreeEntry) =>
    JSON.stringify(rest, Object.keys(rest).sort());
  return plain(a) === plain(b);
}

/** A machine with charly in front of it. */
async function machine() {
  await using stack = new AsyncDisposableStack();
  const systemctl = stack.use(await fakeSystemctl());
  const upper = stack.use(await tempDir());
  const server = stack.use(
    await startSshd({
      sudo: "ALL=(ALL) NOPASSWD: ALL",
      mounts: `${overlay(upper.path)}\ncp -a ${systemctl.bin}/. /usr/local/bin/`,
    }),
  );
  const client = stack.use(await sshClient(server));
  const state = stack.use(await tempDir());
  const api = createApi({
    targets,
    env: client.env,
    operator: "tester@here",
    stateHome: state.join("state"),
    secretDir: state.join("secret"),
  });
  const home = await snapshotTree(server.home);
  const before = await look(server, upper.path, home);
  const kept = stack.move();
  return {
    target: server.target,
    api,
    /** What is not as it was when the machine was made. */
    differences: async () => (await look(server, upper.path, home)).filter((line) => !before.includes(line)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** A layer that is fit to be applied here. */
interface Fit {
  readonly label: string;
  readonly name: string;
  readonly candy: Candy;
  /** The directory with its files. */
  readonly root: string;
  readonly acts: string;
}

/** Applies a layer, applies it again and undoes it. @returns what is wrong */
async function story({ label, name, candy, root }: Fit, it: Awaited<ReturnType<typeof machine>>): Promise<string[]> {
  const parsed = parseConfig({
    candies: { [name]: candy },
    bundles: { it: { on: { target: "ssh", host: [it.target] }, candy: [name] } },
  });
  assert.ok("config" in parsed, label);
  const project: DeployProject = { name: "corpus", root, config: parsed.config };
  const events: DeployEvents = (event) => Promise.resolve(event.kind === "confirm" ? true : undefined);
  const install = { withServices: true, allowRepoChanges: true, allowRootTasks: true };
  const outcomes = [
    await it.api.addBundle(project, "it", { install }, events),
    await it.api.addBundle(project, "it", { install }, events),
  ];
  const there = await it.differences();
  outcomes.push(await it.api.delBundle(project, "it", {}, events));
  const left = await it.differences();
  const results = outcomes.map(({ ok, hosts }) => ok ? hosts[0]?.result : `failed: ${hosts[0]?.error?.message}`);
  const right = results.join() === "changed,unchanged,changed" && there.length > 0 && left.length === 0;
  return right ? [] : [`${label}: ${results.join(", ")}; ${there.length} paths\n${left.slice(0, 10).join("\n")}`];
}

Deno.test("layers that place files, variables and units are applied, found as they are, and undone without a trace", async () => {
  await using stack = new AsyncDisposableStack();
  const fits: Fit[] = [];
  for (const { name: group, names, candies } of await candyGroups()) {
    const dir = stack.use(await tempDir());
    await writeStandIns(dir, candies);
    const files = await readCandyFiles(dir.path, candies);
    for (const name of names) {
      const candy = alone(candies[name]!);
      const { acts, skipped } = planOf({ [name]: candy }, [name], machines["debian"]!, files);
      if (acts.length === 0 || skipped.length > 0 || !acts.every(({ type }) => local.includes(type))) continue;
      const label = `${group}/${name}`;
      fits.push({ label, name, candy, root: dir.path, acts: counted(acts.map(({ type }) => type)) });
    }
  }
  assert.ok(fits.length >= 40, `${fits.length} layers`);
  const waiting = fits.values(); // taken by whichever machine is free
  const lane = async (): Promise<string[]> => {
    await using it = await machine();
    const wrong: string[] = [];
    for (const fit of waiting) wrong.push(...await story(fit, it));
    return wrong;
  };
  assert.deepEqual((await Promise.all([lane(), lane(), lane()])).flat(), []);
  await holdsTo(
    "applied.tsv",
    [`Layers whose plan on Debian holds nothing but ${local.join(", ")}: applied over SSH, again, and undone.`],
    ["layer", "acts"],
    fits.map(({ label, acts }) => [label, acts]),
  );
});
