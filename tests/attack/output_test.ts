/** What steps print, in any amount and any shape: nothing is lost, nothing is held in memory, a terminal is left alone. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { DeployEvent, Outcome } from "../../lib/deploy/contract.ts";
import { full, sample } from "../shared/sample.ts";
import { type AttackRig, attackRig, type Venue, venues } from "../shared/attack_rig.ts";
import { charly } from "../shared/cli.ts";
import { projectOf, type Written } from "../shared/local_rig.ts";

const mib = 1024 * 1024;
const decoder = new TextDecoder();
type StepEnd = DeployEvent & { kind: "step-end" };
type StepOutput = DeployEvent & { kind: "step-output" };

/** A bundle of one candy of these commands. */
const commands = (
  ...plan: readonly { command: string; timeout?: string; env?: Record<string, string> }[]
): Written => ({
  candies: { loud: { plan: plan.map((it) => ({ undo: "none" as const, ...it })) } },
});

function projectFor(rig: AttackRig, venue: Venue, written: Written) {
  const on = rig.sshd === undefined || venue === "local"
    ? undefined
    : { web: { on: { target: "ssh", host: [rig.sshd.target], transport: venue } as const, candy: ["loud"] } };
  return projectOf(on === undefined ? written : { ...written, bundles: on }, rig.root);
}

/** Applies, with a listener that keeps no output. */
async function apply(
  rig: AttackRig,
  venue: Venue,
  written: Written,
  heard: (event: StepOutput) => Promise<void> | void = () => {},
): Promise<{ outcome: Outcome; ends: StepEnd[]; warnings: string[] }> {
  const ends: StepEnd[] = [], warnings: string[] = [];
  const outcome = await rig.api.addBundle(projectFor(rig, venue, written), "web", { install: {} }, async (event) => {
    if (event.kind === "step-output") await heard(event);
    if (event.kind === "step-end") ends.push(event);
    if (event.kind === "warning") warnings.push(event.message);
    return event.kind === "confirm" ? true : undefined;
  });
  return { outcome, ends, warnings };
}

/** A file of `size` bytes of any value, without a line break, that a step can print; and its digest. */
async function noise(path: string, size: number): Promise<string> {
  const hash = createHash("sha256"), block = crypto.getRandomValues(new Uint8Array(65_536));
  for (let at = block.indexOf(10); at !== -1; at = block.indexOf(10)) block[at] = 0xff;
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o644 });
  for (let at = 0; at < size; at += block.length) {
    new DataView(block.buffer).setUint32(0, 0x01010101 * (1 + (at / block.length) % 9)); // no line break
    const piece = block.subarray(0, size - at);
    for (let done = 0; done < piece.length;) done += await file.write(piece.subarray(done));
    hash.update(piece);
  }
  return hash.digest("hex");
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of (await Deno.open(path)).readable) hash.update(chunk);
  return hash.digest("hex");
}

