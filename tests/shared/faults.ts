/** Interruptions at exact places of a run: the driver on its way to a target gets a hook around its own functions. */
import type { Transport } from "../../lib/execute/transport.ts";
import { editLibrary } from "./library_editor.ts";

/** Where and how a run is interrupted. */
export interface Fault {
  /** Which passing of a hook, from 1; 0 only counts. */
  readonly at: number;
  /**
   * `kill`: the driver's shell is killed where it stands. `pause`: it waits there until the file {@link Fault.gate} exists, and
   * `onPause` is called. `full`: from there on the disk has no room for a record of the journal. `watch`: at every place the
   * script {@link Fault.gate}`.watch` runs.
   */
  readonly how: "kill" | "pause" | "full" | "watch";
  /** Path of a file on the target: made by the test, it lets a paused driver go on; `<gate>.count` holds the passings so far. */
  readonly gate: string;
  readonly onPause?: (transport: Transport) => void;
}

/** Functions of the driver that move a run on: before and after each of their calls is a place. */
const hooked = ["j", "keep", "put_back", "commit", "sweep"] as const;

/** A transport whose drivers meet the fault. */
export function faultyTransport(inner: Transport, fault: Fault): Transport {
  const transport: Transport = {
    venue: inner.venue,
    async open(command) {
      const channel = await inner.open(command);
      const library = editLibrary((text) => withHooks(text, fault));
      void library.readable.pipeTo(channel.stdin).catch(() => {});
      const watched = channel.stdout.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            controller.enqueue(chunk);
            if (new TextDecoder().decode(chunk).includes(" W pause 0")) fault.onPause?.(transport);
          },
        }),
      );
      return { ...channel, stdin: library.writable, stdout: watched, close: () => channel.close() };
    },
    close: () => inner.close(),
    [Symbol.asyncDispose]: () => inner.close(),
  };
  return transport;
}

function withHooks(library: string, fault: Fault): string {
  const action = fault.how === "kill"
    ? "kill -KILL $$"
    : fault.how === "full"
    ? "exec 6>/dev/full"
    : fault.how === "watch"
    ? `sh '${fault.gate}.watch' </dev/null >/dev/null 2>&1 3<&- 5>&- 6>&- 7>&-`
    : `printf '\\n%s W pause 0 \\n' "$M" >&5; while [ ! -e '${fault.gate}' ]; do sleep 0.05 3<&- 5>&- 6>&- 7>&-; done`;
  const point = `at_point() {
  PT=$((\${PT:-0} + 1))
  echo $PT >'${fault.gate}.count'
  ${fault.how === "watch" ? ":" : `[ "$PT" = ${fault.at} ] || return 0`}
  ${action}
}
`;
  const wrappers = hooked.map((name) => `${name}() { at_point; real_${name} "$@"; _pr=$?; at_point; return $_pr; }\n`)
    .join("");
  let text = library;
  for (const name of hooked) {
    if (!text.includes(`\n${name}() {`)) throw new Error(`the driver has no function ${name} any more`);
    text = text.replace(`\n${name}() {`, `\nreal_${name}() {`);
  }
  // Before the driver's main loop begins.
  const start = text.indexOf("\nhello\nstore_at");
  if (start < 0) throw new Error("the driver's main loop is not found");
  return `${text.slice(0, start)}\n${point}${wrappers}${text.slice(start)}`;
}
