/** What a step may say: its verbs, what plug-ins are given, and the words every step knows. */
import type { Bare } from "../../../entities/conditions.ts";
import {
  as,
  data,
  either,
  flag,
  list,
  map,
  number,
  object,
  type ObjectShape,
  required,
  scalar,
  type Shape,
  text,
  texts,
  word,
} from "../shape.ts";

const parts = either({ scalar: text(), list: texts });
const operators: ObjectShape = {
  ...object({
    equals: scalar,
    not_equals: scalar,
    contains: parts,
    not_contains: parts,
    matches: text(),
    not_matches: text(),
    lt: scalar,
    le: scalar,
    gt: scalar,
    ge: scalar,
  }),
  one: "operator",
};

/** `{ contains: [a, b] }`, a bare value, or a list of both. */
export function matchers(bare: Bare): Shape {
  const value = bare === "contains" ? text() : scalar;
  return {
    is: "matchers",
    bare,
    of: either({ scalar: value, map: operators, list: list(either({ scalar: value, map: operators })) }),
  };
}
const answers = matchers("equals");

/** Fields of a step that mean the same beside every verb. */
export const common: ObjectShape = object({
  id: text("word"),
  description: text("filled"),
  timeout: text("duration"),
  context: list(word("build", "deploy", "runtime")),
  exclude_distro: list(text("distroTag")),
});

/** What a check says about patience. */
export const patience: ObjectShape = object({ eventually: text("duration"), retry_interval: text("duration") });

/** What a command answered. */
export const answer: ObjectShape = object({ exit_status: number(0, 255), stdout: answers, stderr: answers });

/** Fields that are kept and not acted on yet. */
export const kept: ObjectShape = object({
  comment: text(),
  in_container: flag,
  depends_on: texts,
  tag: texts,
  skip: flag,
  capture: text(),
  capture_extract: data,
  parallel: data,
  count: data,
  index_var: text(),
  uninstall: data,
  cache: data,
  artifact_min_bytes: number(),
  artifact_min_dimensions: text(),
  artifact_not_uniform: flag,
  artifact_min_cast_events: number(),
});

const mode = text("mode");
const runAs = { run_as: text("runAs") };

/** The verbs of install steps: value and modifiers. */
export const installVerbs: Readonly<Record<string, ObjectShape>> = {
  mkdir: object({ mkdir: required(text("targetPath")), mode, ...runAs }),
  copy: object({ copy: required(text("insidePath")), to: required(text("targetPath")), mode, ...runAs }),
  write: object({ write: required(text("targetPath")), content: required(text()), mode, ...runAs }),
  link: object({ link: required(text("targetPath")), target: required(text("filled")), ...runAs }),
  download: object({
    download: required(text("url")),
    to: text("targetPath"),
    extract: word("tar.gz", "tar.xz", "tar.zst", "zip", "none", "sh"),
    extract_include: texts,
    strip_components: number(0, 64),
    env: map(text()),
    uninstall: texts,
    mode,
    ...runAs,
  }),
  setcap: object({ setcap: required(text("absolutePath")), caps: text(), ...runAs }),
  build: object({ build: required(word("all")), ...runAs }),
};

/** Verbs only a running target has; kept as data. */
export const runtimeVerbs = ["summarize", "kill"] as const;

/** What the built-in plug-ins are given. `as` is the probe's field. */
export const plugins: Readonly<Record<string, ObjectShape>> = {
  command: object({
    command: required(text("filled")),
    in_container: flag,
    background: flag,
    from_host: flag,
  }),
  file: object({
    file: required(text("probePath")),
    exists: flag,
    contains: matchers("contains"),
    mode,
    filetype: word("file", "directory", "symlink"),
    owner: text("filled"),
    group_of: text("filled"),
    sha256: text("sha256"),
  }),
  package: object({
    package: required(text("word")),
    installed: flag,
    package_map: map(text("word")),
    version: list(text()),
  }),
  service: object({ service: required(text("unit")), running: flag, enabled: flag }),
  http: object({
    http: required(text("filled")),
    status: number(100, 599),
    body: answers,
    header: map(text()),
    allow_insecure: flag,
    no_follow_redirects: flag,
    ca_file: text("filled"),
  }),
  addr: object({ addr: required(text("filled")), reachable: flag }),
  port: object({ port: required(scalar), listening: flag, ip: text("word"), reachable: flag }),
  process: object({ process: required(text("filled")), running: flag }),
  unix_group: object({ unix_group: required(text("account")), gid: number() }),
  user: object({
    user: required(text("account")),
    uid: number(),
    gid: number(),
    home: text("absolutePath"),
    shell: as("loginShell", text("absolutePath")),
  }),
  interface: object({ interface: required(text("word")), mtu: number(1), addrs: texts }),
  "kernel-param": object({ "kernel-param": required(text("sysctl")), value: answers }),
  mount: object({
    mount: required(text("targetPath")),
    mount_source: text("word"),
    filesystem: text("word"),
    opt: texts,
  }),
  dns: object({ dns: required(text("word")), resolvable: flag, addrs: texts, server: text("word") }),
};

/** What plug-ins are given that charly itself asks nothing of: checked, and kept as it is. */
export const keptPlugins: Readonly<Record<string, ObjectShape>> = {
  matching: object({ matching: required(data), contains: matchers("contains") }),
  tunnel: object({ method: required(text("filled")), config: data, expect: data }),
};
