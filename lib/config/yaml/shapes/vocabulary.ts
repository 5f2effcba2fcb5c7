/** What a project may add to the words charly knows: distributions, builders, init systems, agents and more. */
import type { KindShape } from "../read_fields.ts";
import {
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
  text,
  texts,
  word,
} from "../shape.ts";
import { security } from "./security.ts";

const cacheMounts = list(object({ dst: required(text()), sharing: word("locked", "shared", "private"), owned: flag }));
const phase = object({
  prepare: object({ container: text(), host: text() }),
  install: object({ container: text(), host: text() }),
  cleanup: object({ container: text(), host: text() }),
});
const extraRepos = list({ ...object({ name: required(text()) }), open: true });
const open = (fields: Parameters<typeof object>[0]): ObjectShape => ({ ...object(fields), open: true });

/** A distribution. */
const distroShape: KindShape = {
  fields: object({
    inherits: text(),
    inherit_packages: flag,
    version: text(),
    bootstrap: object({ install_cmd: text(), package: texts, cache_mount: cacheMounts }),
    workaround: data,
    format: map(object({
      cache_mount: cacheMounts,
      section_field: map(word("list", "list_of_maps")),
      install_template: text(),
      uninstall_template: text(),
      phase,
      validate: list(object({ field: text(), rule: text() })),
      secondary: data,
      local_pkg: object({
        pkg_glob: text(),
        source_sentinel: text(),
        build_template: text(),
        install_template: text(),
        probe: text(),
        dep_builder: text(),
        download_template: text(),
      }),
    })),
    base_user: object({ name: text(), uid: number(), gid: number(), home: text() }),
    pacstrap: object({
      base_package: texts,
      keyring_init_cmd: text(),
      mirrorlist_url: text(),
      extra_repo: extraRepos,
      runtime_pacman_conf: text(),
    }),
    debootstrap: object({
      suite: text(),
      mirror: text(),
      variant: text(),
      components: data,
      include_package: texts,
      base_package: texts,
      extra_repo: extraRepos,
    }),
    alpine_bootstrap: object({ mirror_url: text() }),
    bootloader: object({ install_template: text(), initramfs_template: text(), fstab_template: text() }),
    dnf: object({ max_parallel_downloads: number(), fastestmirror: flag }),
  }),
  data: {},
};

/** A builder of artifacts, or of a bare root file system. */
const builderShape: KindShape = {
  fields: object({
    description: text(),
    kind: word("layer", "bootstrap"),
    privileged: flag,
    output_artifact: text(),
    detect_file: texts,
    detect_config: data,
    requires_src_dir: flag,
    inline: data,
    cache_mount: cacheMounts,
    runtime_env: data,
    stage_template: text(),
    install_template: text(),
    manylinux_fix: data,
    build_script: text(),
    phase,
    install_command: map(text()),
    copy_artifact: list(object({ src: text(), dst: text(), chown: data })),
    copy_binary: data,
    path_contribution: data,
  }),
  data: { env: map(text()) },
};

/** What starts services inside a container or a machine. */
const initShape: KindShape = {
  fields: object({
    description: text(),
    model: required(word("fragment_assembly", "file_copy")),
    candy_field: data,
    candy_file: data,
    depends_candy: data,
    header_file: text(),
    fragment_dir: text(),
    relay_template: text(),
    stage_name: text(),
    stage_header_copy: data,
    stage_fragment_copy: data,
    assembly_template: text(),
    system_enable_template: text(),
    post_assembly_template: text(),
    entrypoint: data,
    fallback_entrypoint: data,
    management_tool: text(),
    management_command: map(text()),
    label_key: text(),
    service_schema: object({
      service_template: text(),
      unit_path_template: text(),
      dropin_template: text(),
      dropin_path_template: text(),
      supports_packaged: flag,
    }),
  }),
  data: { requires_capability: texts },
};

/** Something a machine has one of, or few. */
const resourceShape: KindShape = {
  fields: object({ description: text(), gpu: object({ vendor: text() }) }),
  data: {},
};

/** A container beside another one. */
const sidecarShape: KindShape = {
  fields: object({ description: text(), image: text("word"), parameter: map(data) }),
  data: {
    env: map(text()),
    volume: list(object({ name: text(), path: text() })),
    secret: list(object({ name: text(), env: text(), env_from: text(), description: text() })),
    security,
  },
};

/** A program that is asked in words. */
const agentShape: KindShape = {
  fields: object({
    command: required(texts),
    description: text(),
    prompt_via: word("argv", "file"),
    version_command: data,
    timeout: text("duration"),
    working_dir: text(),
    credential: list(
      object({ src: required(text()), dst: required(text()), mode: word("copy", "bind"), optional: flag }),
    ),
    progress_check_interval: text("duration"),
    progress_no_improvement_timeout: text("duration"),
    output_format: word("", "stream-json"),
  }),
  data: { env: map(text()) },
};

/** Kinds of plug-ins: taken as they are. */
export const openShape: KindShape = {
  fields: open({}),
  data: { package: list(data), distro: data, require: list(scalar) },
};

const modules = either({ scalar: text(), list: texts });

/** What the installer Calamares does, in order; what is not known here is kept. */
const targetShape: KindShape = {
  fields: open({
    "modules-search": texts,
    instance: list(object({ id: required(text("filled")), module: required(text("filled")), config: text() })),
    sequence: either({
      map: object({ show: modules, exec: modules }),
      list: list(object({ show: modules, exec: modules })),
    }),
    branding: text(),
    "prompt-install": flag,
    "dont-chroot": flag,
    "oem-setup": flag,
    "disable-cancel": flag,
    group: data,
    box: text("word"),
  }),
  data: {},
};

/** A module of Calamares. */
const moduleShape: KindShape = {
  fields: open({
    type: word("job", "view"),
    interface: word("qtplugin", "python", "process"),
    load: text(),
    script: text(),
    command: data,
    requiredModules: texts,
    weight: number(),
    noconfig: flag,
    emergency: flag,
    timeout: scalar,
    chroot: flag,
  }),
  data: {},
};

/** Packages Calamares offers as one choice; `subgroup` holds groups of the same shape. */
const packageGroupShape: KindShape = {
  fields: open({
    description: text(),
    hidden: flag,
    selected: flag,
    critical: flag,
    immutable: flag,
    expanded: flag,
    noncheckable: flag,
    pre_install: text(),
    post_install: text(),
    source: text(),
    subgroup: list(data),
  }),
  data: openShape.data,
};

/** Words of the installer Calamares. */
export const installerShapes = {
  target: targetShape,
  module: moduleShape,
  "package-group": packageGroupShape,
} as const satisfies Readonly<Record<string, KindShape>>;

/** Kinds of words a project adds. */
export const vocabularyShapes = {
  agent: agentShape,
  builder: builderShape,
  distro: distroShape,
  init: initShape,
  resource: resourceShape,
  sidecar: sidecarShape,
} as const satisfies Readonly<Record<string, KindShape>>;
