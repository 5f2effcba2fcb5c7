/** Facts out of the driver's hello: `key=value` lines, then `os-release:` and that file. */
import type { HostFacts } from "./facts.ts";

/** What the hello says beside {@link HostFacts}: about the shell itself. */
export interface Hello {
  readonly facts: HostFacts;
  /** Random id of this boot. */
  readonly boot: string;
  /** Whole seconds since boot. */
  readonly uptime: number;
  readonly path: string;
  /** XDG_RUNTIME_DIR, or "". */
  readonly runtimeDir: string;
}

/**
 * Reads a hello.
 *
 * @param text payload of the `H` frame
 * @param distro turns the text of `/etc/os-release` into tags and a package format
 */
export function parseHello(
  text: string,
  distro: (osRelease: string) => { tags: readonly string[]; format: HostFacts["format"] },
): Hello {
  const cut = text.indexOf("\nos-release:\n");
  const osRelease = cut === -1 ? "" : text.slice(cut + "\nos-release:\n".length);
  const values = new Map<string, string>();
  for (const line of (cut === -1 ? text : text.slice(0, cut)).split("\n")) {
    const at = line.indexOf("=");
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1));
  }
  const value = (key: string): string => values.get(key) ?? "";
  const { tags, format } = distro(osRelease);
  return {
    facts: {
      hostname: value("host"),
      user: value("user"),
      uid: Number(value("uid")),
      gid: Number(value("gid")),
      home: value("home"),
      loginShell: value("shell"),
      machine: value("machine"),
      distro: tags,
      ...(format === undefined ? {} : { format }),
      glibc: value("glibc").replace(/^glibc /, ""),
      systemd: value("pid1") === "systemd",
      tools: value("tools").split(" ").filter((tool) => tool !== ""),
    },
    boot: value("boot"),
    uptime: Number(value("uptime")),
    path: value("path"),
    runtimeDir: value("runtime"),
  };
}
