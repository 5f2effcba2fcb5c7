/** Programs inside a venue that only another venue reaches: a container there, or a machine behind it. */
import { quoteWords } from "../../command/quote.ts";
import type { Channel, Transport } from "../transport.ts";
import { connectError } from "./failure.ts";
import { parseSshAddress } from "./ssh_address.ts";

/** How to step from the outer venue into the inner one. */
export interface NestedOptions {
  readonly via: "podman-exec" | "docker-exec" | "ssh";
  /** Container name, or `[user@]host[:port]` for `ssh`. */
  readonly name: string;
  readonly user?: string;
  /** Only the four names of the session (see {@link sessionEnv}) go inside. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further options of the outer machine's `ssh`, for `via: "ssh"`. */
  readonly sshArg?: readonly string[];
}

/** What of the outer environment makes sense inside. */
const passed = ["XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"] as const;

/** The variables that go inside; a container does not see `/run/user/<uid>` of its host, so such values stay out of it. */
export function sessionEnv(env: Readonly<Record<string, string>>, via: NestedOptions["via"]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of passed) {
    const value = env[name];
    if (value === undefined || (via !== "ssh" && /\/run\/user\/\d+/.test(value))) continue;
    kept[name] = value;
  }
  return kept;
}

/** The line for the outer venue's login shell that runs `command` inside. */
export function nestedCommand(options: NestedOptions, command: string): string {
  const env = sessionEnv(options.env ?? {}, options.via);
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  switch (options.via) {
    case "podman-exec":
    case "docker-exec":
      return quoteWords([
        options.via === "podman-exec" ? "podman" : "docker",
        "exec",
        "-i",
        ...(options.user === undefined ? [] : ["--user", options.user]),
        ...settings.flatMap((setting) => ["--env", setting]),
        options.name,
        "/bin/sh",
        "-c",
        command,
      ]);
    case "ssh": {
      const named = parseSshAddress(options.name);
      const { host, port, user } = options.user === undefined || named.user !== undefined
        ? named
        : parseSshAddress(`${options.user}@${options.name}`);
      return quoteWords([
        "ssh",
        "-T",
        // never weaker than at home: the outer machine must know the inner one's key, and nobody is there to answer
        ...["BatchMode=yes", "StrictHostKeyChecking=yes", "LogLevel=ERROR", "ServerAliveInterval=10"].flatMap((
          option,
        ) => [
          "-o",
          option,
        ]),
        ...options.sshArg ?? [],
        ...(port === undefined ? [] : ["-p", String(port)]),
        ...(user === undefined ? [] : ["-l", user]),
        "--",
        host,
        settings.length === 0 ? command : quoteWords(["env", ...settings, "/bin/sh", "-c", command]),
      ]);
    }
  }
}

/**
 * Wraps `outer`. Closing the nested transport closes `outer` too. Throws `config` for a way that is not one of the three
 * (a serial console such as `virsh console` is no byte-clean channel) and for a name that could be taken for an option.
 */
export function nestedTransport(outer: Transport, options: NestedOptions): Transport {
  const via: string = options.via;
  const venue = `nested:${via}:${options.name}/${outer.venue}`;
  if (via !== "podman-exec" && via !== "docker-exec" && via !== "ssh") {
    throw connectError(
      "config",
      venue,
      `found ${JSON.stringify(via)} as the way inside`,
      "use podman-exec, docker-exec or ssh; a console (virsh console) cannot carry bytes unchanged, use the machine's SSH server",
    );
  }
  for (const word of [options.name, options.user ?? "root"]) {
    if (!/^[A-Za-z0-9_\[]/.test(word)) {
      throw connectError(
        "config",
        venue,
        `found ${JSON.stringify(word)} as a name`,
        "start it with a letter or a digit",
      );
    }
  }
  nestedCommand(options, "true"); // an address that does not parse is known now, not at the first step
  return {
    venue,
    open: (command): Promise<Channel> => outer.open(nestedCommand(options, command)),
    ...(outer.remote === undefined ? {} : { remote: outer.remote }),
    ...(outer.spare === undefined ? {} : { spare: (command: string) => outer.spare!(nestedCommand(options, command)) }),
    close: () => outer.close(),
    [Symbol.asyncDispose]: () => outer.close(),
  };
}
