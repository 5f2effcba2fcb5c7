/** `user()`. */
import type { BareUser, OptionsOf, UserEntry } from "../../entities/plan_entry.ts";

/** Options of {@link user}. */
export type UserOptions = OptionsOf<UserEntry>;

/**
 * Makes sure of a user account. Alone it is a step or what {@link check} looks at; with options it is a step.
 *
 * @param name account name
 * @returns `{ user: name }`
 *
 * @example
 * ```ts
 * import { check, user } from "@charly/charly";
 *
 * const step = user("deploy", { home: "/srv/deploy", groups: ["docker"] });
 * const probe = check("deploy exists", user("deploy"), { uid: 1001 });
 * if (step.user !== "deploy" || probe.check !== "deploy exists") throw new Error("unexpected");
 * ```
 */
export function user(name: string): BareUser;
/**
 * The same as a step.
 *
 * @param name account name
 * @param options the entry's other fields
 */
export function user(name: string, options: UserOptions): UserEntry;
export function user(name: string, options: UserOptions = {}): UserEntry {
  return { user: name, ...options };
}
