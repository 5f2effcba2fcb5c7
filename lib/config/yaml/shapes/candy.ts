/** A candy that is a layer: the fields of its value, and those written as children. */
import {
  as,
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
import type { KindShape } from "../read_fields.ts";
import type { DataKey } from "../words.ts";
import { security } from "./security.ts";

const port = number(1, 65535);

/** Candies, by name or from elsewhere. */
export const candyRefs: Shape = list(text("candyRef"));

const packages = list(
  either({ scalar: text("word"), map: object({ name: required(text("word")), description: text() }) }),
);

const address = text("repoAddress");
/** Upstream hands every other key to its templates, which have no use for it: kept. */
const repository: ObjectShape = {
  ...object({
    name: required(text("aliasName")),
    url: address,
    ppa: text("word"),
    key: address,
    signed_by: as("signedBy", text("absolutePath")),
    suite: address,
    components: text("filled"),
    gpgkey: text("filled"),
    gpgcheck: flag,
    rpm: address,
    server: address,
    siglevel: text("filled"),
  }),
  open: true,
};

/** Packages and repositories of one distro, version or format. */
export const distroSection: ObjectShape = object({
  package: packages,
  repo: list(repository),
  copr: texts,
  exclude: texts,
  option: texts,
  module: texts,
  aur: object({ package: texts, option: texts, replace: texts }),
});

/** A service a layer brings. */
export const service: ObjectShape = object({
  name: required(text("aliasName")),
  use_packaged: text("unit"),
  exec: text("filled"),
  distro: list(text("distroTag")),
  env: map(text()),
  restart: word("no", "on-failure", "always", "unless-stopped"),
  working_directory: text("filled"),
  user: text("filled"),
  after: texts,
  before: texts,
  wanted_by: texts,
  stdout: text("filled"),
  stop_timeout: scalar,
  scope: word("system", "user"),
  enable: flag,
  overrides: object({ env: map(text()), after: texts, exec: text("filled") }),
  kind: word("program", "eventlistener"),
  event: text("filled"),
  auto_start: flag,
  start_retry: number(),
  start_sec: number(),
  stop_signal: text("word"),
  exit_code: text("filled"),
  priority: number(-1_000_000),
});

const shellPart = { init: text("filled"), path_append: texts, path: text("snippetPath") };
const shell = object({
  ...shellPart,
  priority: number(-1_000_000),
  bash: object(shellPart),
  zsh: object(shellPart),
  fish: object(shellPart),
  sh: object(shellPart),
});

const need = list(object({
  name: required(text("envName")),
  description: required(text("filled")),
  default: text(),
  key: text("filled"),
}));
const mcpNeed = list({ ...object({ name: required(text("filled")), description: required(text("filled")) }) });

/** Fields inside `candy:`. */
const candyFields: ObjectShape = object({
  version: text("calver"),
  name: text("kebab"),
  description: text("filled"),
  status: word("testing", "working", "broken"),
  engine: word("docker", "podman"),
  reboot: flag,
  external_builder: text("word"),
});

/** Fields written as children. */
const candyData: Partial<Record<DataKey, Shape>> = {
  candy: candyRefs,
  require: candyRefs,
  bake_plugin: candyRefs,
  requires_capability: texts,
  capability: object({
    preserve_user: flag,
    needs_root_after_init: flag,
    data_only: flag,
    init_system_hint: text("word"),
    oci_label: map(text()),
  }),
  plugin: object({ providers: required(list(text("plugin"))), source: text("filled") }),
  env: map(text()),
  var: map(text()),
  path_append: texts,
  package: packages,
  distro: map(distroSection),
  apk: list(object({
    package: text("word"),
    apk: text("filled"),
    source: word("apk-pure", "google-play", "f-droid", "huawei-app-gallery"),
    arch: text("word"),
    app_version: text("word"),
  })),
  localpkg: object({ pac: text("filled"), rpm: text("filled"), deb: text("filled") }),
  port: list(scalar),
  port_relay: list(port),
  route: object({ host: required(text("word")), port: required(port) }),
  service: list(service),
  volume: list(object({ name: required(text("kebab")), path: required(text("targetPath")) })),
  alias: list(object({ name: required(text("aliasName")), command: required(text("filled")) })),
  extract: list(object({ source: required(text()), path: required(text()), dest: required(text()) })),
  data: list(object({ src: required(text("insidePath")), volume: required(text("kebab")), dest: text("filled") })),
  security,
  libvirt: list(text("filled")),
  hook: object({ post_enable: text("filled"), pre_remove: text("filled") }),
  env_provide: map(text()),
  env_require: need,
  env_accept: need,
  secret_require: need,
  secret_accept: need,
  mcp_provide: list(object({ name: required(text("filled")), url: required(text()), transport: word("http", "sse") })),
  mcp_require: mcpNeed,
  mcp_accept: mcpNeed,
  secret: list(object({ name: required(text("aliasName")), target: text("absolutePath"), env: text("envName") })),
  shell,
  artifact: list(object({
    name: required(text("filled")),
    path: required(text("filled")),
    retrieve_to: required(text("filled")),
    mode: text("mode"),
    optional: flag,
    wait_second: number(),
    rewrite: list(object({ find: required(text("filled")), replace: required(text()) })),
  })),
};

/** A layer. */
export const candyShape: KindShape = { fields: candyFields, data: candyData };
