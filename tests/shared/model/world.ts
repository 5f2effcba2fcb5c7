/**
 * What charly promises, as a machine in plain TypeScript: bundles are added and taken back, users edit between, and the tree that
 * must come out is computed without a shell, a journal or a ledger.
 */
import { blockBody, ends, equal, isUnder, type Node, parentsOf, withBlock, withoutBlock } from "./node.ts";
import { type Config, type Want, wantOf } from "./step.ts";

/** What was there before charly: nothing, something, or just what was wanted. */
type Base = Node | "absent" | "as wanted";

interface Resource {
  base: Base;
  /** Texts of covered claims that were seen before something was written over them. */
  covered: readonly string[];
  /** Who wants it, the last on top. */
  stack: { readonly bundle: string; readonly want: Want }[];
  /** A directory made on the way to something. */
  implicit: boolean;
}

/** What a bundle holds. */
export interface Held {
  want: Want;
  state: "done" | "kept" | "failed";
  seq: number;
}

/** How a command must come out. */
export interface Expected {
  readonly ok: boolean;
  /** Of the host's error. */
  readonly code?: string;
}

/** How an add is asked for. */
export interface AddWish {
  readonly takeOver?: boolean;
  readonly gate?: boolean;
  readonly rollback?: boolean;
}

const fine: Expected = { ok: true };
const left: Expected = { ok: false, code: "undo-left" };

export class World {
  /** Paths relative to the home; what root makes is below `../root`. */
  readonly disk: Map<string, Node>;
  readonly resources: Map<string, Resource>;
  readonly bundles: Map<string, Map<string, Held>>;
  /** Bundles whose last add failed: what the ledger says of the steps behind the failing one is not modelled. */
  readonly unsettled: Set<string>;
  /** What files were before blocks and declared commands wrote into them. */
  readonly #hosts: Map<string, Node | undefined>;
  #seq: number;

  constructor(disk: ReadonlyMap<string, Node>, from?: World) {
    this.disk = new Map(disk);
    this.resources = new Map(
      [...from?.resources ?? []].map(([id, it]) => [id, { ...it, stack: [...it.stack] }]),
    );
    this.bundles = new Map([...from?.bundles ?? []].map(([name, held]) => [
      name,
      new Map([...held].map(([id, it]) => [id, { ...it }])),
    ]));
    this.unsettled = new Set(from?.unsettled);
    this.#hosts = new Map(from === undefined ? [] : from.#hosts);
    this.#seq = from === undefined ? 0 : from.#seq;
  }

  clone(): World {
    return new World(this.disk, this);
  }

