import assert from "node:assert/strict";
import type { DeployEvent } from "../../../lib/deploy/contract.ts";
import { EventQueue } from "../../../lib/deploy/events.ts";
import { cleanOutput, heldBytes, keptRuns, outputDirectory, OutputKeeper } from "../../../lib/deploy/keep_output.ts";
import { tempDir } from "../../shared/tmp.ts";

const encoder = new TextEncoder();
const output = (host: string, n: number, bytes: Uint8Array): DeployEvent => ({
  kind: "step-output",
  host,
  n,
  stream: "out",
  bytes,
});
const end = (host: string, n: number, result: "ok" | "failed" = "ok"): DeployEvent => ({
  kind: "step-end",
  host,
  n,
  of: n,
  summary: "run",
  result,
  durationMs: 1,
});

/** Sends events through a keeper and gives what a listener heard of the ends of steps. */
async function kept(directory: string, events: readonly DeployEvent[]) {
  const ends: { bytes: number; file?: string; lost?: string }[] = [];
  const keeper = new OutputKeeper((event) => {
    if (event.kind === "step-end" && event.output !== undefined) ends.push(event.output);
    return Promise.resolve();
  }, directory);
  for (const event of events) await keeper.events(event);
  keeper.close();
  return ends;
}

Deno.test("OutputKeeper() writes no file for a step that prints little and succeeds", async () => {
  await using dir = await tempDir();
  const few = encoder.encode("line\n".repeat(100));
  assert.deepEqual(await kept(dir.join("o"), [output("web", 1, few), end("web", 1)]), [{ bytes: 500 }]);
  await assert.rejects(Deno.stat(dir.join("o")), Deno.errors.NotFound);
});

Deno.test("OutputKeeper() keeps every byte of a step that prints much, readable by its owner alone", async () => {
  await using dir = await tempDir();
  const piece = crypto.getRandomValues(new Uint8Array(50_000));
  const [first] = await kept(dir.join("o"), [1, 2, 3].map(() => output("web", 7, piece)).concat(end("web", 7)));
  assert.equal(first?.bytes, 150_000);
  assert.match(first.file ?? "", /\/o\/web\/\d{8}T\d{6}Z-[0-9a-f]{8}\/7\.log$/);
  assert.deepEqual(await Deno.readFile(first.file!), new Uint8Array([...piece, ...piece, ...piece]));
  assert.equal((await Deno.stat(first.file!)).mode! & 0o777, 0o600);
  assert.equal((await Deno.stat(first.file!.replace(/\/7\.log$/, ""))).mode! & 0o777, 0o700);
});

Deno.test("OutputKeeper() writes a file for a failed step when more lines came than are shown", async () => {
  await using dir = await tempDir();
  const lines = encoder.encode("line\n".repeat(21));
  const [few, many] = await kept(dir.join("o"), [
    output("web", 1, encoder.encode("why\n")),
    end("web", 1, "failed"),
    output("web", 2, lines),
    end("web", 2, "failed"),
  ]);
  assert.deepEqual(few, { bytes: 4 });
  assert.deepEqual(await Deno.readFile(many!.file!), lines);
});

Deno.test("OutputKeeper() keeps hosts and steps apart, whatever hosts are called", async () => {
  await using dir = await tempDir();
  const hosts = ["../../etc", "a/b", "deploy@[::1]:22"];
  const full = (n: number) => new Uint8Array(heldBytes + 1).fill(n);
  const ends = await kept(
    dir.join("o"),
    hosts.flatMap((host, n) => [output(host, 1, full(n)), output(host, 2, full(n + 10)), end(host, 1), end(host, 2)]),
  );
  assert.equal(new Set(ends.map(({ file }) => file)).size, 6);
  for (const { file } of ends) assert.ok(file!.startsWith(`${dir.join("o")}/`) && !file!.includes("/../"));
  assert.deepEqual(await Deno.readFile(ends[1]!.file!), full(10));
});

