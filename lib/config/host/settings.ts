/** The settings of this user: `config.yml`, read as a whole and changed one key at a time; what charly does not know stays. */
import { CharlyError } from "../../base/errors.ts";
import { Problems } from "../yaml/problem.ts";
import { readYaml } from "../yaml/read.ts";
import {
  type Document,
  type Entry,
  get,
  kindOf,
  type Mapping,
  type Place,
  type Scalar,
  type Tree,
} from "../yaml/tree.ts";
import { writeAll } from "../yaml/write.ts";
import type { HostFiles } from "./host_files.ts";
import { changeFile, readIfThere } from "./locked_file.ts";
import { mustLoad, readHostFile } from "./read_host_file.ts";
import { refused, retiredKeys, type Setting, settingOf, settings } from "./setting_keys.ts";

/** Where a value comes from. */
export type SettingSource = "env" | "file" | "default" | "unset";

/** A setting with what holds. */
export interface SettingValue {
  readonly setting: Setting;
  /** Nothing when nobody says anything. Of a secret: `***`. */
  readonly value?: string;
  readonly source: SettingSource;
}

/** What stands for a value that is never shown. */
export const masked = "***";

/** The settings file, read. */
export interface SettingsFile {
  readonly path: string;
  /** Nothing when the file is not there or says nothing. */
  readonly root?: Mapping;
}

/**
 * Reads the file. A missing one says nothing; unknown keys say nothing either.
 *
 * @throws {CharlyError} `host-file` when it does not load, or holds what no version acts on any more
 */
export function readSettings(files: HostFiles): SettingsFile {
  const problems = new Problems();
  const file = settingsOf(readHostFile(files.settings, problems) ?? [], files.settings, problems);
  mustLoad(problems, files.settings);
  return file;
}

/** The same for what verbs of a project want to know: what is wrong is one problem among others. */
export function readSettingsInto(files: HostFiles, problems: Problems): SettingsFile {
  return settingsOf(readHostFile(files.settings, problems) ?? [], files.settings, problems);
}

function settingsOf(documents: readonly Document[], path: string, problems: Problems): SettingsFile {
  const [first, second] = documents;
  if (second !== undefined) problems.error("wrong-type", second.root.at, "is a second document", "write one document");
  if (first === undefined) return { path };
  if (first.root.is !== "map") {
    problems.error("not-a-map", first.root.at, `the file is ${kindOf(first.root)}`, "write a map of settings");
    return { path };
  }
  for (const { key, keyAt, value } of first.root.entries) {
    const kdbx = key === "secret_backend" && value.is === "scalar" && value.text === "kdbx";
    if (!retiredKeys.includes(key) && !kdbx) continue;
    const message = kdbx ? "`secret_backend: kdbx` is no backend any more" : `"${key}" does nothing any more`;
    problems.error("retired", keyAt, message, "run `charly migrate --host`, and bring its secrets into the keyring");
  }
  return { path, root: first.root };
}

/**
 * What holds for a key: the variable, else the file, else the default.
 *
 * @param env looks a variable up; an empty one counts as not set
 * @throws {CharlyError} `bad-setting` when the variable or the file says what cannot be
 */
export function settingValue(
  file: SettingsFile,
  key: string,
  env: (name: string) => string | undefined,
): SettingValue {
  const setting = settingOf(key);
  const said = setting.env === undefined ? undefined : env(setting.env);
  if (said !== undefined && said !== "") {
    const why = refused(setting, said);
    if (why !== undefined) throw bad(`variable ${setting.env} is ${JSON.stringify(said)}`, why);
    return { setting, value: said, source: "env" };
  }
  const tree = at(file.root, setting.path);
  if (tree === undefined || (tree.is === "scalar" && (tree.value === null || tree.text === ""))) {
    return setting.default === undefined
      ? { setting, source: "unset" }
      : { setting, value: setting.default, source: "default" };
  }
  if (setting.secret === true) return { setting, value: masked, source: "file" };
  if (setting.readOnly === true) return { setting, value: listed(tree), source: "file" };
  const value = tree.is === "scalar" ? tree.text : undefined;
  const why = value === undefined ? "write one value" : refused(setting, value);
  if (value === undefined || why !== undefined) {
    throw bad(`${where(tree.at)} ${key} is ${value === undefined ? kindOf(tree) : JSON.stringify(value)}`, why!);
  }
  return { setting, value, source: "file" };
}

