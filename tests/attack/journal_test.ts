/**
 * Case 19: the journal of a run that was cut is torn, has flipped bits, lines twice, missing, or of a charly yet to come. It is gone
 * on from, or refused by name with the way to mend it; what the user had is never lost, and never written over.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { withDeadline } from "../shared/deadline.ts";
import { type LocalRig, localRig } from "../shared/local_rig.ts";
import { sample } from "../shared/sample.ts";

/** What becomes of the text of a journal. `at` is a share of its length or of its lines. */
const damages = {
  "torn": (text: string, at: number) => text.slice(0, Math.floor(at * text.length)),
  "a flipped bit": (text: string, at: number, bit: number) => {
    const bytes = new TextEncoder().encode(text);
    bytes[Math.floor(at * bytes.length)]! ^= 1 << bit;
    return bytes;
  },
  "a line twice": (text: string, at: number) => edited(text, at, (line) => [line, line]),
  "a line missing": (text: string, at: number) => edited(text, at, () => []),
  "a line from the future": (text: string, at: number) => edited(text, at, (line) => [line, "7\tFUTURE\t1\tx\t."]),
  "zeros at its end, as a power cut leaves them": (text: string) => `${text}${"\0".repeat(512)}`,
  "nothing in it": () => "",
} as const satisfies Record<string, (text: string, at: number, bit: number) => string | Uint8Array>;

function edited(text: string, at: number, change: (line: string) => readonly string[]): string {
  const lines = text.split("\n");
  const which = Math.floor(at * (lines.length - 1));
  return lines.flatMap((line, index) => index === which ? change(line) : [line]).join("\n");
}

const own = { "conf": "mine\n", "app/mine": "mine too\n", ".bashrc": "# mine\n" };
const written = {
  candies: {
    app: {
      env: { A: "1" },
      plan: [
        { write: "~/conf", content: "ours\n" },
        { mkdir: "~/app/d" },
        { write: "~/app/mine", content: "ours\n" },
        { link: "~/cur", target: "app" },
        { command: "echo made >~/app/made", touches: ["~/app/made"], id: "made" },
      ],
    },
  },
} as const;

async function journalOf(rig: LocalRig): Promise<string | undefined> {
  const [run] = await Array.fromAsync(Deno.readDir(`${rig.store}/runs`)).catch(() => []);
  return run === undefined ? undefined : `${rig.store}/runs/${run.name}/journal`;
}

/** Where a text of the user's still is: its own place, or anywhere in what charly keeps. */
async function isSomewhere(rig: LocalRig, path: string, text: string): Promise<boolean> {
  const places = [`${rig.home}/${path}`];
  const look = async (dir: string) => {
    for await (const { name, isDirectory } of Deno.readDir(dir)) {
      if (isDirectory) await look(`${dir}/${name}`);
      else places.push(`${dir}/${name}`);
    }
  };
  await look(`${rig.store}/prior`).catch(() => {});
  await look(`${rig.store}/kept`).catch(() => {});
  for (const place of places) {
    if (await Deno.readTextFile(place).catch(() => undefined) === text) return true;
  }
  return false;
}

Deno.test("a damaged journal is gone on from or refused by name, and nothing of the user's is lost", async () => {
  const arbitrary = fc.record({
    damage: fc.constantFrom(...Object.keys(damages) as (keyof typeof damages)[]),
    cutAt: fc.integer({ min: 4, max: 40 }),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    bit: fc.integer({ min: 0, max: 7 }),
  });
  let damaged = 0;
  await fc.assert(
    fc.asyncProperty(
      arbitrary,
      ({ damage, cutAt, at, bit }) =>
        withDeadline(`${damage}, cut at ${cutAt}`, 120, async () => {
          await using rig = await localRig(own);
          await rig.add(written, "web", {}, { fault: { at: cutAt, how: "kill", gate: rig.gate } });
          const path = await journalOf(rig);
          if (path === undefined) return; // it came to its end before
          const text = await Deno.readTextFile(path).catch(() => "");
          const now = damages[damage](text, at, bit);
          await Deno.writeFile(path, typeof now === "string" ? new TextEncoder().encode(now) : now);
          damaged++;
          const nothingLost = async () => {
            for (const [name, content] of Object.entries(own)) {
              const found = await isSomewhere(rig, name, content) || name === ".bashrc";
              assert.ok(found, `${name} as it was is nowhere any more`);
            }
            assert.match(await rig.read(".bashrc"), /^# mine\n/);
          };
          let [added] = (await rig.add(written)).hosts;
          await nothingLost();
          if (added?.error?.code === "ledger-corrupt" || added?.error?.code === "ledger-newer") {
            assert.match(`${added.error.hint}`, /ledger repair/);
            await rig.api().repairLedger(undefined, undefined, {});
            [added] = (await rig.add(written)).hosts;
            await nothingLost();
          }
          // What stands in the way and is nobody's any more is said; the user decides.
          if (added?.result === "failed") assert.notEqual(added.error?.hint ?? "", "");
          else assert.equal(await rig.read("conf"), "ours\n");
          await rig.del("web", { force: true });
          await nothingLost();
        }),
    ),
    { numRuns: sample(6, 200) },
  );
  assert.ok(damaged > 0);
});
