/** How a guarded run stands on its target, as the driver tells it. */
import type { StoreState } from "./record.ts";

/** One guarded run. */
export interface GuardState {
  /** `applying` steps, `waiting` for a confirmation, `asked` to put everything back. */
  readonly phase: "applying" | "waiting" | "asked";
  /** The watcher is there. */
  readonly alive: boolean;
  /** What it waits for a confirmation. */
  readonly seconds: number;
  /** Seconds until it acts; only while it waits. */
  readonly left?: number;
  readonly deploy: string;
  /** Who decided, and what for: `confirm:<who>`, `rollback:<why>`. */
  readonly decision?: { readonly by: "confirm" | "rollback"; readonly why: string };
  /** How putting back came out. */
  readonly outcome?: "rolled-back" | "incomplete";
}

/** Reads `key=value` lines; nothing where there is no guard, or only one level's share of it. */
export function parseGuard(text: string): GuardState | undefined {
  const values = new Map(
    text.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
  const phase = values.get("phase");
  if (phase !== "applying" && phase !== "waiting" && phase !== "asked") return undefined;
  const seconds = Number(values.get("seconds")) || 0;
  const [, by, why = ""] = /^(confirm|rollback):(.*)$/s.exec(values.get("decision") ?? "") ?? [];
  const outcome = values.get("outcome");
  return {
    phase,
    alive: values.get("alive") === "1",
    seconds,
    ...(phase === "waiting"
      ? { left: Math.max(0, Number(values.get("at")) + seconds - Number(values.get("uptime"))) }
      : {}),
    deploy: values.get("deploy") ?? "",
    ...(by === undefined ? {} : { decision: { by: by as "confirm" | "rollback", why } }),
    ...(outcome === "rolled-back" || outcome === "incomplete" ? { outcome } : {}),
  };
}

/** Nobody has decided yet, or what was decided did not come to its end: nothing else may run. */
export function isUnsettled({ decision, outcome }: GuardState): boolean {
  return decision === undefined || (decision.by === "rollback" && outcome === undefined);
}

/** A guarded run of some store. */
export interface GuardedRun {
  readonly run: string;
  /** Name of the bundle, else the deploy's id. */
  readonly bundle: string;
  readonly guard: GuardState;
}

/** The guarded runs among the open ones, newest first. */
export function guardedRuns(stores: readonly (StoreState | undefined)[]): GuardedRun[] {
  const found = stores.flatMap((store) =>
    (store?.open ?? []).flatMap(({ run, intent, guard }) =>
      guard === undefined ? [] : [{ run, bundle: intent?.deploy.bundle ?? guard.deploy, guard }]
    )
  );
  return found.toSorted((a, b) => a.run < b.run ? 1 : -1);
}

/** How long, in words: `45 s`, `2 min`. */
export function secondsText(seconds: number): string {
  return seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
