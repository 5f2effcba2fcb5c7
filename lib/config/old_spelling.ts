/** What a field was called in `charly.yml` or in one of its ancestors. */
import { camelCase } from "../base/camel_case.ts";

/** Old words that no rule of spelling leads from. "" says that the field is gone. */
const oldWords: ReadonlyMap<string, string> = new Map([
  ["depends", "require"],
  ["dependencies", "require"],
  ["layer", "candy"],
  ["layers", "candy"],
  ["addLayer", "addCandy"],
  ["addLayers", "addCandy"],
  ["image", "base"],
  ["pkg", "package"],
  ["task", "plan"],
  ["tasks", "plan"],
  ["cmd", "command"],
  ["rpm", "distro"],
  ["deb", "distro"],
  ["pac", "distro"],
  ["aur", "distro"],
  ["copr", "distro"],
  ["repos", "distro"],
  ["withService", "withServices"],
  ["withServices", "withService"],
  ["run", ""],
  ["include", ""],
  ["pluginInput", ""],
  ["directory", ""],
  ["info", ""],
  ["name", ""],
]);

/**
 * What a field nobody knows was once called, among the fields there are: the new name, "" when it is gone, or nothing.
 *
 * @param name the unknown field
 * @param known the fields there are
 */
export function oldSpelling(name: string, known: readonly string[]): string | undefined {
  if (name.length > 64) return undefined;
  const camel = camelCase(name);
  const singular = [camel.replace(/s$/, ""), camel.replace(/es$/, ""), camel.replace(/ies$/, "y")];
  const now = oldWords.get(camel);
  for (const candidate of [camel, now, ...singular]) {
    if (candidate !== undefined && candidate !== name && known.includes(candidate)) return candidate;
  }
  return now === "" ? "" : undefined;
}
