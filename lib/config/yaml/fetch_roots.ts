/** Where a project's references to other repositories begin. */
import { normalize } from "node:path";
import { evaluate } from "../sandbox/evaluate.ts";
import type { Source } from "../sandbox/source.ts";
import { below } from "./below.ts";
import type { FetchRoots } from "./fetch_project.ts";
import { yamlPath } from "./marker.ts";

/**
 * The files and references to begin with: a YAML project's root file; of a typed configuration, which is evaluated, the files
 * it takes in and the directories of its candies.
 */
export async function fetchRoots(source: Source): Promise<FetchRoots> {
  if (/\.ya?ml$/.test(source.label)) return { files: [source.label], refs: [] };
  const { data } = await evaluate(source);
  const files: string[] = [];
  const refs: string[] = [];
  const take = (config: unknown) => {
    const { extend, candies } = (config ?? {}) as { readonly extend?: unknown; readonly candies?: unknown };
    if (typeof candies === "object" && candies !== null) {
      for (const candy of Object.values(candies)) {
        const dir = (candy as { readonly dir?: unknown } | null)?.dir;
        if (typeof dir === "string" && dir.startsWith("@")) refs.push(dir);
      }
    }
    for (const entry of Array.isArray(extend) ? extend : []) {
      const path = yamlPath(entry);
      if (path === undefined) take(entry);
      else files.push(below(source.root, "charly.config.ts", path) ?? normalize(path));
    }
  };
  take(data);
  return { files: [...new Set(files)], refs };
}
