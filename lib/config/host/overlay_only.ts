/** Deployments that only the overlay declares: which of them belong to the project that is read. */
import { closest } from "../../base/closest.ts";
import type { Node } from "../yaml/node.ts";
import type { YamlEntity } from "../yaml/entity.ts";
import type { Problems } from "../yaml/problem.ts";
import { isDeployment } from "../yaml/read_entity.ts";
import { machineState, type OverlayMerge, refersTo } from "./overlay.ts";

/** Where templates of each kind are. */
const templates: Readonly<Record<string, string>> = { local: "locals", vm: "vms", k8s: "k8s", android: "androids" };

/**
 * The overlay holds the deployments of every project of its user. One that the project does not declare is taken in when it is
 * made of things the project has, and of at least one; the others belong elsewhere, and only a name that looks misspelt is said.
 */
export function overlayOnly(
  merge: OverlayMerge,
  entities: readonly YamlEntity[],
  problems: Problems,
): readonly Node[] {
  const has = (table: string, name: string) => entities.some((it) => it.table === table && it.name === name);
  const deployments = entities.filter(({ table }) => ["bundles", "pods", "k8s", "androids", "groups"].includes(table));
  return merge.left.filter((node) => {
    const refers = refersTo(node);
    const mine = refers.every(({ table, name }) =>
      has(table === "candy" ? "candies" : templates[node.kind] ?? "", name)
    );
    if (refers.length > 0 && mine && isDeployment(node)) return true;
    const near = closest(node.name, deployments.map(({ name }) => name));
    if (near !== undefined && !isState(node)) {
      const message = `"${node.name}" of the overlay is no deployment of this project`;
      problems.warn("not-found", node.at, message, `did you mean "${near}"?`);
    }
    return false;
  });
}

/** Whether the tool wrote it for itself and nobody else. */
function isState({ name, fields }: Node): boolean {
  return name.startsWith("vm:") || fields.entries.some(({ key }) => machineState.includes(key));
}