Deno.test("OutputKeeper() keeps the last runs of a host and removes older ones", async () => {
  await using dir = await tempDir();
  const much = new Uint8Array(heldBytes + 1);
  for (const old of ["20200101T000000Z-0", "20200102T000000Z-0", "20200103T000000Z-0"]) {
    await Deno.mkdir(dir.join(`o/web/${old}`), { recursive: true });
    await Deno.writeTextFile(dir.join(`o/web/${old}/1.log`), "old");
  }
  await kept(dir.join("o"), [output("web", 1, much), end("web", 1)]);
  const runs = [...Deno.readDirSync(dir.join("o/web"))].map(({ name }) => name).sort();
  assert.equal(runs.length, keptRuns);
  assert.deepEqual(runs.slice(0, 2), ["20200102T000000Z-0", "20200103T000000Z-0"]);
});

Deno.test("OutputKeeper() says so once and goes on when it cannot write", async () => {
  await using dir = await tempDir({ o: "a file where a directory belongs" });
  const heard: DeployEvent[] = [];
  const keeper = new OutputKeeper((event) => (heard.push(event), Promise.resolve()), dir.join("o"));
  const much = new Uint8Array(heldBytes + 1);
  for (const event of [output("web", 1, much), output("web", 1, much), end("web", 1)]) await keeper.events(event);
  assert.deepEqual(heard.map(({ kind }) => kind), ["warning", "step-output", "step-output", "step-end"]);
  const last = heard.at(-1);
  assert.ok(last?.kind === "step-end" && last.output?.bytes === 2 * much.length && last.output.lost !== undefined);
});

Deno.test("OutputKeeper() behind an EventQueue holds no secret that is cut between two pieces", async () => {
  await using dir = await tempDir();
  const ends: DeployEvent[] = [];
  const keeper = new OutputKeeper((event) => (ends.push(event), Promise.resolve()), dir.join("o"));
  const events = new EventQueue(keeper.events);
  events.hide(["correct horse battery"]);
  void events.tell(output("web", 1, new Uint8Array(heldBytes).fill(46)));
  for (const piece of ["it is corr", "ect hor", "se battery, so"]) {
    void events.tell(output("web", 1, encoder.encode(piece)));
  }
  void events.tell(end("web", 1));
  await events.drained();
  const last = ends.at(-1);
  assert.ok(last?.kind === "step-end" && last.output?.file !== undefined);
  const text = await Deno.readTextFile(last.output.file);
  assert.equal(text.replace(/^\.+/, ""), "it is ***, so");
});

Deno.test("EventQueue.tell() resolves when the listener has heard, so that output cannot run ahead", async () => {
  const gate = Promise.withResolvers<void>();
  let heard = 0;
  const events = new EventQueue(async () => {
    await gate.promise;
    heard++;
  });
  const told = events.tell(output("web", 1, new Uint8Array(1)));
  assert.equal(await Promise.race([told.then(() => "heard"), Promise.resolve("waiting")]), "waiting");
  gate.resolve();
  await told;
  assert.equal(heard, 1);
});

Deno.test("cleanOutput() lists with dryRun, then removes a bundle's, a project's or everybody's output", async () => {
  await using dir = await tempDir();
  const much = new Uint8Array(heldBytes + 1);
  for (const [project, bundle] of [["shop", "web"], ["shop", "db"], ["other", "web"]] as const) {
    await kept(outputDirectory(dir.path, project, bundle), [output("h", 1, much), end("h", 1)]);
  }
  const clean = (of: { project?: string; bundle?: string }, dryRun = false) => cleanOutput(dir.path, { ...of, dryRun });
  assert.equal((await clean({ project: "shop" }, true)).length, 2);
  assert.equal((await clean({ project: "shop", bundle: "web" })).length, 1);
  assert.equal((await clean({ project: "shop" })).length, 1);
  assert.match((await clean({}))[0]!, /\/charly\/output\/other\/web\/h\//);
  assert.deepEqual(await clean({}), []);
});
