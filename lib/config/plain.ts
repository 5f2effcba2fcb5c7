/** Makes sure that a configuration is data: what comes out of the sandbox is, what a program hands over may not be. */
import type { ConfigIssue } from "./issue.ts";

const maxLevels = 100;

/**
 * Copies data. `undefined` is left out as JSON does, the function of a task becomes the word `function`.
 *
 * @param data anything
 * @param issues where problems are added; what is no data comes out as null
 */
export function plainCopy(data: unknown, issues: ConfigIssue[]): unknown {
  const above = new Set<object>();

  function copy(value: unknown, path: readonly string[]): unknown {
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value === "function" && isTaskRun(path)) return "function";
    if (typeof value !== "object") return refuse(path, describe(value));
    if (above.has(value)) return refuse(path, "an object that contains itself");
    if (path.length >= maxLevels) {
      issues.push({ code: "too-deep", path: path.slice(0, 8), levels: maxLevels });
      return null;
    }
    const prototype = Object.getPrototypeOf(value);
    if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
      return refuse(path, describe(value));
    }
    above.add(value);
    const result = Array.isArray(value)
      ? value.map((item, index) => copy(item, [...path, String(index)]))
      : copyObject(value as Record<string, unknown>, path);
    above.delete(value);
    return result;
  }

  function copyObject(object: Record<string, unknown>, path: readonly string[]): unknown {
    const result: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(object)) {
      if (value === undefined) continue;
      if (name === "__proto__") issues.push({ code: "forbidden-key", path, name });
      else result[name] = copy(value, [...path, name]);
    }
    return result;
  }

  function refuse(path: readonly string[], found: string): null {
    issues.push({ code: "not-data", path, found });
    return null;
  }

  return copy(data, []);
}

/** `…/tasks/<name>/run`, at the top or in something taken in. */
function isTaskRun(path: readonly string[]): boolean {
  return path.length >= 3 && path.at(-1) === "run" && path.at(-3) === "tasks";
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return typeof value === "function"
      ? "a function"
      : typeof value === "undefined"
      ? "undefined"
      : `the ${typeof value} ${String(value)}`;
  }
  const maker = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof maker === "string" && maker !== "" ? `an instance of ${maker}` : "an instance of a class";
}
