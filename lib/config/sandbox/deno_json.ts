/** The few facts the loader needs from the project's `deno.json` and `package.json`. */
import { dirname, join } from "../../base/path.ts";

/** What the project says about itself and its packages. */
export interface ProjectFacts {
  /** `name` of the `deno.json` beside the config. */
  readonly name?: string;
  /** npm packages come from a `node_modules` somebody else fills. */
  readonly manualNodeModules: boolean;
  /** A lock file pins the npm packages: there is a `deno.json` or `package.json`, and it does not say `"lock": false`. */
  readonly locked: boolean;
  /** The `deno.json` or `deno.jsonc` that counts; none when there is none. */
  readonly denoJson?: string;
  /** Names its `imports` give to modules. */
  readonly imports: readonly string[];
}

/**
 * Reads them the way Deno finds them: the first `deno.json` or `deno.jsonc` from `root` upwards.
 *
 * @param root absolute path of the project's directory
 */
export function projectFacts(root: string): ProjectFacts {
  const found = findUp(root, ["deno.json", "deno.jsonc"]);
  const json = found === undefined ? {} : parse(found.text);
  const packageJson = findUp(root, ["package.json"]);
  const mode = json["nodeModulesDir"] ?? (packageJson === undefined ? undefined : "manual");
  return {
    ...(found?.dir === root && typeof json["name"] === "string" ? { name: json["name"] } : {}),
    manualNodeModules: mode === "manual",
    locked: json["lock"] !== false && (found ?? packageJson) !== undefined,
    ...(found === undefined ? {} : { denoJson: join(found.dir, found.name) }),
    imports: typeof json["imports"] === "object" && json["imports"] !== null ? Object.keys(json["imports"]) : [],
  };
}

function findUp(from: string, names: readonly string[]): { dir: string; name: string; text: string } | undefined {
  for (let dir = from;; dir = dirname(dir)) {
    for (const name of names) {
      try {
        return { dir, name, text: Deno.readTextFileSync(join(dir, name)) };
      } catch {
        // not there, or above what we may read
      }
    }
    if (dir === dirname(dir)) return undefined;
  }
}

/** An unreadable file is Deno's to complain about, with a position. */
function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(withoutComments(text));
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

/** JSON with comments and trailing commas, as `deno.json` allows them, to plain JSON. */
export function withoutComments(text: string): string {
  const token = /"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[^]*?\*\//g;
  const bare = text.replace(token, (found) => found.startsWith('"') ? found : " ");
  return bare.replace(/"(?:\\.|[^"\\])*"|,(?=\s*[}\]])/g, (found) => found.startsWith('"') ? found : "");
}
