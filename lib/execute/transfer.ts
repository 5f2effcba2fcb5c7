/** Whole files over a driver: into a temporary file beside the place, checked there; and out of one, a MiB at a time. */
import { CharlyError } from "../base/errors.ts";
import { quoteWord as quote } from "../command/quote.ts";
import type { ByteSource, PutOptions, PutResult, ShellBlob } from "./executor.ts";
import { payloadText } from "./frames.ts";
import { notedParts, Parts, partSize } from "./parts.ts";
import { sendParts } from "./send_parts.ts";
import type { DriverShell } from "./shell.ts";

/** Bytes up to which a file goes over the one channel that is there already. */
const smallSize = 2 * partSize;

/** Sends `source` to `path`; `spare` starts a further driver of the same level. @throws {CharlyError} `put-failed`, `cut` */
export async function putBytes(
  shell: DriverShell,
  path: string,
  source: ByteSource,
  options: PutOptions,
  spare: () => Promise<DriverShell | undefined>,
): Promise<PutResult> {
  const failed = (found: string) =>
    new CharlyError(`put ${path}: ${found}`, {
      hint: "make room, or a place the user may write to; what was sent is gone on with",
      code: "put-failed",
    });
  const cut = path.lastIndexOf("/");
  if (cut < 0 || cut === path.length - 1) throw failed("that is no absolute path of a file");
  const directory = path.slice(0, cut) || "/";
  // Named after its bytes, so that only the same bytes are gone on with.
  const name = `.charly-put-${options.sha256.slice(0, 24)}`;
  const large = source.size > smallSize;
  const close = `put_close ${name} ${options.sha256} ${options.mode} ${quote(options.owner ?? "-")} ${quote(path)} ${
    large ? source.size : ""
  }\n`;
  for (const attempt of [1, 2]) {
    const asked = performance.now();
    const opened = await answer(shell, `put_open ${quote(directory)} ${name} ${quote(path)}\n`);
    const roundTrip = performance.now() - asked;
    if (opened.refused !== undefined) throw failed(opened.refused.text);
    const [length, ...notes] = opened.text.split("\n");
    const there = Number(length);
    let from: number, closed: Answer;
    if (large) {
      const noted = notedParts(notes.join("\n"), there, source.size);
      const parts = new Parts(source, noted);
      from = [...noted].reduce((sum, index) => sum + parts.sizeOf(index), 0);
      const refused = await sendParts({ shell, spare, roundTrip, parts, directory, name });
      if (refused !== undefined) throw failed(refused);
      closed = await answer(shell, close);
    } else {
      from = there <= source.size ? there : 0;
      const blob = { name, size: source.size, open: () => source.open(), ...from === 0 ? {} : { from } };
      closed = await answer(shell, close, [blob]);
    }
    if (closed.refused === undefined) return { resumed: from };
    // What an earlier transfer left may be damaged (a power cut): then all of it is sent once more.
    if (closed.refused.code !== "digest" || there === 0 || attempt === 2) throw failed(closed.refused.text);
  }
  throw failed("other bytes arrived than were sent");
}

/**
 * The bytes of `path`. `carry` lends a driver for as long as the stream is read; a stream that is given up takes its driver
 * with it.
 */
export function getBytes(
  path: string,
  carry: (read: (shell: DriverShell) => Promise<void>) => Promise<void>,
): ReadableStream<Uint8Array> {
  const pulled = new Gate();
  let cancel: (() => void) | undefined;
  const read = (controller: ReadableStreamDefaultController<Uint8Array>) => async (shell: DriverShell) => {
    const cancelled = new Promise<never>((_, reject) => cancel = () => reject(new Error("given up")));
    cancelled.catch(() => {});
    const done = answer(shell, `get_file ${quote(path)}\n`, [], async (bytes) => {
      await pulled.wait();
      controller.enqueue(bytes);
    });
    done.catch(() => {}); // after a cancel nobody asks
    const { refused } = await Promise.race([done, cancelled]);
    if (refused === undefined) return;
    throw new CharlyError(`get ${path}: ${refused.text}`, {
      hint: "name a regular file that the user may read",
      code: "get-failed",
    });
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      carry(read(controller)).then(() => controller.close(), (error) => controller.error(error)).catch(() => {});
    },
    pull: () => pulled.open(),
    cancel() {
      cancel?.();
      pulled.open();
    },
  }, { highWaterMark: 1 });
}

/** Lets one through for each time it is opened, whoever comes first. */
class Gate {
  #open = 0;
  #waiting: (() => void) | undefined;

  open(): void {
    this.#open = 1;
    this.#waiting?.();
  }

  async wait(): Promise<void> {
    if (this.#open === 0) await new Promise<void>((resolve) => this.#waiting = resolve);
    this.#open = 0;
    this.#waiting = undefined;
  }
}

interface Answer {
  /** Payload of the last verdict. */
  readonly text: string;
  readonly refused?: { readonly text: string; readonly code: string };
}

async function answer(
  shell: DriverShell,
  program: string,
  blobs: readonly ShellBlob[] = [],
  onBytes: (bytes: Uint8Array) => Promise<void> = () => Promise.resolve(),
): Promise<Answer> {
  let text = "";
  let refused: Answer["refused"];
  const end = await shell.run(program, {
    blobs,
    onFrame: (frame) => {
      if (frame.type === "V") text = payloadText(frame);
      if (frame.type === "X") refused = { text: payloadText(frame), code: frame.args[0] ?? "" };
      if (frame.type === "C") return onBytes(frame.payload);
    },
  });
  if (refused === undefined && end.reason !== "done") refused = { text: end.reason, code: end.reason };
  return { text, ...(refused === undefined ? {} : { refused }) };
}
