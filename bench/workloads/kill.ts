/** W8: kill -9 at 200 points of apply, upgrade, rollback and undo, then the same command again, then the undo. No peer has an undo. */
import { killReference, type KillShare, killShare } from "../../tests/shared/kill_matrix.ts";
import { killPackages } from "../../tests/shared/kill_packages.ts";
import { type KillRig, killRig } from "../../tests/shared/kill_rig.ts";
import { showRatio } from "../rig/spread.ts";
import type { Workload } from "../workload.ts";

const shares: readonly KillShare[] = [
  { victim: "driver", way: "ssh2", points: 20 },
  { victim: "driver", way: "openssh", points: 20 },
  { victim: "driver and lifeline", way: "ssh2", points: 16 },
  { victim: "lifeline", way: "openssh", points: 12 },
  { victim: "relay", way: "ssh2", points: 8 },
  { victim: "relay", way: "openssh", points: 8 },
  { victim: "charly", way: "ssh2", points: 12 },
  { victim: "charly", way: "openssh", points: 12 },
  { victim: "ssh", way: "openssh", points: 20 },
  { victim: "sshd", way: "ssh2", points: 12 },
  { victim: "sshd", way: "openssh", points: 12 },
  { victim: "sudo", way: "ssh2", points: 12 },
  { victim: "sudo", way: "openssh", points: 12 },
];

export const kill: Workload = {
  id: "W8",
  title: "kill -9 at 200 points, the same command again, then the undo",
  async run(rig) {
    const rows: string[][] = [];
    let points = 0, recovered = 0, restored = 0;
    const count = (name: string, way: string, of: readonly { recovered: boolean; restored: boolean }[]) => {
      const [again, undone] = [of.filter((it) => it.recovered).length, of.filter((it) => it.restored).length];
      points += of.length, recovered += again, restored += undone;
      rows.push([name, way, `${again} of ${of.length}`, `${undone} of ${of.length}`]);
    };
    await using stack = new AsyncDisposableStack();
    const first = stack.use(await killRig());
    const reference = await killReference(first, "ssh2");
    // Most of a killed run is waiting: two targets at once, each with a server, a user and stores of its own.
    const waiting = [...shares.entries()];
    const lane = async (target: KillRig) => {
      const mine = target === first ? reference : await killReference(target, "ssh2");
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [offset, share] = next;
        rig.say(`  ${share.victim} over ${share.way}`);
        count(share.victim, share.way, await killShare(target, mine, share, () => {}, offset));
      }
    };
    const packages = async () => count("dpkg, apt", "local", await killPackages(24));
    await Promise.all([lane(first), lane(stack.use(await killRig())), packages()]);
    rows.sort(([a = "", x = ""], [b = "", y = ""]) => a.localeCompare(b) || x.localeCompare(y));
    const { apply, undo } = reference.times;
    return {
      tables: [{ title: "Who was killed", head: ["victim", "way", "recovered", "same tree after undo"], rows }],
      targets: [
        {
          target: `${points} of ${points} recovered`,
          measured: `${recovered} of ${points}`,
          met: recovered === points,
        },
        {
          target: `${points} of ${points} undone to the same tree`,
          measured: `${restored} of ${points}`,
          met: restored === points,
        },
        { target: "undo at most as long as apply", measured: showRatio(undo / apply), met: undo <= apply },
      ],
      notes: [
        `One undisturbed first apply took ${Math.round(apply)} ms, its undo ${
          Math.round(undo)
        } ms: 22 acts of every native kind, ` +
        "two stores, sudo.",
      ],
    };
  },
};
