/** The first half second of a driver: the loader's line, a password where sudo asks for one, the library, the hello. */
import { CharlyError } from "../base/errors.ts";
import { type Frame, FrameParser } from "./frames.ts";
import { libraryMessage, loader, randomMark, type ShellOptions } from "./shell.ts";
import type { Channel, Transport } from "./transport.ts";

/** A driver that has said hello. */
export interface OpenedShell {
  readonly channel: Channel;
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly parser: FrameParser;
  readonly hello: Frame;
  /** Frames that came with the hello. */
  readonly rest: readonly Frame[];
  stderr(): string;
}

const decoder = new TextDecoder();
/** Bytes before the hello (banner, `.bashrc`) that are thrown away at most. */
const maxNoise = 1024 * 1024;

/** The command that starts the loader at the wanted privilege. */
export function startCommand(token: string, prompt: string, options: ShellOptions): string {
  switch (options.privilege.kind) {
    case "login":
      return loader(token);
    case "sudo":
      return `sudo -n -H ${loader(token)}`;
    case "sudo-password":
      return `sudo -H -S -p '${prompt}:' ${loader(token)}`;
  }
}

/** Opens a channel and brings it to the hello frame. Nothing is sent before the loader's token or our own prompt came. */
export async function openShell(transport: Transport, options: ShellOptions, mark: string): Promise<OpenedShell> {
  const token = randomMark();
  const prompt = randomMark();
  const channel = await transport.open(startCommand(token, prompt, options));
  const writer = channel.stdin.getWriter();
  const reader = channel.stdout.getReader();
  const side = watchStderr(channel, prompt);
  const deadline = timer(options.helloTimeout ?? 20_000);
  try {
    if (options.privilege.kind === "sudo-password") {
      await answerPrompt(options.privilege, side, writer, deadline);
    }
    const tail = await untilToken(reader, token, side, options, deadline);
    await writer.write(libraryMessage(mark, options));
    const parser = new FrameParser(mark);
    const frames = parser.push(tail);
    while (frames.length === 0) {
      const { value, done } = await deadline.race(reader.read());
      if (done) throw noHello(side.text(), options);
      frames.push(...parser.push(value));
    }
    const [hello, ...rest] = frames;
    if (hello === undefined || hello.type !== "H") throw noHello(side.text(), options);
    return { channel, writer, reader, parser, hello, rest, stderr: side.text };
  } catch (error) {
    channel.close();
    writer.abort().catch(() => {});
    reader.cancel().catch(() => {});
    if (error === deadline.passed) {
      throw new CharlyError("start the driver: the target did not answer in time", {
        hint: "its login shell may wait for something (`.bashrc`, `.profile`); try `ssh <host> true`",
        code: "hello-timeout",
      });
    }
    throw error;
  } finally {
    deadline.clear();
  }
}

/** Reads up to the loader's token; early output is noise. Ends with the bytes after the token's line. */
async function untilToken(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  token: string,
  side: Side,
  options: ShellOptions,
  deadline: Deadline,
): Promise<Uint8Array> {
  const wanted = new TextEncoder().encode(`H ${token}\n`);
  let seen = new Uint8Array(0);
  for (;;) {
    const { value, done } = await deadline.race(reader.read());
    if (done) throw noHello(side.text(), options);
    const next = new Uint8Array(seen.length + value.length);
    next.set(seen);
    next.set(value, seen.length);
    seen = next;
    const at = indexOf(seen, wanted);
    if (at !== -1) return seen.slice(at + wanted.length);
    if (seen.length > maxNoise) {
      throw new CharlyError("start the driver: the target's login shell prints without end", {
        hint: "make its start-up files quiet for sessions without a terminal",
        code: "no-hello",
      });
    }
  }
}

async function answerPrompt(
  privilege: { password: () => Promise<string> },
  side: Side,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  deadline: Deadline,
): Promise<void> {
  // Where no password is needed after all (a ticket is fresh), the prompt never comes; stderr then stays silent while the
  // token comes on stdout. So whichever is first decides: the caller reads stdout right after this.
  const first = await deadline.race(Promise.race([side.prompted, delay(1_500).then(() => "quiet" as const)]));
  if (first !== "prompt") return;
  side.asked = true;
  const password = await privilege.password();
  await writer.write(new TextEncoder().encode(`${password}\n`));
}

/** Error text of sudo and shells, and our own prompt in it. A second prompt means a wrong password: the channel is closed. */
interface Side {
  readonly prompted: Promise<"prompt">;
  asked: boolean;
  text(): string;
}

function watchStderr(channel: Channel, prompt: string): Side {
  let text = "";
  let prompts = 0;
  let resolve: (value: "prompt") => void = () => {};
  const side: Side = { prompted: new Promise((done) => resolve = done), asked: false, text: () => text };
  (async () => {
    for await (const chunk of channel.stderr) {
      if (text.length < 65536) text += decoder.decode(chunk);
      const seen = text.split(`${prompt}:`).length - 1;
      if (seen > prompts) {
        prompts = seen;
        if (prompts === 1) resolve("prompt");
        else {
          text = `wrong-password ${text}`;
          channel.close();
        }
      }
    }
  })().catch(() => {});
  return side;
}

function noHello(stderr: string, { privilege }: ShellOptions): CharlyError {
  const said = stderr.trim().split("\n").slice(-3).join(" · ").slice(0, 300);
  if (stderr.startsWith("wrong-password ")) {
    return new CharlyError("become root with sudo: the password was refused", {
      hint: "check the password; charly tries it once only, so no account is locked",
      code: "sudo-password-wrong",
    });
  }
  if (privilege.kind !== "login") {
    return new CharlyError(`become root with sudo: refused${said === "" ? "" : ` (${said})`}`, {
      hint:
        "allow it: `<user> ALL=(ALL) NOPASSWD: ALL` in /etc/sudoers.d/charly, or give the password with --ask-sudo-password; " +
        "where sudoers says requiretty, add `Defaults:<user> !requiretty`",
      code: "sudo-refused",
    });
  }
  return new CharlyError(`start the driver: the login shell ended${said === "" ? "" : ` (${said})`}`, {
    hint: "the target needs a login shell that runs commands, with sh and dd; try `ssh <host> sh -c true`",
    code: "no-hello",
  });
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.indexOf(wanted[0]!); at !== -1; at = bytes.indexOf(wanted[0]!, at + 1)) {
    let k = 1;
    while (k < wanted.length && bytes[at + k] === wanted[k]) k++;
    if (k === wanted.length) return at;
  }
  return -1;
}

interface Deadline {
  readonly passed: symbol;
  race<T>(promise: Promise<T>): Promise<T>;
  clear(): void;
}

function timer(ms: number): Deadline {
  const passed = Symbol("deadline");
  let id: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => id = setTimeout(() => reject(passed), ms));
  late.catch(() => {});
  return { passed, race: (promise) => Promise.race([promise, late]), clear: () => clearTimeout(id) };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const id: unknown = setTimeout(resolve, ms);
    if (typeof id === "number") Deno.unrefTimer(id);
  });
}
