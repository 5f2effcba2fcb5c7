/** The reserved words of `charly.yml`, by the place they may stand at. */

/** The newest schema of `charly.yml` there is. */
export const loaderHead = "2026.174.1100";

/** Top-level keys that are no entity. */
export const directives = [
  ...["version", "repo", "import", "discover", "defaults", "provides"],
  ...["providers", "compiled_plugins", "context_ignore_baseline", "install_hints", "ovmf_paths", "device_descriptions"],
  ...["device_patterns", "gpu_vendors", "pci_class_labels", "distro_package_managers", "distro_family_map"],
  "ovmf_distro_aliases",
] as const;

/** Kinds an entity may be. */
export const kinds = [
  ...["candy", "pod", "vm", "k8s", "local", "android", "group", "agent", "builder", "distro", "init", "resource"],
  ...["sidecar", "target", "module", "package-group"],
] as const;

/** A kind of entity. */
export type Kind = typeof kinds[number];

/** Kinds that may stand inside another entity: members of a group, or what is deployed inside a venue. */
export const resourceKinds = ["pod", "vm", "k8s", "local", "android", "group"] as const;

/** A kind with a place in a deployment tree. */
export type ResourceKind = typeof resourceKinds[number];

/** What a step begins with. */
export const stepWords = ["run", "check", "agent-run", "agent-check", "include"] as const;

/** What a step begins with. */
export type StepWord = typeof stepWords[number];

/** Fields that are written as a child of their own, never inside the kind's value. */
export const dataKeys = [
  ...["add_candy", "alias", "apk", "artifact", "bake_plugin", "candy", "capability", "data", "distro", "env"],
  ...["env_accept", "env_provide", "env_require", "ephemeral", "extract", "hook", "install_opts", "iterate", "libvirt"],
  ...["localpkg", "mcp_accept", "mcp_provide", "mcp_require", "package", "path_append", "plugin", "port", "port_relay"],
  ...["preemptible", "require", "requires_capability", "requires_exclusive", "requires_shared", "route", "secret"],
  ...["secret_accept", "secret_require", "security", "service", "shell", "ssh_arg", "tunnel", "var", "volume"],
] as const;

/** A field that is written as a child. */
export type DataKey = typeof dataKeys[number];

/** Whether a word is one of a list; narrows its type. */
export function isWord<const W extends readonly string[]>(words: W, word: string): word is W[number] {
  return words.includes(word);
}
