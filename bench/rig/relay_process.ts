/**
 * A TCP relay on loopback that makes a far host of a near one: every byte takes half the round-trip time each way, in order.
 * It also counts. A process of its own, so that its timers do not wait for the bench.
 *
 * `deno run -A relay_process.ts <port of the server> <round trip in ms>` prints its own port as the first line; then each line on
 * stdin is answered by one line: `take` gives the counts since the last `take` as JSON.
 *
 * How it counts round trips: the first bytes of the client are level 1. What the server sends after it got bytes of level n is of
 * level n; what the client sends after it got bytes of level n is of level n + 1. The highest level that came
 * back to the client is the number of exchanges that had to wait for one another, however many packets were under way; the TCP
 * handshake is one more.
 */
interface Direction {
  readonly queue: { readonly due: number; readonly bytes: Uint8Array | undefined; readonly level: number }[];
  wake: () => void;
}

interface Counts {
  connections: number;
  /** Bytes from the clients to the server. */
  sent: number;
  received: number;
  /** Summed over the connections, TCP handshakes included. */
  roundTrips: number;
}

const [target, rtt] = Deno.args.map(Number) as [number, number];
const none = (): Counts => ({ connections: 0, sent: 0, received: 0, roundTrips: 0 });
let counts = none();

async function relay(client: Deno.TcpConn): Promise<void> {
  const mine = counts;
  mine.connections++;
  mine.roundTrips++;
  client.setNoDelay(true);
  const opened = performance.now() + rtt; // the handshake of the real thing
  await until(opened + rtt / 2); // its last packet is there: the server accepts
  const server = await Deno.connect({ hostname: "127.0.0.1", port: target });
  server.setNoDelay(true);
  let atClient = 0, atServer = 0;
  const up = carry(client, server, opened, {
    level: () => atClient + 1,
    delivered: (level) => atServer = Math.max(atServer, level),
    count: (bytes) => mine.sent += bytes,
  });
  const down = carry(server, client, 0, {
    level: () => atServer,
    delivered: (level) => {
      mine.roundTrips += Math.max(0, level - atClient);
      atClient = Math.max(atClient, level);
    },
    count: (bytes) => mine.received += bytes,
  });
  await Promise.allSettled([up, down]);
  for (const end of [client, server]) {
    try {
      end.close();
    } catch {
      // closed by its other side
    }
  }
}

interface Meter {
  level(): number;
  delivered(level: number): void;
  count(bytes: number): void;
}

/** Carries one direction until its end, which arrives late like everything else. */
async function carry(from: Deno.TcpConn, to: Deno.TcpConn, notBefore: number, meter: Meter): Promise<void> {
  const direction: Direction = { queue: [], wake: () => {} };
  const put = (bytes: Uint8Array | undefined, level: number) => {
    direction.queue.push({ due: Math.max(performance.now(), notBefore) + rtt / 2, bytes, level });
    direction.wake();
  };
  const reading = (async () => {
    try {
      for (;;) {
        const buffer = new Uint8Array(256 * 1024);
        const length = await from.read(buffer);
        if (length === null) break;
        meter.count(length);
        put(buffer.subarray(0, length), meter.level());
      }
    } catch {
      // reset: the other side learns of it as of an end
    }
    put(undefined, 0);
  })();
  try {
    for (;;) {
      const next = direction.queue.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => direction.wake = resolve);
        continue;
      }
      await until(next.due);
      if (next.bytes === undefined) {
        await to.closeWrite();
        break;
      }
      meter.delivered(next.level);
      for (let at = 0; at < next.bytes.length;) at += await to.write(next.bytes.subarray(at));
    }
  } catch {
    from.close(); // nobody takes it any more
  }
  await reading;
}

/** Timers count whole milliseconds; the rest of one is waited for in turns of the event loop. */
async function until(due: number): Promise<void> {
  for (let left = due - performance.now(); left > 0; left = due - performance.now()) {
    await new Promise((resolve) => setTimeout(resolve, Math.floor(left)));
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log((listener.addr as Deno.NetAddr).port);
(async () => {
  for await (const connection of listener) relay(connection).catch(() => {}); // the server is gone: so is the bench
})();
for await (const lines of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  for (const line of lines.split("\n")) {
    if (line !== "take") continue;
    console.log(JSON.stringify(counts));
    counts = none();
  }
}
Deno.exit(0);