/** Keys with a value or a default, in the order of the table; the families last. */
export function settingKeys(file: SettingsFile): readonly string[] {
  return [...settings.map(({ key }) => key), ...familyKeys(file)];
}

/** `hosts.web` and `vnc.password.shop`, as far as the file has them. */
export function familyKeys({ root }: SettingsFile): readonly string[] {
  const of = (name: string, prefix: string) => {
    const map = get(root, name);
    return map?.is === "map" ? map.entries.map(({ key }) => `${prefix}${key}`) : [];
  };
  return [...of("host_aliases", "hosts."), ...of("vnc_passwords", "vnc.password.")];
}

/**
 * Writes one setting; nothing else of the file changes.
 *
 * @param value nothing takes it out of the file
 * @returns whether the file changed
 * @throws {CharlyError} `bad-setting` for a value that cannot be, `host-file` when the file does not load: it stays as it is
 */
export async function changeSetting(files: HostFiles, key: string, value: string | undefined): Promise<boolean> {
  const setting = settingOf(key);
  if (setting.readOnly === true) throw bad(`"${key}" is charly's own`, "it is written when a secret is");
  const why = value === undefined ? undefined : refused(setting, value);
  if (why !== undefined) throw bad(`${key} cannot be ${setting.secret ? masked : JSON.stringify(value)}`, why);
  // Nothing is made only to take something out of it.
  if (value === undefined && readIfThere(files.settings) === undefined) return false;
  return await changeFile(files.settings, (before) => {
    const problems = new Problems();
    const documents = before === undefined
      ? []
      : readYaml(new TextEncoder().encode(before), files.settings, problems).documents;
    const { root } = settingsOf(documents, files.settings, problems);
    mustLoad(problems, files.settings);
    const start = root ?? { is: "map", entries: [], at: { file: files.settings, line: 1, column: 1 } };
    const changed = put(start, setting.path, value === undefined ? undefined : scalarOf(value, setting, start.at));
    if (changed === start) return before;
    const comment = documents[0]?.comment;
    return writeAll([{ root: changed, ...(comment === undefined ? {} : { comment }) }]);
  });
}

function at(tree: Tree | undefined, path: readonly string[]): Tree | undefined {
  return path.reduce((found, key) => get(found, key), tree);
}

/** A map with a value at a path; without it when there is none. What is emptied by that goes too. */
function put(map: Mapping, [key, ...rest]: readonly string[], value: Scalar | undefined): Mapping {
  const there = map.entries.find((entry) => entry.key === key);
  let inner: Tree | undefined = value;
  if (rest.length > 0) {
    const below: Mapping = there?.value.is === "map" ? there.value : { is: "map", entries: [], at: map.at };
    const changed = put(below, rest, value);
    if (changed === below) return map;
    inner = changed.entries.length === 0 ? undefined : changed;
  }
  if (inner === undefined) {
    return there === undefined ? map : { ...map, entries: map.entries.filter((entry) => entry !== there) };
  }
  if (there === undefined) {
    const entry: Entry = { key: key!, keyAt: map.at, value: inner };
    return { ...map, entries: [...map.entries, entry] };
  }
  return { ...map, entries: map.entries.map((entry) => entry === there ? { ...entry, value: inner } : entry) };
}

/** Numbers and truth values are written as such, everything else as a text. */
function scalarOf(value: string, { rule }: Setting, place: Place): Scalar {
  const plain = rule.is === "flag" ? value === "true" : rule.is === "number" ? Number(value) : value;
  return { is: "scalar", value: plain, text: value, quoted: typeof plain === "string", at: place };
}

function listed(tree: Tree): string {
  if (tree.is === "scalar") return tree.text;
  return tree.is === "list" ? tree.items.map((item) => item.is === "scalar" ? item.text : "…").join(", ") : "…";
}

const where = ({ file, line, column }: Place) => `${file}:${line}:${column}`;

function bad(found: string, hint: string): CharlyError {
  return new CharlyError(`read settings: ${found}`, { hint, code: "bad-setting", exitCode: 2 });
}
