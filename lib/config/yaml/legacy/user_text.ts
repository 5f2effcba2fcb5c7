/** Places of a file where keys are names the user chose: no rule of spelling may touch them. */

/** Fields whose value is a map of such names. */
const named = [
  ...["env", "var", "vars", "env_provide", "env_provides", "header", "headers", "package_map", "oci_label", "label"],
  ...["labels", "annotations", "node_selector", "parameter", "plugin_input", "runtime_env"],
];

/** Whether the map at a path holds names of the user's. */
export function isTextOfTheUser(path: readonly string[]): boolean {
  return path.some((key) => named.includes(key));
}
