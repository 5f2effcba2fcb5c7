/** What a node becomes: one entity of a table, and the place of each of its parts. */
import type { TableName } from "../../entities/config_schema.ts";
import type { Place } from "./tree.ts";
import type { SourceMap } from "./read_shape.ts";

/** An entity that was read from YAML. */
export interface YamlEntity {
  readonly table: TableName;
  /** The kind in `charly.yml`. */
  readonly kind: string;
  readonly name: string;
  readonly value: Record<string, unknown>;
  readonly at: Place;
  /** Paths below the entity. */
  readonly places: SourceMap;
  /** Paths that are wrong and were left out. */
  readonly broken: readonly string[];
  /** The comment above it. */
  readonly comment?: string;
  /** Comments inside of it, by path. */
  readonly comments: ReadonlyMap<string, string>;
}
