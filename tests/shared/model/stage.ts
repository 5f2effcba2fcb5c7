/** A story played on a real home and on the model at once; after every command the two must agree. */
import assert from "node:assert/strict";
import type { DeployEvent, HostOutcome, Outcome } from "../../../lib/deploy/contract.ts";
import { foldStore } from "../../../lib/ledger/fold.ts";
import type { StoreState } from "../../../lib/ledger/record.ts";
import type { Fault } from "../faults.ts";
import { type LocalRig, localRig, projectOf } from "../local_rig.ts";
import { diffTrees, snapshotTree, type Tree } from "../tree.ts";
import type { Command, Deploy, Story } from "./command.ts";
import { otherName } from "./command.ts";
import { diffModel, isUnder, type Node, parentsOf } from "./node.ts";
import { type Config, written } from "./step.ts";
import { type Expected, World } from "./world.ts";

/** What a home holds before charly. */
const files: Readonly<Record<string, string>> = {
  ".bashrc": "# mine\n",
  "f": "my f\n",
  "d/f": "my d/f\n",
  "touched-a": "mine\n",
};

/** Plays a story. @throws {assert.AssertionError} with the number of the command after which they did not agree */
export async function play(story: Story, tell: (line: string) => void = () => {}): Promise<void> {
  await using stage = await Stage.build(story);
  for (const [index, command] of story.commands.entries()) {
    tell(JSON.stringify(command));
    try {
      await stage.take(command);
    } catch (error) {
      throw new Error(`command ${index + 1}, ${JSON.stringify(command)}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  try {
    await stage.end(tell);
  } catch (error) {
    throw new Error(`at the end, everything taken back: ${(error as Error).message}`, { cause: error });
  }
}

class Stage implements AsyncDisposable {
  #config: Config;
  #world: World;
  /** Paths that a user changed since. */
  readonly #edited = new Set<string>();
  #count = 0;

  private constructor(readonly rig: LocalRig, readonly before: Tree, story: Story) {
    this.#config = { candies: story.candies, bundles: { one: ["a", "c"], two: ["b", "c"] } };
    const disk = new Map<string, Node>();
    for (const [path, text] of Object.entries(files)) {
      for (const parent of parentsOf(path)) disk.set(parent, { type: "dir", mode: "0755" });
      disk.set(path, { type: "file", text, mode: "0644" });
    }
    this.#world = new World(disk);
  }

  static async build(story: Story): Promise<Stage> {
    const rig = await localRig(files);
    await Deno.mkdir(`${rig.place}/root`);
    for (const path of Object.keys(files)) {
      await Deno.chmod(`${rig.home}/${path}`, 0o644);
      for (const parent of parentsOf(path)) await Deno.chmod(`${rig.home}/${parent}`, 0o755);
    }
    return new Stage(rig, await rig.tree(), story);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rig[Symbol.asyncDispose]();
  }

  async take(command: Command): Promise<void> {
    switch (command.do) {
      case "edit":
        this.#config = { ...this.#config, candies: { ...this.#config.candies, [command.candy]: command.steps } };
        return;
      case "drift":
        await this.#drift(command);
        return;
      case "repair":
        assert.deepEqual(await this.rig.api().repairLedger(undefined, undefined, {}), []);
        break;
      case "rename":
        await this.#rename(this.#nameOf(command.bundle));
        break;
      case "both":
        await this.#both(command.one, command.other);
        break;
      default:
        await this.#deploy(command);
    }
    await this.#agree(this.#world);
  }

  /** Everything is taken back, what users put in the way goes aside, and the home is what it was but for their edits. */
  async end(tell: (line: string) => void): Promise<void> {
    for (const bundle of Object.keys(this.#config.bundles)) {
      for (const force of [undefined, true] as const) {
        tell(`end: del ${bundle}${force === true ? " --force" : ""}`);
        await this.#deploy({ do: "del", bundle: this.#firstNameOf(bundle), ...(force === undefined ? {} : { force }) });
      }
      for (const { want } of this.#world.bundles.get(bundle)?.values() ?? []) {
        if (want.type === "command") continue;
        if (this.#world.disk.get(want.path)?.type === want.type) continue; // its directory is gone
        await this.#drift({ do: "drift", path: want.path, how: "remove" });
        for (const parent of parentsOf(want.path)) await this.#drift({ do: "drift", path: parent, how: "dir" });
      }
      await this.#deploy({ do: "del", bundle: this.#firstNameOf(bundle), force: true });
      assert.equal(this.#world.bundles.has(bundle), false, `${bundle} cannot be taken back`);
      await this.#agree(this.#world);
    }
    await this.rig.api().cleanBundle(undefined, undefined, { kept: true });
    await this.#agree(this.#world);
    const after = await this.rig.tree();
    const untouched = (tree: Tree) =>
      new Map([...tree].filter(([path, { type }]) => type !== "directory" && !this.#edited.has(path)));
    // `touched-a` is a copy of what it was: a declared command may write it in place.
    const differences = diffTrees(untouched(this.before), untouched(after)).filter((line) => !line.startsWith("+"));
    assert.deepEqual(differences, [], "originals, to the inode's times");
    assert.equal(await exists(`${this.rig.home}/.config`), false, "the store is gone");
  }

  /** The name a bundle has now. */
  #nameOf(bundle: string): string {
    return this.#config.bundles[bundle] === undefined ? otherName[bundle]! : bundle;
  }

  #firstNameOf(bundle: string): string {
    return bundle;
  }

  async #deploy(deploy: Deploy): Promise<void> {
    const named = { ...deploy, bundle: this.#nameOf(deploy.bundle) };
    if (named.cut === undefined) return await this.#whole(named);
    const { cut, ...uncut } = named;
    await Deno.remove(this.rig.gate).catch(() => {});
    const abort = new AbortController();
    const go = () => Deno.writeTextFileSync(this.rig.gate, "");
    const fault: Fault = {
      at: cut.at,
      how: cut.how === "kill" ? "kill" : "pause",
      gate: this.rig.gate,
      onPause: (transport) => {
        if (cut.how === "close") void transport.close();
        else abort.abort();
        go();
      },
    };
    await this.#real(uncut, fault, abort.signal);
    // A driver whose connection ended goes on for a moment: what it still does is done before anybody looks.
    for (const place of [`${this.rig.store}/..`, `${this.rig.place}/system`]) await untilFree(`${place}/.lock`);
    await this.#storeIsWhole();
    if (cut.then === "repair") await this.rig.api().repairLedger(undefined, undefined, {});
    if (cut.then === "del" && this.#sameUndone(uncut)) return await this.#whole({ do: "del", bundle: named.bundle });
    await this.#whole(uncut);
  }

  /** Whether a del gives the same wherever the run before it was cut. */
  #sameUndone(deploy: Deploy): boolean {
    const [never, fully] = [this.#world.clone(), this.#world.clone()];
    this.#model(fully, deploy);
    const [a, b] = [never.del(deploy.bundle, false), fully.del(deploy.bundle, false)];
    if (never.whole !== fully.whole || JSON.stringify(a) !== JSON.stringify(b)) return false;
    return true;
  }

  async #whole(deploy: Deploy): Promise<void> {
    const expected = this.#model(this.#world, deploy);
    const heard = this.rig.events.length;
    const host = hostOf(await this.#real(deploy));
    assert.deepEqual(said(host), expected, `${deploy.do} ${deploy.bundle}: ${host.error?.message ?? host.result}`);
    if (deploy.do === "del") return;
    if (deploy.rollback !== true) planEqualsApply(this.rig.events.slice(heard));
    if (!expected.ok || deploy.rollback === true) return;
    await this.#agree(this.#world);
    const before = await this.rig.tree();
    const again = hostOf(await this.#real(deploy));
    const always = World.plan(this.#config, deploy.bundle, deploy.gate === true).acts.some((want) =>
      want.type === "command" && want.check === true
    );
    const kept = [...this.#world.bundles.get(deploy.bundle)?.values() ?? []].some(({ state }) => state !== "done");
    if (!always && !kept) assert.equal(again.result, "unchanged", `again: ${again.error?.message ?? again.result}`);
    const differences = diffTrees(before, await this.rig.tree());
    // A step that always runs makes the commands behind it run as well.
    assert.deepEqual(
      differences.filter((line) => !always || !/ (out|touched)-/.test(line)),
      [],
      "the second apply changes nothing",
    );
  }

  #model(world: World, deploy: Deploy): Expected {
    return deploy.do === "add"
      ? world.add(this.#config, deploy.bundle, deploy)
      : world.del(deploy.bundle, deploy.force === true);
  }

  async #real(deploy: Deploy, fault?: Fault, signal?: AbortSignal): Promise<Outcome> {
    const around = fault === undefined ? {} : { fault };
    const options = signal === undefined ? {} : { signal };
    if (deploy.do === "del") {
      return await this.rig.del(
        deploy.bundle,
        { ...options, ...(deploy.force === true ? { force: true } : {}) },
        around,
      );
    }
    return await this.rig.add(written(this.#config, this.rig.place), deploy.bundle, {
      ...options,
      install: deploy.gate === true ? { allowRootTasks: true } : {},
      ...(deploy.takeOver === true ? { takeOver: true } : {}),
      ...(deploy.rollback === true ? { onFailure: "rollback" } : {}),
    }, around);
  }

  /** Two at once end as one after the other would, or one is refused and did nothing. */
  async #both(one: Deploy, other: Deploy): Promise<void> {
    const [a, b] = [one, other].map((it) => ({ ...it, bundle: this.#nameOf(it.bundle) })) as [Deploy, Deploy];
    const [realA, realB] = (await Promise.all([this.#real(a), this.#real(b)])).map(hostOf).map(said);
    const tries: World[] = [];
    const attempt = (order: readonly (readonly [Deploy, Expected])[]) => {
      const world = this.#world.clone();
      const fits = order.every(([deploy, real]) => {
        if (real.code === "changed-since-plan") return true;
        return JSON.stringify(this.#model(world, deploy)) === JSON.stringify(real);
      });
      if (fits) tries.push(world);
    };
    attempt([[a, realA!], [b, realB!]]);
    attempt([[b, realB!], [a, realA!]]);
    assert.notEqual(tries.length, 0, `no order gives ${JSON.stringify([realA, realB])}`);
    const failures: unknown[] = [];
    for (const world of tries) {
      try {
        await this.#agree(world);
        this.#world = world;
        return;
      } catch (error) {
        failures.push(error);
      }
    }
    throw failures[0];
  }

  async #rename(from: string): Promise<void> {
    const to = otherName[from]!;
    const bundles = Object.fromEntries(
      Object.entries(this.#config.bundles).map(([name, candies]) => [name === from ? to : name, candies]),
    );
    this.#config = { ...this.#config, bundles };
    const project = projectOf(written(this.#config, this.rig.place), `${this.rig.place}/project`);
    const outcome = await this.rig.api().renameBundle(project, from, to, {}, () => Promise.resolve());
    assert.equal(outcome.ok, true, hostOf(outcome).error?.message);
    this.#world.rename(from, to);
  }

  async #drift({ path, how }: Extract<Command, { do: "drift" }>): Promise<void> {
    const { disk } = this.#world;
    const full = `${this.rig.home}/${path}`;
    const found = disk.get(path);
    if (!parentsOf(path).every((parent) => disk.get(parent)?.type === "dir")) return;
    const clear = async () => {
      await Deno.remove(full, { recursive: true }).catch(() => {});
      for (const other of [...disk.keys()]) if (isUnder(other, path)) this.#gone(other);
    };
    this.#edited.add(path);
    this.#count++;
    switch (how) {
      case "write":
      case "replace": {
        if (found !== undefined && found.type !== "file") return;
        const text = path === ".bashrc" && found !== undefined
          ? `${found.text}# user ${this.#count}\n`
          : `user ${this.#count}\n`;
        const mode = found?.mode ?? "0644";
        if (how === "write") await Deno.writeTextFile(full, text);
        else {
          await Deno.writeTextFile(`${full}.mine`, text);
          await Deno.rename(`${full}.mine`, full);
        }
        await Deno.chmod(full, parseInt(mode, 8));
        disk.set(path, { type: "file", text, mode });
        return;
      }
      case "remove":
        return await clear();
      case "chmod":
        if (found === undefined || found.type === "link") return;
        await Deno.chmod(full, found.type === "dir" ? 0o711 : 0o640);
        disk.set(path, { ...found, mode: found.type === "dir" ? "0711" : "0640" });
        return;
      case "dir":
        if (path === ".bashrc" || found?.type === "dir") return;
        await clear();
        await Deno.mkdir(full);
        await Deno.chmod(full, 0o755);
        disk.set(path, { type: "dir", mode: "0755" });
        return;
      case "link":
        if (path === ".bashrc") return;
        await clear();
        await Deno.symlink("elsewhere", full);
        disk.set(path, { type: "link", to: "elsewhere" });
    }
  }

  #gone(path: string): void {
    this.#world.disk.delete(path);
    this.#edited.add(path);
  }

  /** Tree, ledgers and store say what the model says. */
  async #agree(world: World): Promise<void> {
    const home = await this.rig.tree();
    const root = await snapshotTree(`${this.rig.place}/root`);
    const real: Tree = new Map([
      ...[...home].filter(([path]) => path !== ".config" && path !== ".config/opencharly"),
      ...[...root].filter(([path]) => path !== ".").map(([path, entry]) => [`../root/${path}`, entry] as const),
    ]);
    assert.deepEqual(diffModel(world.disk, real), [], "the tree");
    await this.#storeIsWhole();
    const state = await this.#store();
    const root_ = await readStore(`${this.rig.place}/system`);
    const names = new Set(
      [...Object.values(state.ledgers), ...Object.values(root_.ledgers)].map(({ bundle }) => bundle),
    );
    for (const bundle of names) {
      assert.equal(world.bundles.has(bundle), true, `${bundle} is on record and should not be`);
    }
    for (const [bundle, held] of world.bundles) {
      if (world.unsettled.has(bundle)) continue;
      assert.equal(names.has(bundle), true, `${bundle} is not on record`);
      const claims = [...Object.values(state.ledgers), ...Object.values(root_.ledgers)].filter((it) =>
        it.bundle === bundle
      )
        .flatMap((ledger) => ledger.claims);
      assert.deepEqual(
        claims.map((claim) => [this.#short(claim.resource), claim.state === "undo-failed" ? "failed" : claim.state])
          .sort(),
        [...held].map(([id, { state }]) => [id, state]).sort(),
        `claims of ${bundle}`,
      );
    }
    if (world.unsettled.size > 0) return;
    const bundleOf = (deploy: string) => (state.ledgers[deploy] ?? root_.ledgers[deploy])?.bundle ?? deploy;
    const stacks = Object.entries({ ...state.resources, ...root_.resources }).flatMap(([id, { claims }]) =>
      claims.length === 0 ? [] : [[this.#short(id), claims.map(({ deploy }) => bundleOf(deploy)).join(" < ")]]
    );
    const wanted = [...world.resources].flatMap(([id, { stack }]) =>
      stack.length === 0 ? [] : [[id, stack.map(({ bundle }) => bundle).join(" < ")]]
    );
    assert.deepEqual(stacks.sort(), wanted.sort(), "who wants what");
  }

  #short(resource: string): string {
    return resource.replace(`:${this.rig.home}/`, ":");
  }

  #store(): Promise<StoreState> {
    return readStore(this.rig.store);
  }

  /** What folding refers to is there, and nothing else is; claims of resources are those of the ledgers. */
  async #storeIsWhole(): Promise<void> {
    for (const place of [this.rig.store, `${this.rig.place}/system`]) {
      const store = await readStore(place);
      const folded = foldStore(store);
      const there = await names(`${place}/prior`);
      for (const ref of folded.referenced) {
        assert.ok(there.some((it) => it === ref || it.startsWith(`${ref}.`)), `prior/${ref} is missing`);
      }
      if (store.open.length === 0) {
        const stray = there.filter((it) => !folded.referenced.some((ref) => it === ref || it.startsWith(`${ref}.`)));
        assert.deepEqual(stray, [], "nothing refers to these originals");
        assert.deepEqual(await names(`${place}/content`), folded.contents, "contents that may surface");
        assert.deepEqual(await names(`${place}/stage`), [], "nothing is left on the stage");
      }
      for (const sha of folded.contents) {
        assert.ok(await exists(`${place}/content/${sha}`), `content/${sha} is missing`);
      }
      const claimed = Object.entries(folded.resources).flatMap(([id, { claims }]) =>
        claims.map(({ deploy }) => `${deploy} ${id}`)
      );
      const held = Object.values(folded.ledgers).flatMap(({ deploy_id, claims }) =>
        claims.map(({ resource }) => `${deploy_id} ${resource}`)
      );
      const unheld = claimed.filter((it) => !held.includes(it));
      assert.deepEqual(unheld, [], "claims of resources that no ledger has");
    }
  }
}

