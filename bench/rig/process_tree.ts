/** Who descends from whom. */

/** A process and everything below it, as /proc shows it now. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = Number(Deno.readTextFileSync(`/proc/${name}/stat`).split(") ").at(-1)!.split(" ")[1]);
      children.set(parent, [...children.get(parent) ?? [], Number(name)]);
    } catch {
      // it ended while we looked
    }
  }
  const tree = [root];
  for (const pid of tree) tree.push(...children.get(pid) ?? []);
  return tree;
}
