/** What must be known of a machine before a plan can be compiled for it. Values, never questions: planning stays pure. */

/** Facts of one target, as its hello frame and `/etc/os-release` tell them. */
export interface HostFacts {
  readonly hostname: string;
  /** Login user. */
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** Shell of the login user from the passwd database, for example `/bin/bash`. */
  readonly loginShell: string;
  /** `uname -m`. */
  readonly machine: string;
  /** Tags, most specific first: `["debian:12", "debian"]`. */
  readonly distro: readonly string[];
  readonly format?: "deb" | "rpm" | "pac";
  /** glibc version, or "" (musl, unknown). */
  readonly glibc: string;
  /** systemd is PID 1. */
  readonly systemd: boolean;
  /** Programs found on the login PATH (a fixed set; see lib/execute). */
  readonly tools: readonly string[];
}
