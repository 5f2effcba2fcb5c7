/**
 * Ways back as the Go tool records and replays them (`{kind, format?, targets?, scope?, extra?, uninstall_cmd?}`).
 * Recorded in the order of doing, replayed last in, first out: `[restore-enabled, service-disable]` disables, then restores.
 */
import type { Scope } from "./step.ts";
import { quoteWords } from "../command/quote.ts";
import { scopeNumbers, scopeOfPath } from "./scope.ts";

/** Every kind of reverse op. */
export const reverseKinds = [
  "package-remove",
  "cargo-uninstall",
  "npm-uninstall-g",
  "pixi-env-remove",
  "rm-file-system",
  "rm-file-user",
  "rm-dir-recursive",
  "service-disable",
  "service-remove",
  "remove-dropin",
  "restore-enabled",
  "remove-managed-block",
  "remove-envd-file",
  "remove-repo-file",
  "copr-disable",
  "plugin-script",
] as const;

export type ReverseKind = typeof reverseKinds[number];

/** One recorded way back; field names are the ledger's. */
export interface ReverseOp {
  readonly kind: ReverseKind;
  readonly format?: string;
  readonly targets?: readonly string[];
  /** 0 (system) is left out, 1 user, 2 user-profile. */
  readonly scope?: number;
  readonly extra?: Readonly<Record<string, string>>;
  /** The whole uninstall command, filled when the op is recorded. */
  readonly uninstall_cmd?: string;
}

/** A reverse op with its scope the way Go's encoder leaves zeroes out. */
export function reverseOp(kind: ReverseKind, scope: Scope, fields: Omit<ReverseOp, "kind" | "scope"> = {}): ReverseOp {
  return { kind, ...fields, ...(scope === "system" ? {} : { scope: scopeNumbers[scope] }) };
}

/** Removal of one file, as root below the system's directories. */
export function removeFile(path: string, scope: Scope = scopeOfPath(path)): ReverseOp {
  return reverseOp(scope === "system" ? "rm-file-system" : "rm-file-user", scope, { targets: [path] });
}

/** Removal of packages; the command is rendered now, so that nothing is guessed at teardown. */
export function removePackages(format: string, packages: readonly string[]): ReverseOp {
  const words = {
    deb: ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "purge", "-y"],
    rpm: ["dnf", "remove", "-y"],
    pac: ["pacman", "-Rs", "--noconfirm"],
  }[format];
  return reverseOp("package-remove", "system", {
    format,
    targets: [...packages],
    ...(words === undefined ? {} : { uninstall_cmd: `${words.join(" ")} ${quoteWords(packages)}` }),
  });
}

/** Shell text replayed with the privilege of `scope`. */
export function undoScript(script: string, scope: Scope): ReverseOp {
  return reverseOp("plugin-script", scope, { extra: { script } });
}
