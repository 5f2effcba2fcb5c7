/** `service()`. */
import type { BareService, OptionsOf, ServiceEntry } from "../../entities/plan_entry.ts";

/** Options of {@link service}. */
export type ServiceOptions = OptionsOf<ServiceEntry>;

/**
 * Enables and starts a packaged unit. Alone it is a step or what {@link check} looks at; with options it is a step.
 *
 * @param unit unit name; `.service` may be left out
 * @returns `{ service: unit }`
 *
 * @example
 * ```ts
 * import { check, service } from "@charly/charly";
 *
 * const step = service("nginx", { enabled: true });
 * const probe = check("nginx runs", service("nginx"), { running: true });
 * if (step.service !== "nginx" || probe.check !== "nginx runs") throw new Error("unexpected");
 * ```
 */
export function service(unit: string): BareService;
/**
 * The same as a step.
 *
 * @param unit unit name; `.service` may be left out
 * @param options the entry's other fields
 */
export function service(unit: string, options: ServiceOptions): ServiceEntry;
export function service(unit: string, options: ServiceOptions = {}): ServiceEntry {
  return { service: unit, ...options };
}
