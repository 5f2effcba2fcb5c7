/**
 * Places of a run where somebody dies: functions of the driver that move a run on, before and after each of their calls, counted
 * over both of its shells. What happens there is a line of sh in the driver itself.
 */
import { chmod } from "node:fs/promises";
import type { Transport } from "../../lib/execute/transport.ts";
import { editLibrary } from "./library_editor.ts";

/** Who is killed at a place. `nobody` only counts. */
export type Victim =
  | "nobody"
  /** The driver's shell that is at the place. */
  | "driver"
  /** The warden of that shell alone: the run goes on. */
  | "lifeline"
  /** Both at once. */
  | "driver and lifeline"
  /** What frames the output of a step, right when it begins. */
  | "relay"
  /** The whole operator's side. */
  | "charly"
  /** The `ssh` programs charly has started. */
  | "ssh"
  /** The processes that serve the connection over there. */
  | "sshd"
  /** Every `sudo` between the connection and root's shell. */
  | "sudo";

/** Where and who. */
export interface KillPoint {
  /** Which place, from 1; 0 is none. */
  readonly at: number;
  readonly victim: Victim;
  /** Directory on the target, from {@link killPlace}. */
  readonly gate: string;
  /** A store for root that is not the machine's own. */
  readonly systemStore?: string;
}

const hooked = ["j", "keep", "put_back", "parents_mk", "over", "commit", "sweep", "store_remove"] as const;
const inDriver: Readonly<Partial<Record<Victim, string>>> = {
  nobody: ":",
  driver: "kill -KILL $$",
  lifeline: '[ -z "$WPID" ] || kill -KILL $WPID',
  "driver and lifeline": "kill -KILL $WPID $$",
};

/** Makes the directory of a point; drivers of every user write into it. */
export async function killPlace(gate: string): Promise<void> {
  await Deno.mkdir(gate);
  await chmod(gate, 0o777);
  await Deno.writeTextFile(`${gate}/count`, "0\n");
  await chmod(`${gate}/count`, 0o666);
}

/** How many places the last run passed. */
export async function placesOf(gate: string): Promise<number> {
  return Number(await Deno.readTextFile(`${gate}/count`));
}

/** Which function of which shell the point was at; nothing when the run never came there. */
export async function whereOf(gate: string): Promise<string | undefined> {
  return (await Deno.readTextFile(`${gate}/where`).catch(() => "")).trim() || undefined;
}

/** @param kill ends a victim outside of the driver, which stands still meanwhile */
export function withKillPoint(inner: Transport, point: KillPoint, kill: () => Promise<void>): Transport {
  return {
    venue: inner.venue,
    async open(command) {
      const channel = await inner.open(command);
      const library = editLibrary((text) => withHooks(text, point));
      void library.readable.pipeTo(channel.stdin).catch(() => {});
      let tail = "";
      const watched = channel.stdout.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            controller.enqueue(chunk);
            const text = tail + new TextDecoder("latin1").decode(chunk);
            // A frame may come in two pieces.
            tail = text.includes(paused) ? "" : text.slice(-paused.length);
            if (text.includes(paused)) void kill().finally(() => Deno.writeTextFile(`${point.gate}/go`, ""));
          },
        }),
      );
      return { ...channel, stdin: library.writable, stdout: watched, close: () => channel.close() };
    },
    close: () => inner.close(),
    [Symbol.asyncDispose]: () => inner.close(),
  };
}

const paused = " W paused 0";

function withHooks(library: string, { at, victim, gate, systemStore }: KillPoint): string {
  const pause = `printf '\\n%s${paused} \\n' "$M" >&5
  while [ ! -e '${gate}/go' ]; do sleep 0.05 3<&- 5>&- 6>&- 7>&-; done`;
  const relay = `[ ! -e '${gate}/relay' ] || { rm -f '${gate}/relay'; sh -c 'kill -KILL $PPID'; }`;
  const point = `at_point() {
  read -r PT <'${gate}/count'
  PT=$((PT + 1))
  echo $PT >'${gate}/count'
  [ "$PT" = ${at} ] || return 0
  echo "$LV: $1" >'${gate}/where'
  ${victim === "relay" ? `: >'${gate}/relay'; chmod 666 '${gate}/relay'` : inDriver[victim] ?? pause}
}
`;
  const wrappers = hooked.map((name) =>
    `${name}() { at_point "before ${name} $*"; real_${name} "$@"; _pr=$?; at_point "after ${name} $*"; return $_pr; }\n`
  ).join("");
  let text = library;
  for (const name of hooked) {
    if (!text.includes(`\n${name}() {`)) throw new Error(`the driver has no function ${name} any more`);
    text = text.replace(`\n${name}() {`, `\nreal_${name}() {`);
  }
  if (victim === "relay") text = text.replace("\nrelay() {", `\nrelay() {\n  ${relay}`);
  // Before the driver's main loop begins.
  const start = text.indexOf("\nhello\nstore_at");
  if (start < 0) throw new Error("the driver's main loop is not found");
  const store = systemStore === undefined ? "" : `SYSTEM_STORE='${systemStore}'\n`;
  return `${text.slice(0, start)}\n${store}${point}${wrappers}${text.slice(start)}`;
}
