/** W4: a large file to a host that is near, and to one that is far; the measure is scp. */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type Figures, type Fleet, type Rig, showBytes, showRatio, showTime } from "../rig/mod.ts";
import { run as runProgram } from "../../tests/shared/run.ts";
import type { Table, TargetResult, Workload, WorkloadResult } from "../workload.ts";

const mib = 1024 * 1024;
const large = 1024;
const program = fileURLToPath(new URL("../shared/put.ts", import.meta.url));
/** scp at 100 ms needs a minute for a GiB: there it sends a quarter, and rates are compared. */
const places = [
  { ms: 0, atLeast: 0.6, rounds: 2, scpMib: large },
  { ms: 20, atLeast: 2, rounds: 1, scpMib: large },
  { ms: 100, atLeast: 5, rounds: 1, scpMib: 256 },
] as const;
/** What the memory may be beside that for a quarter of the bytes: it must not grow with the file. */
const most = 1.25;

export const upload: Workload = {
  id: "W4",
  title: `a file of 1 GiB put on a host at ${places.map(({ ms }) => ms).join(", ")} ms`,
  run,
};

async function run(rig: Rig): Promise<WorkloadResult> {
  const fleet = await rig.fleet();
  const dir = await rig.dir();
  const { denoDir } = JSON.parse(await runProgram([Deno.execPath(), "info", "--json"]));
  const whole = await randomFile(dir.join("whole"), large), quarter = await randomFile(dir.join("quarter"), 256);
  const tables: Table[] = [], targets: TargetResult[] = [];
  for (const { ms, atLeast, rounds, scpMib } of places) {
    rig.say(`  ${ms} ms`);
    const hosts = await fleet.behind(ms);
    const there = `${fleet.home(0)}/put`;
    const around = (size: number) => ({
      rounds,
      env: { ...hosts.env, DENO_DIR: denoDir },
      before: () => Deno.remove(there).catch(() => {}), // the first run finds nothing
      check: () => checkSize(fleet, size),
    });
    const charly = (transport: string, file = whole, size = large) => ({
      command: [
        ...[Deno.execPath(), "run", "-A", "--quiet", program, transport, "h0"],
        ...[file.path, there, file.sha256, hosts.configFile],
      ],
      ...around(size),
    });
    const scp = scpMib === large ? whole : quarter;
    const it = await rig.measure([
      { name: "scp", command: ["scp", "-q", "-F", hosts.configFile, scp.path, `h0:${there}`], ...around(scpMib) },
      { name: "ssh2", ...charly("ssh2") },
      { name: "openssh", ...charly("openssh") },
    ], hosts.relay);
    await Deno.remove(there);
    const measure = rate(it.scp, scpMib);
    tables.push({
      title: `${ms} ms round trip`,
      head: ["", "time", "MiB/s", "beside scp", "CPU", "largest process"],
      rows: [
        row(`scp${scpMib === large ? "" : ` (${scpMib} MiB)`}`, it.scp, scpMib, measure),
        row("charly, ssh2", it.ssh2, large, measure),
        row("charly, openssh", it.openssh, large, measure),
      ],
    });
    for (const name of ["ssh2", "openssh"] as const) {
      const ratio = rate(it[name], large) / measure;
      targets.push({
        target: `at least ${atLeast} × scp at ${ms} ms (${name})`,
        measured: showRatio(ratio),
        met: ratio >= atLeast,
      });
    }
    if (ms > 0) continue;
    for (const name of ["ssh2", "openssh"] as const) {
      const { small } = await rig.measure([{ name: "small", ...charly(name, quarter, 256), rounds: 1 }], hosts.relay);
      const grown = it[name].rss.max / small.rss.max;
      targets.push({
        target: `memory for ${large} MiB at most ${most} × that for 256 MiB (${name})`,
        measured: `${showRatio(grown)} (${showBytes(it[name].rss.max * 1024)})`,
        met: grown <= most,
      });
    }
    await Deno.remove(there);
  }
  return {
    tables,
    targets,
    notes: [
      "A put checks the SHA-256 of the copy on the target and syncs it to the disk before it is renamed into its place; scp does neither.",
      "A channel of SSH may have 2 MiB on its way, so one channel carries 2 MiB per round trip however wide the link is: large files go in parts of 4 MiB over up to eight channels of one connection (two when the host is near), are hashed on the target while others are still on their way, and are gone on with part by part after a cut (`tests/attack/transfer_test.ts`).",
      "At 0 ms the two cores are the limit: cipher, copies and digest of both ends share them. In ssh2 under Deno chacha20-poly1305 costs 4 ms of CPU per MiB, aes128-gcm 6 ms; on a target with openssl the digest costs 0.5 ms per MiB, with sha256sum alone 2.2 ms.",
    ],
  };
}

function rate({ wall }: Figures, size: number): number {
  return size / (wall.median / 1000);
}

function row(label: string, it: Figures, size: number, measure: number): string[] {
  return [
    label,
    showTime(it.wall),
    rate(it, size).toFixed(0),
    showRatio(rate(it, size) / measure),
    `${it.cpu.median.toFixed(1)} s`,
    showBytes(it.rss.max * 1024),
  ];
}

async function randomFile(path: string, size: number): Promise<{ path: string; sha256: string }> {
  const hash = createHash("sha256"), block = new Uint8Array(mib);
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let n = 0; n < size; n++) {
    for (let at = 0; at < mib; at += 65_536) crypto.getRandomValues(block.subarray(at, at + 65_536));
    for (let done = 0; done < mib;) done += await file.write(block.subarray(done));
    hash.update(block);
  }
  return { path, sha256: hash.digest("hex") };
}

async function checkSize(fleet: Fleet, size: number): Promise<void> {
  const found = (await Deno.stat(`${fleet.home(0)}/put`)).size;
  if (found !== size * mib) throw new Error(`${found} bytes arrived of ${size} MiB`);
}
