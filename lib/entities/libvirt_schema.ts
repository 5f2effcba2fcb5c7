/** Schema of libvirt's own settings. */
import { z } from "zod";
import type * as it from "./libvirt.ts";
import { flag, integer, list, map, oneOf, opt, type Shape, strict, text } from "./schema_kit.ts";

const data = opt(z.unknown());
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** An object of which some fields are known. */
const tree = <T>(fields: z.core.$ZodShape) => z.looseObject(fields) as unknown as z.ZodType<T>;

/** Libvirt's own settings. */
export const libvirt = strict(
  {
    features: opt(tree<it.LibvirtFeatures>({
      acpi: opt(flag()),
      apic: opt(flag()),
      smm: opt(flag()),
      pae: opt(flag()),
      hyperv: opt(z.looseObject({})),
      kvm: opt(z.looseObject({})),
    })),
    cpu: opt(tree<it.LibvirtCpu>({
      mode: opt(oneOf(["host-passthrough", "host-model", "custom"])),
      model: opt(text("word")),
      features: opt(list(tree<it.LibvirtCpuFeature>({
        name: text("word"),
        policy: opt(oneOf(["force", "require", "optional", "disable", "forbid"])),
      }))),
      migratable: opt(text()),
    })),
    clock: opt(tree<it.LibvirtClock>({
      offset: opt(oneOf(["utc", "localtime", "timezone", "variable", "absolute"])),
      timers: opt(list(tree<it.LibvirtTimer>({ name: text("word") }))),
    })),
    memoryBacking: opt(tree<it.LibvirtMemoryBacking>({ hugepages: data, source: data, access: data })),
    memtune: data,
    numatune: data,
    cputune: opt(tree<it.LibvirtCpuTune>({
      vcpupin: opt(list(tree<it.LibvirtVcpuPin>({ vcpu: scalar, cpuset: scalar }))),
    })),
    iothreads: opt(integer()),
    devices: opt(map(z.unknown())),
    seclabel: data,
    launchSecurity: opt(tree<it.LibvirtLaunchSecurity>({ type: oneOf(["sev", "sev-es", "sev-snp", "tdx"]) })),
    resource: data,
    sysinfo: data,
    snippets: opt(list(text("filled"))),
    xmlPassthrough: data,
  } satisfies Shape<it.LibvirtDomain>,
);
