/** Whose part of the machine a path or a user belongs to. */
import type { Level } from "./act.ts";
import type { Scope } from "./step.ts";

const systemPrefixes = ["/etc", "/usr", "/var", "/opt", "/root", "/boot", "/srv", "/run", "/lib", "/sbin", "/bin"];

/** Scope of a destination: the system's directories are root's, everything else the login user's. */
export function scopeOfPath(path: string): Scope {
  return systemPrefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)) ? "system" : "user";
}

/** Scope of a `run_as`: root in any spelling is the system, everybody else "the deploying user". */
export function scopeOfUser(user: string): Scope {
  return /^(|root|0|root:root|0:0)$/.test(user) ? "system" : "user";
}

/** The shell that works at a scope. */
export function levelOf(scope: Scope): Level {
  return scope === "system" ? "root" : "user";
}

/** Scopes as integers, as the Go tool writes them. */
export const scopeNumbers: Readonly<Record<Scope, number>> = { system: 0, user: 1, "user-profile": 2 };
