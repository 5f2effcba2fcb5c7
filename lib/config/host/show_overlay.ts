/** The overlay as it is shown: in node form, without its secrets. */
import { Problems } from "../yaml/problem.ts";
import { type Document, plain, type Tree } from "../yaml/tree.ts";
import { directives, isWord } from "../yaml/words.ts";
import { writeYaml } from "../yaml/write.ts";
import type { HostFiles } from "./host_files.ts";
import { maskSecrets } from "./mask.ts";
import { nodesOf, readOverlay } from "./overlay.ts";
import { mustLoad, readHostFile } from "./read_host_file.ts";

/** What is shown. */
export interface ShownOverlay {
  /** YAML; empty when there is nothing. */
  readonly text: string;
  /** The same as data, by the names of the deployments. */
  readonly deployments: Readonly<Record<string, unknown>>;
}

/**
 * Reads the overlay to show it.
 *
 * @param name only this deployment
 * @throws {CharlyError} `host-file` when it does not load
 */
export function showOverlay(files: HostFiles, name?: string): ShownOverlay {
  const problems = new Problems();
  const documents = readHostFile(files.overlay, problems);
  if (documents === undefined) readOverlay(files, problems); // says what is left of an older charly
  else nodesOf(documents, files.overlay, problems);
  mustLoad(problems, files.overlay);
  const entries = (documents ?? []).flatMap(({ root }) => root.is === "map" ? root.entries : [])
    .filter(({ key }) => !isWord(directives, key) && (name === undefined || key === name))
    .map((entry) => ({ ...entry, value: maskSecrets(entry.value) }));
  const root: Tree = { is: "map", entries, at: { file: files.overlay, line: 1, column: 1 } };
  const document: Document = { root };
  return {
    text: entries.length === 0 ? "" : writeYaml(document),
    deployments: Object.fromEntries(entries.map(({ key, value }) => [key, plain(value)])),
  };
}
