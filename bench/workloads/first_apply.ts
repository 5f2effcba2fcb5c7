/** W2: 100 small files that are not there yet. The measure is one script written by hand and fed through ssh. */
import { ansiblePlay, charlyConfig, content, count, payload, script, sources } from "../shared/hundred_files.ts";
import { ansibleTime, fromFew } from "../shared/ansible_time.ts";
import { type Fleet, type Rig, showRatio } from "../rig/mod.ts";
import { emptyHome, figuresHead, figuresRow } from "../shared/figures.ts";
import type { Workload, WorkloadResult } from "../workload.ts";

const ms = 20;

export const firstApply: Workload = {
  id: "W2",
  title: `first apply of ${count} small files (${Math.round(payload / 1024)} KiB), one host, ${ms} ms`,
  run,
};

async function run(rig: Rig): Promise<WorkloadResult> {
  const fleet = await rig.fleet();
  const hosts = await fleet.behind(ms);
  const dir = await rig.dir({ ...sources, "by-hand.sh": script });
  const charly = await rig.charly(charlyConfig, hosts.env);
  const around = {
    before: async () => {
      await emptyHome(fleet, 0);
      await charly.forget();
    },
    check: () => checkFiles(fleet),
  };
  const words = ["apply", "web", "--yes"];
  const play = ansiblePlay(dir.join("src"));
  const put = await rig.fabric(
    dir,
    hosts,
    `connection = connections[0]\nconnection.run("mkdir -p f")\nfor n in range(${count}):\n    connection.put(f"${
      dir.join("src")
    }/{n}", f"f/{n}")\n`,
  );
  const peer = await rig.ansible(dir, hosts, { mode: "mitogen", play });
  const mitogen = {
    ...peer,
    before: async () => {
      await peer.before?.();
      await around.before();
    },
    check: around.check,
  };
  const it = await rig.measure([
    { name: "script", command: ["ssh", "h0", "sh"], env: hosts.env, stdin: dir.join("by-hand.sh"), ...around },
    { ...await charly.contestant("charly", words), ...around, name: "charly" },
    { ...await charly.contestant("all", words, "all"), ...around, name: "all" },
    { ...await charly.contestant("bundle", words, "bundle"), ...around, name: "bundle" },
    { ...put, ...around, name: "fabric", rounds: 1 },
    { ...mitogen, name: "mitogen", rounds: 1 },
  ], hosts.relay);
  const pipelining = await ansibleTime(rig, dir, hosts, around.before);
  const bytes = (it.charly.sent.median + it.charly.received.median) / payload;
  return {
    tables: [{
      title: `${count} files, ${ms} ms round trip`,
      head: figuresHead,
      rows: [
        figuresRow("one hand-written script through `ssh h0 sh`", it.script),
        figuresRow("charly (asks for permissions)", it.charly),
        figuresRow("charly (installed: `-A`)", it.all),
        figuresRow("charly (one-file bundle, `-A`)", it.bundle),
        figuresRow("mitogen", it.mitogen),
        figuresRow("Fabric `put`", it.fabric),
        figuresRow(`Ansible, pipelining${fromFew}`, pipelining),
      ],
    }],
    targets: [
      ...([["installed", it.all], ["asks for permissions", it.charly]] as const).map(([start, { wall }]) => {
        const ratio = wall.median / it.script.wall.median;
        return {
          target: `at most 1.5 × the hand-written script (${start})`,
          measured: showRatio(ratio),
          met: ratio <= 1.5,
        };
      }),
      { target: "bytes at most 3 × payload", measured: showRatio(bytes), met: bytes <= 3 },
    ],
    notes: [
      "What bounds the time: the script ends when its last file is written; charly first asks how everything is (see W1), keeps what was there, writes a journal before and after each act and the record of the deploy, and syncs both. Tried and kept: small contents stand in the text of the program, which is packed; neighbours in one directory are written into a directory of their own there and moved by one `mv`.",
    ],
  };
}

/** The same files for everybody. */
async function checkFiles(fleet: Fleet): Promise<void> {
  for (let n = 0; n < count; n++) {
    const path = `${fleet.home(0)}/f/${n}`;
    if (await Deno.readTextFile(path) !== content(n)) throw new Error(`${path} has other content`);
  }
}