  /** One comparable value of all that a next command can see. */
  get whole(): string {
    const bundles = [...this.bundles].map(([name, held]) => [
      name,
      [...held].sort(([a], [b]) => a < b ? -1 : 1).map(([id, { want, state }]) => [id, want, state]),
    ]);
    return JSON.stringify([
      [...this.disk].sort(([a], [b]) => a < b ? -1 : 1),
      [...this.resources].sort(([a], [b]) => a < b ? -1 : 1),
      bundles.sort(([a], [b]) => a! < b! ? -1 : 1),
      [...this.#hosts].sort(([a], [b]) => a < b ? -1 : 1),
    ]);
  }

  /** Wants of a bundle in the order of its plan, and those behind a closed gate. */
  static plan(config: Config, bundle: string, gate: boolean): { acts: Want[]; closed: Set<string> } {
    const closed = new Set<string>();
    const acts: Want[] = [];
    for (const candy of [...config.bundles[bundle] ?? []].sort()) {
      const steps = config.candies[candy] ?? [];
      for (
        const step of [
          ...steps.filter((it) => !("block" in it)),
          ...steps.filter((it) => "block" in it).slice(0, 1),
        ]
      ) {
        const want = wantOf(candy, step);
        if ("root" in step && !gate) closed.add(want.id);
        else acts.push(want);
      }
    }
    return { acts, closed };
  }

  add(config: Config, bundle: string, wish: AddWish): Expected {
    const { acts, closed } = World.plan(config, bundle, wish.gate === true);
    // Of several on one resource the last one counts.
    const last = new Map(acts.map((want) => [want.id, want]));
    for (const want of last.values()) {
      const others = this.resources.get(want.id)?.stack.filter((it) => it.bundle !== bundle && !same(it.want, want));
      if ((others ?? []).length > 0 && (wish.takeOver !== true || want.type === "command")) {
        return { ok: false, code: "claimed-elsewhere" };
      }
    }
    const before = this.clone();
    const known = this.bundles.get(bundle);
    if (known === undefined && acts.length === 0) return fine; // nothing to do, nothing to record
    const held = known ?? new Map<string, Held>();
    this.bundles.set(bundle, held);
    const gone = [...held.keys()].filter((id) => {
      const want = last.get(id);
      if (want === undefined) return !closed.has(id);
      return want.type === "command" && want.touches === undefined && !same(held.get(id)!.want, want);
    });
    this.#takeBack(bundle, gone, acts, false);
    this.unsettled.delete(bundle);
    // Those before it run as well, unless the last one stands already.
    const stands = new Set(
      [...last.values()].filter((want) => {
        const claim = held.get(want.id);
        const found = this.disk.get(pathOf(want) ?? "");
        return claim !== undefined && claim.state === "done" && same(claim.want, want) && isSo(want, found);
      }).map(({ id }) => id),
    );
    for (const want of acts) {
      if (last.get(want.id) !== want && stands.has(want.id)) continue;
      const seq = ++this.#seq;
      if (this.#apply(bundle, held, want, seq)) continue;
      const claim = held.get(want.id);
      if (claim === undefined) held.set(want.id, { want, state: "failed", seq });
      else claim.state = "failed";
      if (wish.rollback === true) this.#become(before);
      else this.unsettled.add(bundle);
      this.#forget();
      return { ok: false, code: "step-failed" };
    }
    this.#forget();
    return fine;
  }

  del(bundle: string, force: boolean): Expected {
    const held = this.bundles.get(bundle);
    if (held === undefined) return fine;
    this.#takeBack(bundle, [...held.keys()], [], force);
    this.#forget();
    if (held.size > 0) return left;
    this.bundles.delete(bundle);
    this.unsettled.delete(bundle);
    return fine;
  }

  rename(from: string, to: string): void {
    const held = this.bundles.get(from);
    if (held === undefined) return;
    this.bundles.delete(from);
    this.bundles.set(to, held);
    if (this.unsettled.delete(from)) this.unsettled.add(to);
    for (const resource of this.resources.values()) {
      resource.stack = resource.stack.map((it) => it.bundle === from ? { ...it, bundle: to } : it);
    }
  }

  #become(other: World): void {
    for (const name of ["disk", "resources", "bundles"] as const) {
      const [mine, theirs] = [this[name] as Map<string, unknown>, other[name] as Map<string, unknown>];
      mine.clear();
      for (const [key, value] of theirs) mine.set(key, value);
    }
    this.#hosts.clear();
    for (const [key, value] of other.#hosts) this.#hosts.set(key, value);
    this.unsettled.clear();
    for (const name of other.unsettled) this.unsettled.add(name);
  }

  /** Whether it came to be so. */
  #apply(bundle: string, held: Map<string, Held>, want: Want, seq: number): boolean {
    const path = pathOf(want);
    const found = path === undefined ? undefined : this.disk.get(path);
    if (want.type === "command") {
      if (want.check === true && this.disk.has("broken")) {
        this.#claim(bundle, want, "absent");
        return false;
      }
      if (want.touches !== undefined && !this.#hosts.has(want.touches)) {
        this.#hosts.set(want.touches, this.disk.get(want.touches));
      }
      const out = want.out ?? want.touches;
      if (out !== undefined) {
        const mode = want.touches === undefined ? undefined : this.disk.get(want.touches);
        this.disk.set(out, { type: "file", text: `${want.text}\n`, mode: mode?.type === "file" ? mode.mode : "0644" });
      }
      this.#claim(bundle, want, "absent");
    } else if (isSo(want, found)) this.#claim(bundle, want, "as wanted");
    else {
      if (found?.type === "dir" && want.type !== "dir") return false;
      if (found !== undefined && found.type !== "dir" && want.type === "dir") return false;
      if (parentsOf(want.path).some((parent) => (this.disk.get(parent)?.type ?? "dir") !== "dir")) return false;
      for (const parent of parentsOf(want.path)) {
        if (this.disk.has(parent)) continue;
        this.disk.set(parent, { type: "dir", mode: "0755" });
        if (!this.resources.has(`dir:${parent}`)) {
          this.resources.set(`dir:${parent}`, { base: "absent", stack: [], implicit: true, covered: [] });
        }
      }
      if (want.type === "block" && !this.#hosts.has(want.path)) this.#hosts.set(want.path, found);
      if (want.type === "file") this.#cover(bundle, want, found);
      this.disk.set(want.path, made(want, found));
      this.#claim(bundle, want, want.type === "block" ? "absent" : found ?? "absent");
    }
    held.set(want.id, { want, state: "done", seq });
    return true;
  }

  /** What another bundle wants is kept before it is written over, if it is still there. */
  #cover(bundle: string, want: Want & { type: "file" }, found: Node | undefined): void {
    const resource = this.resources.get(want.id);
    const top = resource?.stack.at(-1)?.want;
    if (resource === undefined || top?.type !== "file" || found?.type !== "file" || found.text !== top.text) return;
    const wanted = resource.stack.some((it) =>
      it.bundle !== bundle && it.want.type === "file" && it.want.text === top.text
    );
    if (wanted && top.text !== want.text) resource.covered = [...new Set([...resource.covered, top.text])];
  }

  #claim(bundle: string, want: Want, base: Base): void {
    const known = this.resources.get(want.id);
    if (known === undefined) {
      this.resources.set(want.id, { base, stack: [{ bundle, want }], implicit: false, covered: [] });
      return;
    }
    if (known.base === "as wanted" && base !== "as wanted") known.base = base;
    const place = known.stack.findIndex((it) => it.bundle === bundle);
    const covered = known.stack.slice(place + 1).some((it) => !same(it.want, want));
    if (place >= 0 && !covered) known.stack[place] = { bundle, want };
    else known.stack = [...known.stack.filter((it) => it.bundle !== bundle), { bundle, want }];
  }

