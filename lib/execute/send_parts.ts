/** The parts of a large file over as many channels as the way to the target is long: SSH lets a channel have 2 MiB on its way. */
import type { Part, Parts } from "./parts.ts";
import { blockSize, partSize } from "./parts.ts";
import { quoteWord as quote } from "../command/quote.ts";
import { payloadText } from "./frames.ts";
import { cut, type DriverShell } from "./shell.ts";

/** What is sent, and by whom. */
export interface PartsTransfer {
  /** Hashes what has landed while others still send; sends as well. */
  readonly shell: DriverShell;
  /** One driver more; undefined where there is none to have. */
  readonly spare: () => Promise<DriverShell | undefined>;
  /** Milliseconds to the target and back. */
  readonly roundTrip: number;
  readonly parts: Parts;
  readonly directory: string;
  readonly name: string;
}

const encoder = new TextEncoder();
const endOfPart = encoder.encode(".\n");
const endOfParts = encoder.encode("e\n");
/** Channels at most; two keep network and disk busy at the same time. */
const mostChannels = 8;

/** Sends the parts that are not there. Resolves with why the target would not take them. @throws {CharlyError} `cut`, `blob-size` */
export async function sendParts(transfer: PartsTransfer): Promise<string | undefined> {
  const { shell, parts, directory, name } = transfer;
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {});
  const helpers = new Map<DriverShell, Promise<void>>();
  let refused: string | undefined;
  const carry = async (carrier: DriverShell, feed: AsyncIterable<Uint8Array>, hashes: "sha" | "") => {
    const { reason } = await carrier.run(`put_parts ${quote(directory)} ${name} ${hashes}\n`, {
      feed,
      onFrame: (frame) => {
        if (frame.type === "V") parts.landed(Number(frame.step) * blockSize / partSize);
        if (frame.type !== "X") return;
        refused ??= payloadText(frame);
        stopped.reject(refused);
      },
    });
    // Without a word of refusal it was ended from outside, and what is there is gone on with.
    if (reason !== "done") stopped.reject(refused ?? cut(new Error(reason)));
  };
  let over = false;
  const help = async () => {
    const helper = await transfer.spare().catch(() => undefined);
    if (helper === undefined) return;
    if (over) return helper.abandon();
    const work = carry(helper, partsFeed(parts), "").then(() => helper.close());
    work.catch(stopped.reject);
    helpers.set(helper, work);
  };
  try {
    const wanted = Math.min(mostChannels, 2 + Math.round(transfer.roundTrip / 5), Math.max(1, parts.missing));
    for (let n = 1; n < wanted; n++) void help();
    // It ends when it has hashed the last part, whoever sent it: a helper that is not up by then is not waited for.
    await Promise.race([carry(shell, hashingFeed(parts), "sha"), stopped.promise]);
    over = true;
    await Promise.all(helpers.values());
    return undefined;
  } catch (error) {
    over = true;
    for (const helper of helpers.keys()) helper.abandon();
    if (refused === undefined) throw error;
    return refused;
  }
}

async function* partsFeed(parts: Parts): AsyncGenerator<Uint8Array> {
  await using taker = await parts.taker();
  for (let part = await taker.next(); part !== undefined; part = await taker.next()) yield* written(part, parts);
  yield endOfParts;
}

/** As {@link partsFeed}, and what is whole from the beginning on is hashed between two parts. */
async function* hashingFeed(parts: Parts): AsyncGenerator<Uint8Array> {
  await using taker = await parts.taker();
  let hashed = 0;
  const hash = function* () {
    if (parts.inOrder === hashed) return;
    let bytes = 0;
    const from = hashed;
    for (; hashed < parts.inOrder; hashed++) bytes += parts.sizeOf(hashed);
    yield encoder.encode(`h ${blockOf(from)} ${bytes}\n`);
  };
  for (let part = await taker.next(); part !== undefined; part = await taker.next()) {
    yield* written(part, parts);
    yield* hash();
  }
  while (hashed < parts.count) {
    if (parts.inOrder === hashed) await parts.change;
    yield* hash();
  }
  yield endOfParts;
}

async function* written(part: Part, parts: Parts): AsyncGenerator<Uint8Array> {
  yield encoder.encode(`w ${blockOf(part.index)} ${parts.sizeOf(part.index)}\n`);
  yield* part.bytes();
  yield endOfPart;
}

function blockOf(index: number): number {
  return index * partSize / blockSize;
}