function said(host: HostOutcome): Expected {
  if (host.error === undefined) return { ok: host.result === "changed" || host.result === "unchanged" };
  return { ok: false, ...(host.error.code === undefined ? {} : { code: host.error.code }) };
}

function hostOf(outcome: Outcome): HostOutcome {
  const [host] = outcome.hosts;
  assert.ok(host !== undefined);
  return host;
}

/** What ran was in the plan, in its order, and nothing ran that the plan showed as done. */
function planEqualsApply(events: readonly DeployEvent[]): void {
  const planned = events.flatMap((event) => event.kind === "planned" ? [event.plan.planned] : []).at(-1) ?? [];
  const places = new Map(planned.map((it, index) => [it.n, index]));
  const ran = new Set<number>();
  let last = -1;
  for (const event of events) {
    if (event.kind !== "step-end") continue;
    const place = places.get(event.n);
    const line = place === undefined ? undefined : planned[place];
    assert.ok(place !== undefined && line !== undefined, `step ${event.n} ran and is not in the plan`);
    assert.ok(place > last, `step ${event.n} ran out of order`);
    last = place;
    if (event.result === "satisfied") continue;
    const after = /^looked at again after step (\d+)$/.exec(line.reason ?? "")?.[1];
    const may = ["will-run", "will-run-if", "drifted", "decided-at-step", "revert"].includes(line.state) ||
      (after !== undefined && ran.has(Number(after)));
    assert.ok(may, `step ${event.n} ran and the plan says ${line.state} (${line.reason ?? ""})`);
    ran.add(event.n);
  }
}

/** Waits for whoever holds the lock. */
async function untilFree(lock: string): Promise<void> {
  try {
    using file = await Deno.open(lock);
    await file.lock(true);
    await file.unlock();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // the store is gone, and its lock with it
  }
}

async function readStore(place: string): Promise<StoreState> {
  const json = async (path: string) => JSON.parse(await Deno.readTextFile(`${place}/${path}`));
  const ledgers: Record<string, StoreState["ledgers"][string]> = {};
  for (const name of await names(`${place}/ledger`)) ledgers[name.slice(0, -5)] = await json(`ledger/${name}`);
  const open = [];
  for (const run of await names(`${place}/runs`)) {
    const intent = await exists(`${place}/runs/${run}/intent.json`) ? await json(`runs/${run}/intent.json`) : undefined;
    const journal = await Deno.readTextFile(`${place}/runs/${run}/journal`).catch(() => "");
    open.push({ run, ...(intent === undefined ? {} : { intent }), journal });
  }
  return { counter: 0, ledgers, resources: await json("resources.json").catch(() => ({})), open };
}

async function names(directory: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return Deno.lstat(path).then(() => true, () => false);
}
