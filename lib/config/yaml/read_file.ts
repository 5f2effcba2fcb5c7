/** YAML files of a disk: looked at before they are read, so that neither size nor kind of a file can stop the reader. */
import { Problems } from "./problem.ts";
import { defaultReadLimits, type ReadResult, readYaml, refuseSize } from "./read.ts";

/**
 * Reads a file.
 *
 * @param path absolute
 * @param file its name, for messages
 * @throws {Deno.errors.NotFound} and what else the disk says
 */
export function readYamlFile(path: string, file: string, problems: Problems = new Problems()): ReadResult {
  const { isFile, size } = Deno.statSync(path);
  if (!isFile) {
    // A pipe or a device may have no end.
    problems.error("not-found", { file, line: 1, column: 1 }, "is no ordinary file", "name a YAML file");
    return { documents: [], problems };
  }
  if (refuseSize(size, file, problems, defaultReadLimits)) return { documents: [], problems };
  return readYaml(Deno.readFileSync(path), file, problems);
}
