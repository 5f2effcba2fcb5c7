/** A layer: `candy:` without `base` and `from`. */
import type { YamlEntity } from "./entity.ts";
import type { Node } from "./node.ts";
import type { Problems } from "./problem.ts";
import { readFields } from "./read_fields.ts";
import { candyData, candyFields } from "./shapes/candy.ts";

/**
 * Reads a layer.
 *
 * @param name the directory's name for `candy/<name>/charly.yml`, else the node's
 */
export function readCandy(node: Node, name: string, problems: Problems, dir?: string): YamlEntity {
  const { values, places, broken } = readFields(node, { fields: candyFields, data: candyData }, problems);
  delete values["name"]; // a relic: the key, or the directory, names it
  return {
    ...{ table: "candies", kind: "candy", name, at: node.at, places, broken },
    value: { ...values, ...(dir === undefined ? {} : { dir }) },
    ...(node.comment === undefined ? {} : { comment: node.comment }),
  };
}
