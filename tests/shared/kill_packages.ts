/** dpkg and apt, killed inside of the scripts of packages: while they unpack, configure, remove and purge. */
import type { Outcome } from "../../lib/deploy/contract.ts";
import { withDeadline } from "./deadline.ts";
import { type DebPackage, debRepo } from "./deb_repo.ts";
import { killPlace, placesOf, whereOf } from "./kill_points.ts";
import { localRig, type Written } from "./local_rig.ts";
import { diffPackages, snapshotPackages } from "./packages_snapshot.ts";
import { run } from "./run.ts";
import { systemLock } from "./system_lock.ts";
import { tempDir } from "./tmp.ts";
import { diffTrees } from "./tree.ts";

/** What became of a point. */
export interface KilledPackagesPoint {
  readonly victim: "dpkg" | "apt";
  readonly verb: "apply" | "upgrade" | "del";
  readonly at: number;
  readonly of: number;
  /** Script and package; nothing when the run did not come there. */
  readonly where: string | undefined;
  readonly recovered: boolean;
  readonly restored: boolean;
  readonly problem?: string;
}

const scripts = ["preinst", "postinst", "prerm", "postrm"] as const;
const verbs = ["apply", "upgrade", "del"] as const;

/** Kills `points` times, spread over verbs, scripts and both victims. Needs root on Debian; holds the lock of the system. */
export async function killPackages(points: number): Promise<KilledPackagesPoint[]> {
  await using _lock = await systemLock();
  await using dir = await tempDir();
  await Deno.chmod(dir.path, 0o755);
  let runs = 0, gate = dir.join("gate0");
  await killPlace(gate);
  // Scripts find the gate of the run by a link.
  const point = async (at: number, victim: string) => {
    await killPlace(gate = dir.join(`gate${++runs}`));
    await Deno.writeTextFile(`${gate}/at`, `${at} ${victim}\n`);
    await run(["ln", "-sfn", gate, dir.join("gate")]);
  };
  await point(0, "dpkg");
  const script = (name: string, of: string) =>
    `g=${dir.path}/gate
[ -e "$g/at" ] || exit 0
read -r n <"$g/count"
n=$((n + 1))
echo $n >"$g/count"
read -r at victim <"$g/at"
[ "$n" = "$at" ] || exit 0
echo '${name} ${of}' "$1" >"$g/where"
apt=$(cut -d' ' -f4 /proc/$PPID/stat)
case $victim in dpkg) kill -KILL $PPID ;; apt) kill -KILL $apt ;; esac
sleep 0.3
`;
  const deb = (name: string, depends?: string): DebPackage => ({
    name,
    version: "1.0",
    files: { [`/usr/share/${name}/data`]: `${name}\n` },
    ...(depends === undefined ? {} : { depends }),
    ...Object.fromEntries(scripts.map((it) => [it, script(it, name)])),
  });
  await using _repo = await debRepo([deb("charlyk-dep"), deb("charlyk-app", "charlyk-dep"), deb("charlyk-more")]);
  await using rig = await localRig({ conf: "mine\n" });
  const candies = (...names: string[]): Written => ({
    candies: { app: { plan: [{ write: "~/conf", content: `${names}\n` }], distro: { deb: { package: names } } } },
  });
  const act = (verb: (typeof verbs)[number]): Promise<Outcome> =>
    withDeadline(
      verb,
      300,
      () =>
        verb === "del"
          ? rig.del("web", {})
          : rig.add(verb === "apply" ? candies("charlyk-app") : candies("charlyk-app", "charlyk-more")),
    );
  const look = async () => ({ packages: await snapshotPackages(), tree: await rig.tree() });
  const before = await look();
  const counts = {} as Record<(typeof verbs)[number], number>, sights = {} as Record<string, typeof before>;
  for (const verb of verbs) {
    await point(0, "dpkg");
    const outcome = await act(verb);
    if (!outcome.ok) throw new Error(`an undisturbed ${verb}: ${JSON.stringify(outcome.hosts[0]?.error)}`);
    counts[verb] = await placesOf(gate);
    sights[verb] = await look();
  }
  const all: KilledPackagesPoint[] = [];
  for (let round = 0; all.length < points; round++) {
    const mine: KilledPackagesPoint[] = [];
    for (const verb of verbs) {
      if (all.length + mine.length >= points) {
        await point(0, "dpkg");
        await act(verb);
        continue;
      }
      const victim = round % 3 === 2 ? "apt" : "dpkg", at = 1 + (round % counts[verb]);
      await point(at, victim);
      await act(verb);
      const where = await whereOf(gate);
      await point(0, "dpkg");
      const again = await act(verb);
      const seen = await look(), audit = (await run(["dpkg", "--audit"])).trim();
      const problem = again.hosts[0]?.error?.message ??
        [...diffPackages(sights[verb]!.packages, seen.packages), ...audit === "" ? [] : [audit]][0];
      mine.push({
        ...{ victim, verb, at, of: counts[verb], where, restored: false, recovered: problem === undefined },
        ...(problem === undefined ? {} : { problem }),
      });
    }
    const after = await look();
    const left = [...diffPackages(before.packages, after.packages), ...diffTrees(before.tree, after.tree)];
    all.push(...mine.map((it) => ({
      ...it,
      restored: left.length === 0,
      ...(left.length === 0 || it.problem !== undefined ? {} : { problem: left.join("; ") }),
    })));
    if (left.length > 0) await rig.del("web", { force: true });
  }
  return all;
}
