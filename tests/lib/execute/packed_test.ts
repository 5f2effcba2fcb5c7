import assert from "node:assert/strict";
import fc from "fast-check";
import { readStore } from "../../../lib/deploy/store_state.ts";
import { driverExecutor } from "../../../lib/execute/driver_executor.ts";
import { pack, unpack } from "../../../lib/execute/squeeze.ts";
import { localTransport } from "../../../lib/execute/transport/local.ts";
import { recordingTransport } from "../../../lib/execute/transport/recording.ts";
import { tempDir } from "../../shared/tmp.ts";

Deno.test("unpack() gives back what pack() took", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
      assert.deepEqual(await unpack(await pack(bytes)), bytes);
    }),
    { numRuns: 30 },
  );
});

Deno.test("unpack() refuses what was cut short", async () => {
  const packed = await pack(new TextEncoder().encode("a text ".repeat(100)));
  await assert.rejects(unpack(packed.subarray(0, -1)), TypeError);
});

/** A driver in a home of its own, as if a network lay in between; `sent` counts what goes in and out. */
async function faraway(path: string, remote = true) {
  const home = await tempDir();
  const local = localTransport({ env: { HOME: home.path, PATH: path }, home: home.path });
  const transport = recordingTransport({
    venue: "far",
    remote,
    open: (command) => local.open(command),
    close: () => local.close(),
    [Symbol.asyncDispose]: () => local.close(),
  });
  const executor = driverExecutor(transport);
  return {
    home,
    executor,
    bytes: (stream: "stdin" | "stdout") =>
      transport.recording.channels.flatMap(({ events }) => events).filter((it) => it.stream === stream)
        .reduce((sum, { bytes }) => sum + Uint8Array.fromBase64(bytes).length, 0),
    async [Symbol.asyncDispose]() {
      await executor.close();
      await home[Symbol.asyncDispose]();
    },
  };
}

const ledger = { text: "x".repeat(50_000) };
const planted = `RUN=r00000001-00c0ffee\nhold 5 me\nprintf %s '${JSON.stringify(ledger)}' >"$STORE/resources.json"\n` +
  `mkdir "$STORE/runs/r00000000-00000000" && printf 'B 1\\n' >"$STORE/runs/r00000000-00000000/journal"\nunlock\n`;

Deno.test("over a network programs and stores go packed, and arrive as they are", async () => {
  await using far = await faraway("/usr/bin:/bin");
  const text = "a line of a program\n".repeat(5000);
  let seen = "";
  await far.executor.run(`fr C text '${text}'\n${planted}`, {
    level: "user",
    onFrame: (frame) => {
      if (frame.type === "C") seen = new TextDecoder().decode(frame.payload);
    },
  });
  assert.equal(seen, text);
  assert.ok(far.bytes("stdin") < 40_000, `${far.bytes("stdin")} bytes of library and program`);
  const before = far.bytes("stdout");
  const frames: string[] = [];
  await far.executor.run("store_read\n", {
    level: "user",
    onFrame: ({ type, step }) => void frames.push(`${type} ${step}`),
  });
  assert.ok(far.bytes("stdout") - before < 5_000, `${far.bytes("stdout") - before} bytes of store`);
  assert.ok(frames.includes("C resources.json") && frames.includes("C run/r00000000-00000000/journal"), frames.join());
});

Deno.test("where nothing lies in between, or the target has no gzip, nothing is packed and all is the same", async () => {
  await using tools = await tempDir();
  for (const { name } of Deno.readDirSync("/usr/bin")) {
    if (name !== "gzip") await Deno.symlink(`/usr/bin/${name}`, tools.join(name));
  }
  for (const [path, remote] of [["/usr/bin:/bin", false], [tools.path, true]] as const) {
    await using far = await faraway(path, remote);
    await far.executor.run(planted, { level: "user" });
    await assert.rejects(readStore(far.executor, "user"), { code: "ledger-corrupt" });
    assert.ok(far.bytes("stdout") > 50_000);
  }
});