  /** Takes claims back, newest first, directories last; what cannot go stays with its reason. */
  #takeBack(bundle: string, ids: readonly string[], planned: readonly Want[], force: boolean): void {
    const held = this.bundles.get(bundle)!;
    const staying = [
      ...[...this.bundles].flatMap(([name, all]) =>
        [...all].flatMap(([id, { want }]) => name === bundle && ids.includes(id) ? [] : [want])
      ),
      ...planned,
    ];
    const isNeeded = (path: string) => staying.some((want) => pathsOf(want).some((other) => isUnder(other, path)));
    const going = ids.map((id) => held.get(id)!).sort((a, b) => b.seq - a.seq);
    const ways = going.map((claim) => ({ claim, way: this.#wayBack(bundle, claim, isNeeded) }));
    const directories = ways.filter(({ claim, way }) =>
      claim.want.type === "dir" && way === "base" && this.#madeBy(claim)
    );
    const orphans = [...this.resources].filter(([id, it]) =>
      it.implicit && it.stack.length === 0 && !isNeeded(id.slice(4))
    );
    const released: string[] = [];
    const lastBlock = (index: number, path: string) =>
      !staying.some((want) => want.type === "block" && want.path === path) &&
      !ways.slice(index + 1).some(({ claim, way }) => claim.want.type === "block" && way === "base");
    for (const [index, it] of ways.entries()) {
      if (directories.includes(it)) continue;
      const { claim, way } = it;
      const result = way === "drop"
        ? "gone"
        : this.#back(claim, way, force, lastBlock(index, pathOf(claim.want) ?? ""));
      if (result !== "gone") claim.state = result;
      else this.#giveUp(bundle, held, claim.want.id, way === "drop");
    }
    const made = [
      ...directories.map(({ claim }) => pathOf(claim.want)!),
      ...orphans.map(([id]) => id.slice(4)),
    ].sort((a, b) => b.split("/").length - a.split("/").length);
    for (const path of made) {
      const empty = this.disk.get(path)?.type !== "dir" ||
        ![...this.disk.keys()].some((it) => it.startsWith(`${path}/`));
      if (empty && this.disk.get(path)?.type === "dir") this.disk.delete(path);
      this.#giveUp(bundle, held, `dir:${path}`, !empty);
      if (!empty) released.push(`dir:${path}`);
    }
    this.#sweep(released);
  }

  #madeBy({ want }: Held): boolean {
    return this.resources.get(want.id)?.base === "absent";
  }

  #wayBack(bundle: string, { want }: Held, isNeeded: (path: string) => boolean): "drop" | "surface" | "base" {
    const resource = this.resources.get(want.id);
    const place = resource?.stack.findIndex((it) => it.bundle === bundle) ?? -1;
    if (resource === undefined || place < 0 || place < resource.stack.length - 1) return "drop";
    const below = resource.stack[place - 1];
    if (below !== undefined) return same(below.want, resource.stack[place]!.want) ? "drop" : "surface";
    if (want.type === "dir" && resource.base === "absent" && isNeeded(want.path)) return "drop";
    return resource.base === "as wanted" ? "drop" : "base";
  }

