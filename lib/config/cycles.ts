/** Finds circles of references. */

/** A circle: its names, the first one again at the end, and the name and target of the reference that closes it. */
export interface Cycle {
  readonly names: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** Circles told; whoever has more looks again afterwards. Each is as long as it is, so that all of them might fill the memory. */
const most = 100;

/**
 * Circles in a graph, each once, in the order of the names. References to oneself are not counted.
 *
 * @param graph for each name, the names it refers to; others are ignored
 */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): Cycle[] {
  const cycles: Cycle[] = [];
  const done = new Set<string>();
  for (const start of graph.keys()) {
    if (done.has(start)) continue;
    // an own stack: a chain of references may be longer than the machine's
    const way = [{ name: start, next: 0 }];
    const onWay = new Map([[start, 0]]);
    for (let top: typeof way[number] | undefined = way[0]; top !== undefined; top = way.at(-1)) {
      const to = (graph.get(top.name) ?? [])[top.next++];
      if (to === undefined) {
        done.add(top.name);
        onWay.delete(top.name);
        way.pop();
      } else if (to !== top.name && onWay.has(to)) {
        if (cycles.length < most) {
          cycles.push({ names: [...way.slice(onWay.get(to)).map((at) => at.name), to], from: top.name, to });
        }
      } else if (to !== top.name && graph.has(to) && !done.has(to)) {
        onWay.set(to, way.length);
        way.push({ name: to, next: 0 });
      }
    }
  }
  return cycles;
}
