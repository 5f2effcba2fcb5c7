/** Which settings there are: their keys, where they stand in the file, the variable that beats it, and what they may be. */
import { CharlyError } from "../../base/errors.ts";
import { closest } from "../../base/closest.ts";

/** What a setting may be. */
export type SettingRule =
  | { readonly is: "word"; readonly words: readonly string[] }
  | { readonly is: "flag" }
  | { readonly is: "number" }
  /** An absolute path, `~/…` too. */
  | { readonly is: "path" }
  /** `10 GiB`, `4G`. */
  | { readonly is: "size" }
  /** `[user@]host[:port]`. */
  | { readonly is: "host" }
  | { readonly is: "text" };

/** One setting. */
export interface Setting {
  /** As it is typed: `vm.disk_size`, `hosts.web`. */
  readonly key: string;
  /** Where it stands in the file. */
  readonly path: readonly string[];
  readonly rule: SettingRule;
  readonly about: string;
  /** The variable that beats the file. */
  readonly env?: string;
  /** What holds when nobody says anything. */
  readonly default?: string;
  /** Whether charly acts on it; the others are kept for what comes. */
  readonly used: boolean;
  /** A secret: whether it is set is shown, its value never. */
  readonly secret?: true;
  /** Written by charly alone. */
  readonly readOnly?: true;
}

const word = (...words: readonly string[]): SettingRule => ({ is: "word", words });
const flag: SettingRule = { is: "flag" };
const text: SettingRule = { is: "text" };
const path: SettingRule = { is: "path" };
const size: SettingRule = { is: "size" };

function setting(
  key: string,
  env: string | undefined,
  fallback: string | undefined,
  rule: SettingRule,
  about: string,
): Setting {
  return {
    ...{ key, path: key.split("."), rule, about, used: false },
    ...(env === undefined ? {} : { env: `CHARLY_${env}` }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

const engines = word("auto", "podman", "docker");

/** Every setting with a name of its own. `hosts.<alias>` and `vnc.password.<image>` are families, see {@link settingOf}. */
export const settings: readonly Setting[] = [
  setting("engine.build", "BUILD_ENGINE", "auto", engines, "program that builds images"),
  setting("engine.run", "RUN_ENGINE", "auto", engines, "program that runs containers"),
  setting(
    "engine.rootful",
    "ENGINE_ROOTFUL",
    "auto",
    word("auto", "machine", "sudo", "native"),
    "how containers get root",
  ),
  setting("run_mode", "RUN_MODE", "auto", word("auto", "quadlet", "direct"), "how pods are run"),
  setting("auto_enable", "AUTO_ENABLE", undefined, flag, "start what is deployed at boot"),
  setting("bind_address", "BIND_ADDRESS", "127.0.0.1", word("127.0.0.1", "0.0.0.0"), "address ports are published on"),
  setting("encrypted_storage_path", "ENCRYPTED_STORAGE_PATH", undefined, path, "where encrypted volumes stand"),
  setting("volumes_path", "VOLUMES_PATH", undefined, path, "where bound volumes stand"),
  setting("secret_backend", "SECRET_BACKEND", "auto", word("auto", "keyring", "config"), "where secrets are kept"),
  setting("keyring_collection_label", "KEYRING_COLLECTION_LABEL", undefined, text, "collection of the keyring"),
  setting("forward_gpg_agent", "FORWARD_GPG_AGENT", "true", flag, "lend containers the GPG agent"),
  setting("forward_ssh_agent", "FORWARD_SSH_AGENT", "true", flag, "lend containers the SSH agent"),
  setting("vm.backend", "VM_BACKEND", "auto", word("auto", "libvirt", "qemu"), "what runs virtual machines"),
  setting("vm.disk_size", "VM_DISK_SIZE", "10 GiB", size, "disk of a machine that says none"),
  setting("vm.root_size", "VM_ROOT_SIZE", undefined, size, "root filesystem of a machine that says none"),
  setting("vm.ram", "VM_RAM", "4G", size, "memory of a machine that says none"),
  setting("vm.cpus", "VM_CPUS", "2", { is: "number" }, "processors of a machine that says none"),
  setting("vm.rootfs", "VM_ROOTFS", "ext4", text, "filesystem of a machine that says none"),
  setting("vm.transport", "VM_TRANSPORT", undefined, text, "how images come into a machine"),
  { ...setting("keyring_keys", undefined, undefined, text, "keys charly put into the keyring"), readOnly: true },
];

/** Settings whose names people choose. */
export const families: readonly { readonly prefix: string; readonly example: string; readonly about: string }[] = [
  { prefix: "hosts.", example: "hosts.<alias>", about: "the SSH host an alias stands for in `host` of charly.yml" },
  { prefix: "vnc.password.", example: "vnc.password.<image>", about: "password of an image's VNC server" },
];

/** Keys of earlier versions that would look as if they did something; `charly migrate --host` removes them. */
export const retiredKeys: readonly string[] = [
  "secrets_kdbx_path",
  "secrets_kdbx_key_file",
  "kdbx_cache",
  "kdbx_cache_timeout",
];

/** Every variable that beats the file. */
export const settingVariables: readonly string[] = settings.flatMap(({ env }) => env ?? []);

/** The setting of a key, those of the families included. @throws {CharlyError} `unknown-setting`, with the nearest key */
export function settingOf(key: string): Setting {
  const found = settings.find((it) => it.key === key);
  if (found !== undefined) return found;
  for (const { prefix, about } of families) {
    const name = key.startsWith(prefix) ? key.slice(prefix.length) : "";
    // deno-lint-ignore no-control-regex -- what a terminal would not show is no name
    if (name === "" || /[\x00-\x20\x7f]/.test(name)) continue;
    return prefix === "hosts."
      ? { key, path: ["host_aliases", name], rule: { is: "host" }, about, used: true }
      : { key, path: ["vnc_passwords", name], rule: text, about, used: false, secret: true };
  }
  const known = [...settings.map((it) => it.key), ...families.map(({ example }) => example)];
  const near = closest(key, known);
  throw new CharlyError(`find setting: there is no "${key}"`, {
    hint: near === undefined ? "run `charly settings list` for all of them" : `did you mean ${near}?`,
    code: "unknown-setting",
    exitCode: 2,
  });
}

/** What is wrong with a value, in the words of a hint; nothing when it may be. */
export function refused({ rule }: Setting, value: string): string | undefined {
  switch (rule.is) {
    case "word":
      return rule.words.includes(value) ? undefined : `write one of: ${rule.words.join(", ")}`;
    case "flag":
      return ["true", "false"].includes(value) ? undefined : "write true or false";
    case "number":
      return /^[1-9]\d{0,5}$/.test(value) ? undefined : "write a whole number from 1";
    case "path":
      return /^(?:\/|~\/)[^\0\n]*$/.test(value) ? undefined : "write an absolute path, or one that begins with ~/";
    case "size":
      return /^\d+(?:\.\d+)? ?(?:[KMGT](?:i?B)?)$/.test(value) ? undefined : "write a size, for example 10 GiB";
    case "host":
      return /^(?!-)(?:[^\s@:/]+@)?(?!-)(?:\[[0-9a-fA-F:]+\]|[^\s@:/]+)(?::\d{1,5})?$/.test(value)
        ? undefined
        : "write [user@]host[:port]";
    case "text":
      // deno-lint-ignore no-control-regex -- one line that a terminal can show
      return value !== "" && !/[\x00-\x1f\x7f]/.test(value) ? undefined : "write one line of text";
  }
}
