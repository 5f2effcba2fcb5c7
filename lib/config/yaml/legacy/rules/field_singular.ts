/** Plural field names become singular ones. Done on keys: upstream's line rewrite also changed text inside of block scalars. */
import { isTextOfTheUser } from "../user_text.ts";
import { mapRoot, mapRoots, renameKeys } from "../edit.ts";
import type { LegacyRule } from "../rule.ts";

/** Plurals whose singular takes more than dropping the `s`. */
const irregular: Readonly<Record<string, string>> = {
  aliases: "alias",
  builds: "produce",
  deploys: "deploy",
  capabilities: "capability",
  requires_capabilities: "requires_capability",
  start_retries: "start_retry",
  start_secs: "start_sec",
  replaces: "replace",
  cache_mounts: "cache_mount",
};

const plain = [
  ..."includes layers ports volumes secrets requires tasks artifacts packages sidecars hooks tags images".split(" "),
  ..."distros builders inits deployments clusters targets modules env_requires env_accepts env_provides".split(" "),
  ..."secret_requires secret_accepts mcp_provides mcp_requires mcp_accepts add_layers exit_codes".split(" "),
  ..."cap_adds with_services events replicas ssh_args mounts snapshots repos subgroups phases steps metrics notes"
    .split(" "),
  ..."examples recipes scenarios versions formats wait_seconds solved_ids over_ids newly_solved_ids oci_labels".split(
    " ",
  ),
  ..."extra_repos pod_defaults env_defaults path_contributions platforms instances options opts headers args".split(
    " ",
  ),
  ..."workarounds vars install_commands management_commands detect_files layer_files layer_fields".split(" "),
  ..."section_fields base_packages include_packages copy_artifacts exclude_distros services".split(" "),
];

const renames: Readonly<Record<string, string>> = {
  ...Object.fromEntries(plain.map((word) => [word, word.replace(/s$/, "")])),
  ...irregular,
};

/** The singular of a field's name that once was a plural; any other word as it is. */
export function singularOf(word: string): string {
  return Object.hasOwn(renames, word) ? renames[word]! : word;
}

export const fieldSingular: LegacyRule = {
  schema: "2026.130.1530",
  name: "field-singular",
  about: "plural field names become singular",
  apply: (files, log) =>
    mapRoots(files, (root) =>
      // Names the user chose stay: variables, distributions, headers.
      mapRoot(root, (map, path) => isTextOfTheUser(path) ? map : renameKeys(map, renames, log))),
};
