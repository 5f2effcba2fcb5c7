/** What every transport must do, run on each of them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Channel, Transport } from "../../lib/execute/transport.ts";

/** What the suite runs on. */
export interface TransportSubject extends AsyncDisposable {
  readonly transport: Transport;
  /** Cuts the connection under the transport, as a pulled cable or a killed server would; absent for what cannot be cut. */
  readonly cut?: () => Promise<void>;
}

/** Registers the suite for one transport; `subject` builds it anew for each test. */
export function transportSuite(name: string, subject: () => Promise<TransportSubject>): void {
  const test = (does: string, body: (transport: Transport, subject: TransportSubject) => Promise<void>) =>
    Deno.test(`${name} ${does}`, async () => {
      await using built = await subject();
      await body(built.transport, built);
    });

  test("gives back any bytes, NUL and 0xff included", async (transport) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 70_000, size: "max" }), async (bytes) => {
        const channel = await transport.open("cat");
        assert.deepEqual(await talk(channel, bytes), { stdout: bytes, stderr: new Uint8Array(), code: 0 });
      }),
      { numRuns: 12, examples: [[new Uint8Array([0, 255, 10, 13, 0, 3, 4, 28])], [new Uint8Array()]] },
    );
  });

  test("keeps stdout, stderr and the exit code apart", async (transport) => {
    const end = await talk(await transport.open("echo out; echo err >&2; exit 7"));
    assert.deepEqual([text(end.stdout), text(end.stderr), end.code], ["out\n", "err\n", 7]);
  });

  for (const code of [0, 1, 126, 127, 255]) {
    test(`reports the program's own exit code ${code}`, async (transport) => {
      assert.equal((await talk(await transport.open(`exit ${code}`))).code, code);
    });
  }

  test("tells the program when stdin ends", async (transport) => {
    const channel = await transport.open("wc -c");
    const end = await talk(channel, new Uint8Array(12_345));
    assert.equal(text(end.stdout).trim(), "12345");
  });

  test("answers while stdin is still open", async (transport) => {
    const channel = await transport.open("read -r line; echo got $line; read -r line; echo then $line");
    const writer = channel.stdin.getWriter(), reader = channel.stdout.getReader();
    await writer.write(bytes("one\n"));
    assert.equal(text((await reader.read()).value), "got one\n");
    await writer.write(bytes("two\n"));
    assert.equal(text((await reader.read()).value), "then two\n");
    assert.equal((await reader.read()).done, true);
    assert.equal((await channel.ended).code, 0);
    await writer.close().catch(() => {}); // the program may have gone first
    await drain(channel.stderr);
  });

  test("carries 32 MiB in each direction at once", async (transport) => {
    const channel = await transport.open("cat");
    const size = 32 * 1024 * 1024, block = crypto.getRandomValues(new Uint8Array(65_536));
    const sending = (async () => {
      const writer = channel.stdin.getWriter();
      for (let sent = 0; sent < size; sent += block.length) await writer.write(block);
      await writer.close();
    })();
    let at = 0;
    for await (const chunk of channel.stdout) {
      for (let index = 0; index < chunk.length; index += 4093) {
        assert.equal(chunk[index], block[(at + index) % block.length]);
      }
      at += chunk.length;
    }
    await sending;
    assert.deepEqual([at, (await channel.ended).code], [size, 0]);
    await drain(channel.stderr);
  });

  test("does not read ahead when nobody takes the output", async (transport) => {
    const channel = await transport.open("dd if=/dev/zero bs=65536 count=4096 2>/dev/null; echo done >&2");
    const reader = channel.stdout.getReader();
    await reader.read();
    const before = Deno.memoryUsage().rss;
    // the far side would be done in well under a second if somebody swallowed the 256 MiB
    const first = await Promise.race([
      channel.ended.then(() => "ended"),
      new Promise((resolve) => setTimeout(resolve, 1500, "held back")),
    ]);
    assert.equal(first, "held back");
    assert.ok(Deno.memoryUsage().rss - before < 64 * 1024 * 1024);
    channel.close();
  });

  test("makes the writer wait when the program does not read, and fails it on close()", async (transport) => {
    const channel = await transport.open("sleep 30");
    const writer = channel.stdin.getWriter();
    const block = new Uint8Array(65_536);
    let accepted = 0;
    const writing = (async () => {
      for (; accepted < 256 * 1024 * 1024; accepted += block.length) await writer.write(block);
    })();
    const failed = assert.rejects(writing);
    await new Promise((resolve) => setTimeout(resolve, 700)); // time in which 256 MiB would have gone
    assert.ok(accepted < 16 * 1024 * 1024, `${accepted} bytes were taken though nobody reads`);
    channel.close();
    await failed;
  });

  test("ends a channel at once on close()", async (transport) => {
    const channel = await transport.open("cat");
    const reading = channel.stdout.getReader().read();
    channel.close();
    assert.deepEqual([(await reading).done, (await channel.ended).code], [true, undefined]);
    assert.equal((await talk(await transport.open("echo still here"))).code, 0);
  });

  test("lets the program see the end of its stdin after close()", async (transport) => {
    const first = await transport.open("mktemp");
    const file = text((await talk(first)).stdout).trim();
    const channel = await transport.open(`echo up; cat >/dev/null; echo seen >${file}`);
    assert.equal(text((await channel.stdout.getReader().read()).value), "up\n");
    channel.close();
    const wait =
      `i=0; while [ ! -s ${file} ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done; cat ${file}; rm ${file}`;
    assert.equal(text((await talk(await transport.open(wait))).stdout), "seen\n");
  });

  test("queues 20 channels and runs at most six at once", async (transport) => {
    let running = 0, most = 0;
    const results = await Promise.all(Array.from({ length: 20 }, async (_, index) => {
      const channel = await transport.open(`sleep 0.1; echo ${index}`);
      most = Math.max(most, ++running);
      const counted = channel.ended.then(() => running--);
      const end = await talk(channel);
      await counted;
      return text(end.stdout).trim();
    }));
    assert.deepEqual(results, Array.from({ length: 20 }, (_, index) => String(index)));
    assert.ok(most >= 2 && most <= 6, `${most} ran at once`);
  });

  test("refuses to open once it is closed, and may be closed twice", async (transport) => {
    const channel = await transport.open("cat");
    await transport.close();
    await transport.close();
    assert.equal((await channel.ended).code, undefined);
    await assert.rejects(() => transport.open("true"), { code: "closed" });
  });

  test("keeps a command with every kind of quote unchanged", async (transport) => {
    const end = await talk(await transport.open(`printf %s 'a "b" $c \`d\` \\e *'"'"'f'`));
    assert.equal(text(end.stdout), 'a "b" $c `d` \\e *\'f');
  });

  Deno.test(`${name} ends everything promptly when the connection is cut`, async () => {
    await using built = await subject();
    const { transport, cut } = built;
    if (cut === undefined) {
      // what cannot be cut can still be ended by a signal
      const end = await talk(await transport.open("kill -9 $$"));
      // a container runtime tells a signal as 128 + its number, as a shell does
      assert.ok(end.code === undefined || end.code === 137, `code ${end.code}`);
      return;
    }
    const channel = await transport.open("cat");
    const writer = channel.stdin.getWriter(), reader = channel.stdout.getReader();
    await writer.write(bytes("x"));
    assert.equal(text((await reader.read()).value), "x");
    const reading = reader.read().then(({ done }) => done, () => true);
    await cut();
    assert.equal(await reading, true);
    assert.equal((await channel.ended).code, undefined);
    await assert.rejects(async () => {
      for (let index = 0; index < 64; index++) await writer.write(new Uint8Array(65_536));
    });
    await assert.rejects(() => transport.open("true"), { code: "cut" });
  });
}

/** Writes `input`, ends stdin, and gathers everything. */
export async function talk(
  channel: Channel,
  input: Uint8Array = new Uint8Array(),
): Promise<{ stdout: Uint8Array; stderr: Uint8Array; code: number | undefined }> {
  const writing = (async () => {
    const writer = channel.stdin.getWriter();
    try {
      if (input.length > 0) await writer.write(input);
      await writer.close();
    } catch {
      // a program may end without reading its input
    }
  })();
  const [stdout, stderr] = await Promise.all([drain(channel.stdout), drain(channel.stderr)]);
  await writing;
  return { stdout, stderr, code: (await channel.ended).code };
}

async function drain(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function bytes(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(value);
}

function text(value: Uint8Array | undefined): string {
  return new TextDecoder().decode(value);
}
