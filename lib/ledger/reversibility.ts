/** What a plan promises about undoing it. */
import { CharlyError } from "../base/errors.ts";
import type { Reversibility } from "../steps/act.ts";

/** How many acts of each class. */
export interface ReversibilityCount {
  readonly exact: number;
  readonly bestEffort: number;
  readonly none: number;
}

/** Counts acts, claims, or anything with a class. */
export function countReversibility(acts: readonly { readonly reversibility: Reversibility }[]): ReversibilityCount {
  const of = (wanted: Reversibility): number => acts.filter(({ reversibility }) => reversibility === wanted).length;
  return { exact: of("exact"), bestEffort: of("best-effort"), none: of("none") };
}

/** `12 exact, 3 best effort, 1 none`; classes without acts are left out. */
export function reversibilityText(count: ReversibilityCount): string {
  const parts = [
    [count.exact, "exact"],
    [count.bestEffort, "best effort"],
    [count.none, "none"],
  ] as const;
  return parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`).join(", ") || "nothing to undo";
}

/** `--require-undo`: throws `no-undo`, naming the acts nothing can take back. */
export function requireUndo(
  acts: readonly { readonly reversibility: Reversibility; readonly summary: string; readonly candy: string }[],
): void {
  const none = acts.filter(({ reversibility }) => reversibility === "none");
  if (none.length === 0) return;
  const named = none.slice(0, 3).map(({ summary, candy }) => `${summary} (${candy})`).join("; ");
  throw new CharlyError(
    `require undo: nothing takes back ${named}${none.length > 3 ? `; and ${none.length - 3} more` : ""}`,
    {
      hint: "give those steps an `undo`, or leave out --require-undo",
      code: "no-undo",
    },
  );
}

/**
 * What `exact` leaves out, as paths on a target: caches, logs and the package manager's own files change with every
 * transaction and mean nothing. Times of directories are left out too.
 */
export const outsideExact: readonly string[] = [
  "/etc/ld.so.cache",
  "/var/cache",
  "/var/log",
  "/var/lib/apt",
  "/var/lib/dpkg",
  "/var/lib/rpm",
  "/usr/lib/sysimage/rpm",
  "/var/lib/dnf",
  "/var/lib/pacman",
  "/var/lib/systemd/deb-systemd-helper-enabled",
  "/var/lib/systemd/deb-systemd-user-helper-enabled",
];
