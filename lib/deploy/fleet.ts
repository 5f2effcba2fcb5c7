/** Several hosts: independent runs in waves, with a threshold looked at before every new host. */
import { CharlyError } from "../base/errors.ts";
import type { HostOutcome } from "./contract.ts";

/** How a fleet is walked. */
export interface FleetOptions {
  /** Hosts at once. @default {20} */
  readonly parallel?: number;
  /** Hosts per wave; the next wave waits for the last. */
  readonly serial?: number;
  /** Failed hosts (`3`) or share of them (`25%`) after which no further host begins. */
  readonly maxFail?: string;
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` for every host and returns the outcomes in the order of `hosts`. Work never throws; a host that did not begin
 * because of the threshold or a cancel is `not-run`.
 */
export async function fleet(
  hosts: readonly string[],
  options: FleetOptions,
  work: (host: string) => Promise<HostOutcome>,
): Promise<HostOutcome[]> {
  const allowed = failuresAllowed(options.maxFail, hosts.length);
  const outcomes = new Map<string, HostOutcome>();
  const failed = () =>
    [...outcomes.values()].filter((it) => it.result === "failed" || it.result === "unreachable").length;
  const wave = Math.max(1, options.serial ?? hosts.length);
  for (let at = 0; at < hosts.length; at += wave) {
    const queue = hosts.slice(at, at + wave);
    const lanes = Array.from({ length: Math.min(options.parallel ?? 20, queue.length) }, async () => {
      for (let host = queue.shift(); host !== undefined; host = queue.shift()) {
        if (failed() > allowed || options.signal?.aborted === true) return;
        outcomes.set(host, await work(host));
      }
    });
    await Promise.all(lanes);
  }
  return hosts.map((host) => outcomes.get(host) ?? notRun(host));
}

/** Failures that may be had before no further host begins; without a threshold every host is tried. */
export function failuresAllowed(maxFail: string | undefined, hosts: number): number {
  if (maxFail === undefined) return Infinity;
  const share = /^(\d{1,3})%$/.exec(maxFail);
  if (share !== null) return Math.floor((Number(share[1]) / 100) * hosts);
  if (/^\d+$/.test(maxFail)) return Number(maxFail);
  throw new CharlyError(`read --max-fail: "${maxFail}"`, {
    hint: "give a number of hosts (`3`) or a share (`25%`)",
    exitCode: 2,
  });
}

function notRun(host: string): HostOutcome {
  return { host, result: "not-run", ran: 0, upToDate: 0, skipped: 0, durationMs: 0 };
}
