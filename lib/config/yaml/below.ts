/** Paths that a file names: resolved below the project, and refused outside of it. */
import { dirname, join, normalize, relative, resolve } from "node:path";

/**
 * A path of a file of the project.
 *
 * @param root absolute directory of the project
 * @param from the file that names it, relative to the project
 * @param path as it is written there
 * @returns relative to the project, or nothing when it leads out
 */
export function below(root: string, from: string, path: string): string | undefined {
  if (path.includes("\0")) return undefined;
  const whole = path.startsWith("/") ? normalize(path) : resolve(root, dirname(from), path);
  const inside = relative(root, whole);
  return inside === ".." || inside.startsWith(`..${"/"}`) || inside.startsWith("/") ? undefined : inside || ".";
}

/** Whether a file that is there still is below the project once links are followed. */
export function staysBelow(root: string, path: string): boolean {
  const real = Deno.realPathSync(join(root, path));
  const base = Deno.realPathSync(root);
  return real === base || real.startsWith(`${base}/`);
}
