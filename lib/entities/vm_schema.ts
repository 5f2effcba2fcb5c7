/** Schema of a virtual machine. */
import { z } from "zod";
import { libvirt } from "./libvirt_schema.ts";
import { planEntrySchema } from "./plan_entry_schema.ts";
import {
  byValue,
  flag,
  integer,
  isRecord,
  list,
  map,
  oneOf,
  opt,
  portNumber,
  type Shape,
  strict,
  text,
} from "./schema_kit.ts";
import type * as vm from "./vm.ts";

const size = text<vm.Size>("size");
const rootfs = oneOf(["ext4", "xfs", "btrfs"]);

/** One schema per source. */
export const sources = {
  cloudImage: strict(
    {
      kind: z.literal("cloudImage"),
      url: text("url"),
      checksum: opt(
        strict({ type: oneOf(["sha256"]), value: opt(text("sha256")) } satisfies Shape<vm.Checksum>),
      ),
      cache: opt(flag()),
      baseUser: opt(text("account")),
      distro: opt(text("distroTag")),
    } satisfies Shape<vm.CloudImageSource>,
  ),
  bootstrap: strict(
    {
      kind: z.literal("bootstrap"),
      builder: text("word"),
      distro: text("bareDistro"),
      builderImage: opt(text("word")),
      rootfs: opt(rootfs),
      rootSize: opt(size),
      kernelArgs: opt(text("filled")),
      package: opt(list(text("word"))),
      bootstrapArch: opt(text("word")),
      bootstrapVariant: opt(text("word")),
      mirror: opt(text("url")),
    } satisfies Shape<vm.BootstrapSource>,
  ),
  bootc: strict(
    {
      kind: z.literal("bootc"),
      box: text("word"),
      transport: opt(oneOf(["registry", "containers-storage", "oci", "oci-archive"])),
      rootfs: opt(rootfs),
      rootSize: opt(size),
      kernelArgs: opt(text("filled")),
    } satisfies Shape<vm.BootcSource>,
  ),
  clone: strict(
    {
      kind: z.literal("clone"),
      fromVm: text("label"),
      fromSnapshot: text("filled"),
      cloudInitClean: opt(flag()),
    } satisfies Shape<vm.CloneSource>,
  ),
  imported: strict(
    {
      kind: z.literal("imported"),
      libvirtName: text("word"),
      diskPath: text("absolutePath"),
      diskFormat: oneOf(["qcow2", "raw"]),
      adoptedAt: opt(text()),
      lastSyncedAt: opt(text()),
    } satisfies Shape<vm.ImportedSource>,
  ),
};

const unknownSource = z.looseObject({ kind: oneOf(["cloudImage", "bootstrap", "bootc", "clone", "imported"]) });
const source = byValue<vm.VmSource>("a source: `cloudImage(…)`, `debootstrap(…)` or `{ kind, … }`", (value) => {
  if (!isRecord(value)) return undefined;
  const kind = Object.keys(sources).find((name) => name === value["kind"]) as keyof typeof sources | undefined;
  return (kind === undefined ? unknownSource : sources[kind]) as unknown as z.ZodType<vm.VmSource>;
});

/** Network of a machine. */
export const network = strict(
  {
    mode: opt(oneOf(["user", "bridge", "nat", "network"])),
    model: opt(text("word")),
    bridge: opt(text("word")),
    network: opt(text("word")),
    mac: opt(text("mac")),
    portForwards: opt(list(text<`${number}:${number}`>("forward"))),
  } satisfies Shape<vm.VmNetwork>,
);

const injection = oneOf(["auto", "enabled", "disabled"]);

/** SSH access to a machine. */
export const ssh = strict(
  {
    user: opt(text("account")),
    port: opt(portNumber()),
    portAuto: opt(flag()),
    keySource: opt(byValue<"auto" | "generate" | "none" | `/${string}`>(
      '"auto", "generate", "none" or an absolute path',
      (value) =>
        typeof value === "string" && /^(auto|generate|none|\/.*)$/s.test(value)
          ? text<"auto" | "generate" | "none" | `/${string}`>()
          : undefined,
    )),
    keyInjection: opt(strict({ smbios: opt(injection), cloudInit: opt(injection) })),
  } satisfies Shape<vm.VmSsh>,
);

/** First-boot configuration. */
export const cloudInit = strict(
  {
    hostname: opt(text("word")),
    timezone: opt(text("word")),
    locale: opt(text("word")),
    users: opt(list(strict(
      {
        name: text("account"),
        sudo: opt(flag()),
        groups: opt(list(text("account"))),
        shell: opt(text("absolutePath")),
        lockPasswd: opt(flag()),
      } satisfies Shape<vm.CloudInitUser>,
    ))),
    package: opt(list(text("word"))),
    runcmd: opt(list(text("filled"))),
    bootcmd: opt(list(text("filled"))),
    writeFiles: opt(list(strict(
      {
        path: text("absolutePath"),
        content: opt(text()),
        owner: opt(text("word")),
        perms: opt(text("mode")),
        encoding: opt(text("word")),
      } satisfies Shape<vm.CloudInitFile>,
    ))),
    network: opt(strict({ version: opt(integer(1, 2)), ethernets: opt(map(z.unknown())) })),
    mirrors: opt(strict({ apt: opt(text("url")), dnf: opt(text("url")), pacman: opt(text("url")) })),
    charlyInstall: opt(strict({ strategy: opt(oneOf(["auto", "scp", "skip"])) })),
    extra: opt(text()),
  } satisfies Shape<vm.CloudInit>,
);

/** A snapshot. */
export const snapshot = strict(
  {
    name: text("label"),
    description: opt(text("filled")),
    mode: opt(oneOf(["external", "internal"])),
    quiesce: opt(flag()),
    from: opt(text("label")),
  } satisfies Shape<vm.VmSnapshot>,
);

/** A virtual machine. */
export const vmSchema = strict(
  {
    source: opt(source),
    diskSize: opt(size),
    ram: opt(size),
    cpu: opt(integer(1, 4096)),
    machine: opt(oneOf(["q35", "virt", "i440fx", "pc", "microvm"])),
    firmware: opt(oneOf(["bios", "uefi-insecure", "uefi-secure"])),
    backend: opt(oneOf(["auto", "libvirt", "qemu"])),
    autostart: opt(flag()),
    network: opt(network),
    ssh: opt(ssh),
    cloudInit: opt(cloudInit),
    snapshot: opt(list(snapshot)),
    libvirt: opt(libvirt),
    description: opt(text("filled")),
    plan: opt(list(planEntrySchema)),
    keep: opt(z.record(z.string(), z.unknown())),
  } satisfies Shape<vm.Vm>,
);
