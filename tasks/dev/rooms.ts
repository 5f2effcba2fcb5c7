/** Which room of the house a file is in. */

/** `lib/plan/order.ts` → `lib/plan`, `tasks/verbs/plan.ts` → `tasks`, `mod.ts` → `mod.ts`. */
export function roomOf(path: string): string {
  const [first, second, third] = path.split("/");
  if (first === "lib" && third !== undefined) return `lib/${second}`;
  // the demo is upkeep as well: it is not published
  if ((first === "tasks" && second === "dev" && third !== undefined) || path === "tasks/demo.ts") return "tasks/dev";
  return first!;
}

/** A path for a `file:` address: relative to `root` below it, absolute elsewhere. Other addresses stay as they are. */
export function fromFileUrl(address: string, root: string): string {
  if (!address.startsWith("file://")) return address;
  const path = decodeURIComponent(address.slice("file://".length));
  return root !== "" && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}
