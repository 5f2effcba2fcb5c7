/** YAML in a configuration: a project that is YAML altogether, and files that `fromYaml()` takes in. */
import { normalize } from "node:path";
import { pinName } from "../../base/remote_ref.ts";
import type { HostFiles } from "../host/host_files.ts";
import type { ConfigIssue } from "../issue.ts";
import { below } from "./below.ts";
import type { Looked } from "./load_yaml.ts";
import { hasYaml, yamlPath } from "./marker.ts";
import { type Problem, problemText } from "./problem.ts";
import { placeIssues, readYamlConfig, type YamlConfig } from "./yaml_config.ts";

/** A part of the configuration that was written in YAML. */
interface Part {
  /** Where it stands in the data. */
  readonly path: readonly string[];
  readonly file: string;
  readonly yaml: YamlConfig;
}

/** Data without YAML in it, and what to say about the YAML that was. */
export interface TakenIn {
  readonly data: unknown;
  /** Issues of everything that is not YAML; the others become problems with file and line. */
  others(issues: readonly ConfigIssue[]): readonly ConfigIssue[];
  /** Errors of the YAML parts, one text each. */
  errors(): readonly string[];
  /** Warnings of the YAML parts. */
  warnings(): readonly Problem[];
  /** Directories of other repositories it was read from, by `host/org/repo:version`. */
  trees(): Readonly<Record<string, string>>;
  /** What the overlay of this machine says: `web/host`. */
  readonly overlaid: readonly string[];
  /** Absolute paths of everything that was looked at; nothing when that does not say all it came from. */
  looked(): Looked | undefined;
}

/**
 * A project that is YAML altogether.
 *
 * @param host the user's own files: a project is read as it is on this machine. Parts of a typed config are not: it can
 *   decide by itself what differs where
 */
export function yamlProject(root: string, file: string, host?: HostFiles): TakenIn {
  return takenIn({}, [{ path: [], file, yaml: readYamlConfig(root, file, host) }]);
}

/**
 * Replaces every `fromYaml()` by what its file says.
 *
 * @param root the project's directory: files are below it
 */
export function takeInYaml(data: unknown, root: string): TakenIn {
  const parts: Part[] = [];
  const replaced = replace(data, root, [], parts);
  return takenIn(replaced, parts);
}

function replace(data: unknown, root: string, path: readonly string[], parts: Part[]): unknown {
  if (!hasYaml(data)) return data;
  const config = data as { readonly extend: readonly unknown[] };
  return {
    ...config,
    extend: config.extend.map((entry, index) => {
      const here = [...path, "extend", String(index)];
      const written = yamlPath(entry);
      if (written === undefined) return replace(entry, root, here, parts);
      // A path that leads out is the reader's to refuse.
      const file = below(root, "charly.config.ts", written) ?? normalize(written);
      const yaml = readYamlConfig(root, file);
      parts.push({ path: here, file, yaml });
      return yaml.data;
    }),
  };
}

function takenIn(data: unknown, parts: readonly Part[]): TakenIn {
  const problems = parts.map(({ yaml }) => yaml.problems);
  return {
    data: parts[0]?.path.length === 0 ? parts[0].yaml.data : data,
    others(issues) {
      let left = issues;
      for (const { path, file, yaml } of parts) {
        const mine = left.filter((issue) => path.every((key, index) => issue.path[index] === key));
        left = left.filter((issue) => !mine.includes(issue));
        const inside = mine.map((issue) => ({ ...issue, path: issue.path.slice(path.length) }));
        placeIssues(yaml, inside, { file, line: 1, column: 1 });
      }
      return left;
    },
    errors: () => problems.flatMap((it) => it.all.filter(({ severity }) => severity === "error").map(problemText)),
    trees: () =>
      Object.fromEntries(
        parts.flatMap(({ yaml }) =>
          yaml.project.remote.flatMap(({ repo, dir }) => dir === undefined ? [] : [[pinName(repo), dir]])
        ),
      ),
    looked: () => {
      const looked = parts.flatMap(({ yaml }) => yaml.project.looked ?? []);
      if (looked.length < parts.length) return undefined;
      return {
        files: looked.flatMap(({ files }) => files),
        folders: looked.flatMap(({ folders }) => folders),
        maybe: looked.flatMap(({ maybe }) => maybe),
      };
    },
    warnings: () => problems.flatMap((it) => it.all.filter(({ severity }) => severity === "warning")),
    overlaid: parts.flatMap(({ yaml }) => yaml.project.overlaid),
  };
}