for (const venue of venues) {
  Deno.test(`a step over ${venue} that prints binary without a line break loses no byte and takes bounded memory`, async () => {
    await using rig = await attackRig(venue);
    const size = sample(24, venue === "local" ? 1024 : 128) * mib + 77;
    const sha256 = await noise(`${rig.place}/noise`, size);
    await Deno.chmod(rig.place, 0o755);
    let bytes = 0, before = 0, most = 0;
    const hash = createHash("sha256");
    const { outcome, ends } = await apply(
      rig,
      venue,
      commands({ command: `cat '${rig.place}/noise'`, timeout: "50m" }),
      (event) => {
        bytes += event.bytes.length;
        hash.update(event.bytes);
        const { rss } = Deno.memoryUsage();
        before ||= rss;
        most = Math.max(most, rss);
      },
    );
    assert.ok(outcome.ok, JSON.stringify(outcome.hosts));
    assert.equal(bytes, size);
    assert.equal(hash.digest("hex"), sha256);
    assert.equal(ends[0]?.output?.bytes, size);
    assert.equal(await digestOf(ends[0].output.file!), sha256);
    assert.equal((await Deno.stat(ends[0].output.file!)).mode! & 0o777, 0o600);
    assert.ok(most - before < (full ? 120 : 80) * mib, `${Math.round((most - before) / mib)} MiB more`);
  });

  Deno.test(`a step over ${venue} waits while nobody takes what it prints`, async () => {
    await using rig = await attackRig(venue);
    const gate = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    let held = 0, bytes = 0;
    // the step writes down how many of its 64 MiB it has got rid of
    const command = `n=0; while [ $n -lt 64 ]; do dd if=/dev/zero bs=1048576 count=1 2>/dev/null; n=$((n + 1)); ` +
      `echo $n >~/printed; done`;
    const running = apply(rig, venue, commands({ command }), async (event) => {
      bytes += event.bytes.length;
      if (held++ === 0) {
        first.resolve();
        await gate.promise;
      }
    });
    await first.promise;
    const printed = () => Deno.readTextFile(`${rig.home}/printed`).then(Number, () => 0);
    // it stands still when it has not moved for a second; were it not held back, it would come to its end
    for (let last = -1, now = await printed(); now !== last && now < 64; now = await printed()) {
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const standing = await printed();
    gate.resolve();
    const { outcome } = await running;
    assert.ok(standing <= 16, `${standing} MiB had left the step`); // windows and pipes on the way
    assert.ok(outcome.ok);
    assert.equal(bytes, 64 * mib);
  });
}

Deno.test("a byte is heard when it was printed, not when the step has ended", async () => {
  await using rig = await attackRig("ssh2");
  let text = "";
  // each byte is printed when the one before has been heard
  const command = `for n in 1 2 3 4 5; do printf %s $n; while [ ! -e ~/heard.$n ]; do sleep 0.05; done; done`;
  const { outcome, ends } = await apply(rig, "ssh2", commands({ command }), async (event) => {
    text += decoder.decode(event.bytes);
    await Deno.writeTextFile(`${rig.home}/heard.${text.at(-1)}`, "");
  });
  assert.ok(outcome.ok);
  assert.equal(text, "12345");
  assert.deepEqual(ends[0]?.output, { bytes: 5 });
});

Deno.test("a step that fills both its pipes at once is read from both", async () => {
  await using rig = await attackRig("local");
  let out = 0, err = 0;
  const command = `dd if=/dev/zero bs=1048576 count=4 2>/dev/null | tr '\\0' o & ` +
    `dd if=/dev/zero bs=1048576 count=4 2>/dev/null | tr '\\0' e >&2; wait`;
  const { outcome } = await apply(rig, "local", commands({ command }), (event) => {
    for (const byte of event.bytes) byte === 0x6f ? out++ : err++;
  });
  assert.ok(outcome.ok);
  assert.deepEqual([out, err], [4 * mib, 4 * mib]);
});

Deno.test("many steps that print a little leave no file, and each keeps its own output", async () => {
  await using rig = await attackRig("local");
  const count = sample(40, 1000);
  const said = new Map<number, string>();
  const { outcome, ends } = await apply(
    rig,
    "local",
    commands(...Array.from({ length: count }, (_, n) => ({ command: `printf '%01024d' ${n}` }))),
    (event) => void said.set(event.n, (said.get(event.n) ?? "") + decoder.decode(event.bytes)),
  );
  assert.ok(outcome.ok, JSON.stringify(outcome.hosts));
  assert.equal(said.size, count);
  for (const [n, text] of said) assert.equal(text, String(n - 1).padStart(1024, "0"));
  assert.ok(ends.every(({ output }) => output?.bytes === 1024 && output.file === undefined));
  await assert.rejects(Deno.stat(`${rig.place}/state/charly/output`), Deno.errors.NotFound);
});

Deno.test("a step that is ended by its timeout keeps what it had printed", async () => {
  await using rig = await attackRig("local");
  const { ends } = await apply(rig, "local", commands({ command: "yes 'all of it'", timeout: "1s" }));
  assert.equal(ends[0]?.result, "timeout");
  const { bytes, file } = ends[0].output!;
  assert.ok(bytes > 64 * 1024);
  const text = await Deno.readTextFile(file!);
  assert.equal(text.length, bytes);
  assert.match(text.slice(0, 20), /^all of it\nall of it\n/);
});

Deno.test("a kept file holds no secret, wherever the pieces of it were cut", async () => {
  const secret = "correct'horse\\battery staple";
  await using rig = await attackRig("local", { env: { TOKEN: secret } });
  const written: Written = {
    candies: {
      loud: {
        secretRequire: [{ name: "TOKEN", description: "given by the operator" }],
        plan: [{
          // the secret at every place around the borders of what is read at once
          command: `n=0; while [ $n -lt 12000 ]; do printf '%s%s\\n' "$TOKEN" "$n"; n=$((n + 1)); done`,
          undo: "none",
        }],
      },
    },
  };
  const { outcome, ends } = await apply(rig, "local", written);
  assert.ok(outcome.ok, JSON.stringify(outcome.hosts));
  const text = await Deno.readTextFile(ends[0]!.output!.file!);
  assert.ok(!text.includes("battery"));
  assert.equal(text, Array.from({ length: 12000 }, (_, n) => `***${n}\n`).join(""));
});

for (const verbose of [false, true]) {
  Deno.test(`${verbose ? "deploy -v" : "deploy"} lets nothing a step prints act on the terminal, and says where all of it is`, async () => {
    await using rig = await attackRig("local");
    const evil =
      "\\033]52;c;ZXZpbA==\\007\\033[2J\\033]0;owned\\007\\033P1$r\\033\\\\ \\302\\23331m \\342\\200\\256 \\r";
    const command = `n=0; while [ $n -lt 3000 ]; do printf '${evil}%s of 3000\\n' $n; n=$((n + 1)); done; ` +
      `head -c 100000 /dev/zero | tr '\\0' x; printf '\\n${evil}the reason\\n' >&2; exit 7`;
    const { code, stderr, stdout } = await charly(["deploy", "web", "--yes", ...(verbose ? ["-v"] : [])], {
      api: rig.api,
      project: { ...projectFor(rig, "local", commands({ command })), configUrl: "file:///x" } as never,
      terminal: true,
      env: { NO_COLOR: "1" },
    });
    assert.equal(code, 1);
    // what moves the cursor is the progress line's own, and so is the end of its colour
    // deno-lint-ignore no-control-regex
    const shown = (stdout + stderr).replaceAll(/\x1b\[\d+A\x1b\[J|…\x1b\[0m$/gm, "");
    // deno-lint-ignore no-control-regex
    assert.equal(/.{0,40}[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e].{0,40}/.exec(shown), null);
    assert.match(shown, /the reason/);
    assert.match(shown, /✗ .*: failed, exit code 7/);
    assert.ok(shown.split("\n").every((line) => line.length < 4600), "a line without end");
    if (verbose) assert.match(shown, /2999 of 3000/);
    else assert.ok(shown.split("\n").length < 60, shown);
    const [, size, file] = /all of its output \((.*)\): (\S+)/.exec(shown) ?? [];
    assert.match(size ?? "", /^\d+\.\d KiB$/);
    const text = await Deno.readTextFile(file!);
    assert.equal(text.split("\n").length, 3000 + 3);
    assert.ok(text.includes("\x1b]52;c;ZXZpbA==\x07"));
  });
}
