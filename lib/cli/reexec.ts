/** Starting the same command again with exactly the permissions it needs. */
import type { Permissions } from "../plan/permissions.ts";

/** How often it was started again, so that a permission that cannot be granted does not start processes for ever. */
export const permittedMark = "CHARLY_PERMITTED";

let running = 0;

/** Whether another process does the work and this one only waits for it. */
export function isHandedOver(): boolean {
  return running > 0;
}

/** What is needed and not granted to this process. Asks nobody. */
export function missingPermissions(needed: Permissions): Permissions {
  const granted = (descriptor: Deno.PermissionDescriptor) => Deno.permissions.querySync(descriptor).state === "granted";
  return {
    read: needed.read.filter((path) => !granted({ name: "read", path })),
    write: needed.write.filter((path) => !granted({ name: "write", path })),
    net: needed.net.filter((host) => !granted({ name: "net", host })),
    run: needed.run.filter((command) => !granted({ name: "run", command })),
    env: needed.env.filter((name) => !granted(name === "*" ? { name: "env" } : { name: "env", variable: name })),
    sys: needed.sys.filter((kind) => !granted({ name: "sys", kind: kind as "hostname" })),
  };
}

/** Whether this process may do everything anyway (`-A`). */
export function hasEverything(): boolean {
  const kinds = ["read", "write", "net", "run", "env", "sys"] as const;
  return kinds.every((name) => Deno.permissions.querySync({ name }).state === "granted");
}

/** Whether nothing is in any list. */
export function isEmpty(permissions: Permissions): boolean {
  return Object.values(permissions).every((list) => list.length === 0);
}

/**
 * Runs this program again under other flags, with this terminal, and waits for its end.
 *
 * The program is `Deno.execPath()`, not `deno`: that need not be on PATH (`npx -y deno`), and where it is a link, the
 * permission to run the link is none to run what it points at.
 *
 * @param flags permission flags, as `renderFlags` writes them
 * @param words the command line behind `charly`
 * @param main the module to run. @default {Deno.mainModule}
 * @param round what {@link permittedMark} says to it
 * @returns its exit code; 128 + number when a signal ended it
 */
export async function reexec(
  flags: readonly string[],
  words: readonly string[],
  main: string = Deno.mainModule,
  round = 1,
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...flags, main, ...words],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    env: { [permittedMark]: String(round) },
  }).spawn();
  // Ctrl-C reaches the child by itself (one process group); this process must only outlive it. TERM and HUP are passed on.
  const forward = (["SIGTERM", "SIGHUP"] as const).map((name) => [name, () => child.kill(name)] as const);
  const ignore = () => {};
  Deno.addSignalListener("SIGINT", ignore);
  for (const [name, pass] of forward) Deno.addSignalListener(name, pass);
  running++;
  try {
    const { code } = await child.status;
    return code;
  } finally {
    running--;
    Deno.removeSignalListener("SIGINT", ignore);
    for (const [name, pass] of forward) Deno.removeSignalListener(name, pass);
  }
}
