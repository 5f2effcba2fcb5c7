/**
 * One reading of a YAML project in a process of its own: `yaml_process.ts parse|load <directory>`. `parse` reads every file and
 * has npm:yaml parse it, `load` loads and checks the project. Prints ms of loading the modules and of the work, by the clock and of
 * all processors, and bytes.
 */
import { join } from "node:path";
import process from "node:process";

const [mode, root] = Deno.args as ["parse" | "load", string];
const began = performance.now();
let bytes = 0, ready = began, used = process.cpuUsage();
const begin = () => [ready, used] = [performance.now(), process.cpuUsage()];
if (mode === "parse") {
  const { parseAllDocuments } = await import("yaml");
  begin();
  const decoder = new TextDecoder();
  for (const path of yamlFiles(root)) {
    const content = Deno.readFileSync(path);
    bytes += content.length;
    const documents = parseAllDocuments(decoder.decode(content));
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) throw new Error(path);
  }
} else {
  const [{ loadProject }] = await Promise.all([
    import("../../lib/config/load.ts"),
    import("../../lib/config/yaml/take_in.ts"),
    import("../../lib/config/parse.ts"),
  ]);
  begin();
  const { config } = await loadProject({ cwd: root });
  if (config.bundles["web"] === undefined) throw new Error("no bundle web");
}
const { user, system } = process.cpuUsage(used);
console.log(
  JSON.stringify({ modules: ready - began, work: performance.now() - ready, cpu: (user + system) / 1000, bytes }),
);

function* yamlFiles(path: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    if (isDirectory) yield* yamlFiles(join(path, name));
    else yield join(path, name);
  }
}
