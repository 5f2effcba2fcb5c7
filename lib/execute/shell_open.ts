/** The first half second of a driver: the loader's line, a password where sudo asks for one, the library, the hello. */
import { CharlyError } from "../base/errors.ts";
import { type Frame, FrameParser, payloadText } from "./frames.ts";
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
  /** Texts go packed in both directions. */
  readonly packs: boolean;
  stderr(): string;
}

const decoder = new TextDecoder();
/** Bytes before the hello (banner, `.bashrc`) that are thrown away at most. */
const maxNoise = 1024 * 1024;

/**
 * The command that starts the loader at the wanted privilege. sudo speaks English, whatever the user's language: its refusal is
 * shown, and the one about terminals is told from the others.
 */
export function startCommand(token: string, prompt: string, options: ShellOptions): string {
  switch (options.privilege.kind) {
    case "login":
      return loader(token);
    case "sudo":
      return `env LC_ALL=C sudo -n -H ${loader(token)}`;
    case "sudo-password":
      return `env LC_ALL=C sudo -H -S -p '${prompt}:' ${loader(token)}`;
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
    if (options.privilege.kind === "sudo-password") answerPrompt(options.privilege, side, writer);
    const { tail, unpacks } = await untilToken(reader, token, side, options, deadline);
    const packs = unpacks && transport.remote === true;
    await writer.write(await libraryMessage(mark, options, packs));
    const parser = new FrameParser(mark);
    const frames = parser.push(tail);
    while (frames.length === 0) {
      const { value, done } = await deadline.race(reader.read());
      if (done) throw await noHello(side, options, deadline);
      frames.push(...parser.push(value));
    }
    const [hello, ...rest] = frames;
    if (hello?.type === "X" && hello.args[0] === "missing") {
      throw new CharlyError(`start the driver: the target has no ${payloadText(hello)}`, {
        hint:
          "install what brings them (coreutils, util-linux, gawk or BusyBox); a /proc that is missing has to be mounted",
        code: "tools-missing",
      });
    }
    if (hello?.type === "X" && hello.args[0] === "environment") {
      throw new CharlyError(`start the driver: ${payloadText(hello)}`, {
        hint: "mend the account (`getent passwd`) or its start-up files",
        code: "bad-environment",
      });
    }
    if (hello === undefined || hello.type !== "H") throw await noHello(side, options, deadline);
    return { channel, writer, reader, parser, hello, rest, packs, stderr: side.text };
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

/** Reads up to the loader's token; early output is noise. Gives the bytes after the token's line, and whether it has gzip. */
async function untilToken(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  token: string,
  side: Side,
  options: ShellOptions,
  deadline: Deadline,
): Promise<{ tail: Uint8Array; unpacks: boolean }> {
  let held = new Uint8Array(0);
  for (let noise = 0;;) {
    const { value, done } = await deadline.race(reader.read());
    if (done) throw await noHello(side, options, deadline);
    const seen = new Uint8Array(held.length + value.length);
    seen.set(held);
    seen.set(value, held.length);
    // The whole line, for a shell that shows the commands it runs prints the token as well, with other words behind it.
    for (const [end, unpacks] of [["\n", false], ["z\n", true]] as const) {
      const line = new TextEncoder().encode(`H ${token}${end}`);
      const at = indexOf(seen, line);
      if (at !== -1) return { tail: seen.slice(at + line.length), unpacks };
    }
    // Only what may be the beginning of that line is looked at again.
    held = seen.slice(-(token.length + 3));
    noise += value.length;
    if (noise > maxNoise) {
      throw new CharlyError("start the driver: the target's login shell prints without end", {
        hint: "make its start-up files quiet for sessions without a terminal",
        code: "no-hello",
      });
    }
  }
}

/**
 * Sends the password when our own prompt has come, however late (a slow directory service), and never where it does not come (a
 * fresh ticket): there it would be read as a message.
 */
function answerPrompt(
  privilege: { password: () => Promise<string> },
  side: Side,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): void {
  side.prompted.then(privilege.password)
    .then((password) => writer.write(new TextEncoder().encode(`${password}\n`)))
    .catch(() => {}); // sudo has gone meanwhile: the end of its output says so
}

/** Error text of sudo and shells, and our own prompt in it. A second prompt means a wrong password: the channel is closed. */
interface Side {
  readonly prompted: Promise<void>;
  /** Settles when the stream has ended. */
  readonly ended: Promise<void>;
  /** How often our own prompt has come. */
  prompts(): number;
  /** The end of what was said. */
  text(): string;
}

/** Characters of error text that are kept: the last ones, for what sudo says comes behind what start-up files print. */
const keptText = 65_536;

function watchStderr(channel: Channel, prompt: string): Side {
  const wanted = `${prompt}:`;
  let text = "";
  let prompts = 0;
  const prompted = Promise.withResolvers<void>();
  const ended = (async () => {
    for await (const chunk of channel.stderr) {
      text += decoder.decode(chunk);
      for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted)) {
        text = text.slice(0, at) + text.slice(at + wanted.length);
        if (++prompts === 1) prompted.resolve();
        else channel.close();
      }
      text = text.slice(-keptText);
    }
  })().catch(() => {});
  return { prompted: prompted.promise, ended, prompts: () => prompts, text: () => text };
}

/** Why there was no hello. The two streams end one after the other: what was said counts, so the second is waited for. */
async function noHello(side: Side, { privilege }: ShellOptions, deadline: Deadline): Promise<CharlyError> {
  await deadline.race(side.ended).catch(() => {});
  const stderr = side.text();
  const said = stderr.trim().split("\n").slice(-3).join(" · ").slice(0, 300);
  if (side.prompts() > 1) {
    return new CharlyError("become root with sudo: the password was refused", {
      hint: "check the password; charly tries it once only, so no account is locked",
      code: "sudo-password-wrong",
    });
  }
  // Only sudo's own last word, for it chooses the advice: what start-up files printed before it is not asked.
  if (privilege.kind !== "login" && /^sudo: .*must have a (tty|terminal).*$/.test(lastLine(stderr))) {
    return new CharlyError("become root with sudo: sudoers says requiretty, and charly has no terminal there", {
      hint: "add the line `Defaults:<user> !requiretty` with `visudo -f /etc/sudoers.d/charly`",
      code: "sudo-tty",
    });
  }
  if (privilege.kind !== "login") {
    return new CharlyError(`become root with sudo: refused${said === "" ? "" : ` (${said})`}`, {
      hint:
        "allow it: `<user> ALL=(ALL) NOPASSWD: ALL` in /etc/sudoers.d/charly, or give the password: charly asks for it " +
        "at a terminal and reads CHARLY_SUDO_PASSWORD",
      code: "sudo-refused",
    });
  }
  return new CharlyError(`start the driver: the login shell ended${said === "" ? "" : ` (${said})`}`, {
    hint: "the target needs a login shell that runs commands, with sh and dd; try `ssh <host> sh -c true`",
    code: "no-hello",
  });
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
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
