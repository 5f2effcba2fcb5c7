/**
 * What "exact" leaves out: where a machine may differ from what it was after a bundle was applied and taken back. One list,
 * used by the tests that compare whole trees and shown to whoever asks what `del` promises.
 */

/** One thing that is not brought back, and why not. */
export interface Inexact {
  /** What it is, for people. */
  readonly what: string;
  /** Absolute paths; `*` stands for any part of a name, `**` for any path. Everything below one belongs to it. */
  readonly paths: readonly string[];
  /** What may differ: the times of the path alone, or whatever is there. */
  readonly differs: "times" | "anything";
}

/** Everything exactness leaves out. */
export const inexact: readonly Inexact[] = [
  // A directory's time tells of every neighbour that came and went; nothing reads it.
  { what: "times of directories", paths: ["/**"], differs: "times" },
  { what: "logs", paths: ["/var/log"], differs: "anything" },
  {
    what: "caches",
    paths: ["/var/cache", "/home/*/.cache", "/root/.cache", "/usr/share/mime", "/usr/share/info/dir"],
    differs: "anything",
  },
  { what: "package lists", paths: ["/var/lib/apt/lists", "/var/lib/pacman/sync"], differs: "anything" },
  { what: "the linker's cache", paths: ["/etc/ld.so.cache"], differs: "anything" },
  {
    what: "databases of the package manager: what they say is compared, not their bytes",
    paths: [
      "/var/lib/dpkg",
      "/var/lib/apt/extended_states",
      "/var/lib/rpm",
      "/usr/lib/sysimage",
      "/var/lib/dnf",
      "/var/lib/pacman/local",
    ],
    differs: "anything",
  },
  // useradd and userdel rewrite the whole files and leave their last text beside them: accounts are best effort.
  {
    what: "times of the account databases",
    paths: ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/subuid", "/etc/subgid"],
    differs: "times",
  },
  {
    what: "earlier texts of the account databases",
    paths: [
      "/etc/passwd-",
      "/etc/shadow-",
      "/etc/group-",
      "/etc/gshadow-",
      "/etc/subuid-",
      "/etc/subgid-",
      "/etc/.pwd.lock",
    ],
    differs: "anything",
  },
];

/** The paths at which whatever is there may differ. */
export const inexactPaths: readonly string[] = inexact.flatMap(({ paths, differs }) =>
  differs === "anything" ? paths : []
);
