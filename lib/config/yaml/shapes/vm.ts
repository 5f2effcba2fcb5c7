/** A virtual machine: `vm:` without `from`. */
import type { KindShape } from "../read_fields.ts";
import { data, flag, list, map, number, object, required, scalar, type Shape, text, texts, word } from "../shape.ts";
import { libvirt } from "./libvirt.ts";

/** `10 GiB`, `4G`; the space goes when the entity is made. */
const size = text("filled");
const rootfs = word("ext4", "xfs", "btrfs");
const injection = word("auto", "enabled", "disabled");

/** What the disk is made from. */
const source: Shape = {
  is: "variant",
  by: "kind",
  cases: {
    cloud_image: object({
      kind: text(),
      url: required(text("url")),
      checksum: object({ type: required(word("sha256")), value: text("sha256") }),
      cache: flag,
      base_user: text("account"),
      distro: text("distroTag"),
    }),
    bootc: object({
      kind: text(),
      box: required(text("word")),
      transport: word("registry", "containers-storage", "oci", "oci-archive"),
      rootfs,
      root_size: size,
      kernel_args: text(),
    }),
    clone: object({
      kind: text(),
      from_vm: required(text("label")),
      from_snapshot: required(text("filled")),
      cloud_init_clean: flag,
    }),
    imported: object({
      kind: text(),
      libvirt_name: required(text("word")),
      disk_path: required(text("absolutePath")),
      disk_format: required(word("qcow2", "raw")),
      adopted_at: text(),
      last_synced_at: text(),
    }),
    bootstrap: object({
      kind: text(),
      builder: required(text("word")),
      distro: required(text("bareDistro")),
      builder_image: text("word"),
      rootfs,
      root_size: size,
      kernel_args: text(),
      package: texts,
      bootstrap_arch: text("word"),
      bootstrap_variant: text("word"),
    }),
  },
};

/** First-boot configuration. */
const cloudInit = object({
  hostname: text("word"),
  timezone: text("word"),
  locale: text("word"),
  users: list(object({
    name: required(text("account")),
    sudo: flag,
    groups: texts,
    shell: text("absolutePath"),
    lock_passwd: flag,
  })),
  package: texts,
  runcmd: texts,
  bootcmd: texts,
  write_files: list(object({
    path: required(text("absolutePath")),
    content: text(),
    owner: text("word"),
    perms: text(),
    encoding: text("word"),
  })),
  network: object({ version: number(), ethernets: data }),
  mirrors: object({ apt: text(), dnf: text(), pacman: text() }),
  charly_install: object({ strategy: word("auto", "scp", "skip") }),
  extra: text(),
});

/** Fields of a machine. */
export const vmShape: KindShape = {
  fields: object({
    source,
    disk_size: size,
    ram: size,
    cpu: number(1, 4096),
    machine: word("q35", "virt", "i440fx", "pc"),
    firmware: word("bios", "uefi-insecure", "uefi-secure"),
    backend: word("auto", "libvirt", "qemu"),
    autostart: flag,
    description: text("filled"),
    network: object({
      mode: word("user", "bridge", "nat", "network"),
      model: text("word"),
      bridge: text("word"),
      network: text("word"),
      mac: text("mac"),
      port_forwards: texts,
    }),
    ssh: object({
      user: text("account"),
      port: number(1, 65535),
      port_auto: flag,
      key_source: text("filled"),
      key_injection: object({ smbios: injection, cloud_init: injection }),
    }),
    cloud_init: cloudInit,
    snapshot: list(object({
      name: required(text("label")),
      description: text(),
      mode: word("external", "internal"),
      quiesce: flag,
      from: text("label"),
    })),
  }),
  data: { libvirt, env: map(scalar) },
};