  #back(claim: Held, way: "surface" | "base", force: boolean, last: boolean): "gone" | "kept" | "failed" {
    const { want } = claim;
    const resource = this.resources.get(want.id)!;
    if (want.type === "command") {
      if (want.out !== undefined) this.disk.delete(want.out);
      if (want.touches !== undefined) this.#put(want.touches, this.#hosts.get(want.touches));
      return "gone";
    }
    const found = this.disk.get(want.path);
    const below = resource.stack.at(-2)?.want;
    if (want.type === "block") {
      if (found?.type !== "file") return "gone";
      if (way === "surface" && below?.type === "block") {
        this.disk.set(want.path, { ...found, text: withBlock(found.text, want.name, below.body) });
        return "gone";
      }
      const text = withoutBlock(found.text, want.name);
      const host = this.#hosts.get(want.path);
      if (last && host === undefined && ends(text) === "") this.disk.delete(want.path);
      else if (last && host?.type === "file" && (ends(text) === ends(host.text) || ends(text) === "")) {
        this.disk.set(want.path, host);
      } else this.disk.set(want.path, { ...found, text });
      return "gone";
    }
    if (want.type === "dir") {
      if (found?.type !== "dir") return "gone";
      if (found.mode !== want.mode && !force) return "kept";
      const mode = way === "surface" && below?.type === "dir" ? below.mode : modeOf(resource.base);
      this.disk.set(want.path, { type: "dir", mode });
      return "gone";
    }
    // What was edited before it was covered is nowhere any more: the other bundle's claim will be found drifted.
    if (way === "surface" && below?.type === "file" && !resource.covered.includes(below.text)) return "gone";
    const base = way === "surface" ? made(below!, undefined) : resource.base as Node | "absent";
    if (way === "base" && base !== "absent" && base.type === "file" && equal(found, base)) return "gone";
    const ours = found !== undefined && found.type === want.type &&
      (found.type === "file" ? want.type === "file" && found.text === want.text : equal(found, made(want, undefined)));
    if (found !== undefined && !ours && (found.type !== want.type || !force)) return "kept";
    if (found === undefined && base === "absent") return "gone";
    if (base !== "absent" && !parentsOf(want.path).every((parent) => this.disk.get(parent)?.type === "dir")) {
      return "failed";
    }
    this.#put(want.path, base === "absent" ? undefined : base);
    return "gone";
  }

  #put(path: string, node: Node | undefined): void {
    if (node === undefined) this.disk.delete(path);
    else this.disk.set(path, node);
  }

  #giveUp(bundle: string, held: Map<string, Held>, id: string, stands: boolean): void {
    held.delete(id);
    const resource = this.resources.get(id);
    if (resource === undefined) return;
    resource.stack = resource.stack.filter((it) => it.bundle !== bundle);
    if (resource.stack.length > 0) return;
    if (stands && resource.base === "absent" && id.startsWith("dir:")) resource.implicit = true;
    else this.resources.delete(id);
  }

  /** Bytes are kept as long as somebody below the top wants them. */
  #forget(): void {
    for (const resource of this.resources.values()) {
      const texts = resource.stack.map(({ want }) => want.type === "file" ? want.text : "");
      resource.covered = resource.covered.filter((text) => texts.includes(text) && texts.at(-1) !== text);
    }
  }

  #sweep(released: readonly string[]): void {
    const wants = [...this.bundles.values()].flatMap((held) => [...held.values()].map(({ want }) => want));
    for (const id of released) {
      const resource = this.resources.get(id);
      const isNeeded = wants.some((want) => pathsOf(want).some((path) => isUnder(path, id.slice(4))));
      if (resource !== undefined && resource.stack.length === 0 && !isNeeded) this.resources.delete(id);
    }
    for (const path of this.#hosts.keys()) {
      if (!wants.some((want) => pathsOf(want).includes(path))) this.#hosts.delete(path);
    }
  }
}

/** Whether doing the one is doing the other. */
function same(a: Want, b: Want): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function pathOf(want: Want): string | undefined {
  return want.type === "command" ? undefined : want.path;
}

function pathsOf(want: Want): string[] {
  if (want.type !== "command") return [want.path];
  return want.touches === undefined ? [] : [want.touches];
}

function modeOf(base: Base): string {
  return typeof base === "object" && base.type === "dir" ? base.mode : "0755";
}

/** What stands there when it is as wanted. */
function made(want: Want, found: Node | undefined): Node {
  switch (want.type) {
    case "file":
      return { type: "file", text: want.text, mode: want.mode };
    case "dir":
      return { type: "dir", mode: want.mode };
    case "link":
      return { type: "link", to: want.to };
    case "block": {
      const file = found?.type === "file" ? found : { type: "file" as const, text: "", mode: "0644" };
      return { ...file, text: withBlock(file.text, want.name, want.body) };
    }
    case "command":
      throw new TypeError("a command makes no node");
  }
}

function isSo(want: Want, found: Node | undefined): boolean {
  if (want.type === "block") return found?.type === "file" && blockBody(found.text, want.name) === want.body;
  return want.type !== "command" && equal(found, made(want, found));
}
