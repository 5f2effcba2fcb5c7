/** The libvirt block of a machine: what is in use is checked, the rest of libvirt's tree is taken as it is. */
import {
  data,
  either,
  flag,
  list,
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

/** `"on"`, `"yes"`, `"off"`: libvirt's own spellings, texts on purpose. */
const toggle = text();
/** Libvirt knows more than is named here; what nearly is one of the names is a slip. */
const open = (fields: Parameters<typeof object>[0]): ObjectShape => ({ ...object(fields), open: true, told: "near" });

const listen = either({
  scalar: text(),
  map: object({ type: text(), address: text(), network: text(), socket: text() }),
  list: list(object({ type: text(), address: text(), network: text(), socket: text() })),
});

/** Devices by list, as libvirt names them. */
const devices: Shape = {
  ...open({
    emulator: text("absolutePath"),
    disks: list(open({})),
    interfaces: list(open({})),
    channels: list(open({ type: text(), path: text(), name: text(), mode: text() })),
    serial: list(open({})),
    console: list(open({})),
    parallel: list(open({})),
    graphics: list(open({ type: required(word("vnc", "spice", "rdp", "sdl", "egl-headless")), listen })),
    video: list(open({ model: required(text("word")) })),
    audio: list(open({})),
    sound: list(open({ model: required(text("word")) })),
    inputs: list(open({ type: required(text("word")) })),
    usb: list(open({})),
    redirdev: list(open({})),
    hostdevs: list(open({ type: required(word("pci", "usb", "scsi", "mdev")), managed: word("yes", "no") })),
    filesystems: list(open({
      driver: word("virtiofs", "9p", "path"),
      accessmode: word("passthrough", "mapped", "squash"),
      source: required(data),
      target: required(data),
    })),
    rng: list(open({})),
    tpm: list(open({})),
    watchdog: list(open({ model: required(text("word")) })),
    shmem: list(open({ name: required(text("word")) })),
    panic: list(open({})),
    smartcard: list(open({})),
    hub: list(open({ type: required(text("word")) })),
    memballoon: open({ model: required(text("word")) }),
    iommu: open({ model: required(text("word")) }),
    vsock: open({}),
  }),
  told: "all",
};

/** The whole block. */
export const libvirt: Shape = object({
  snippets: texts,
  xml_passthrough: data,
  features: open({
    acpi: flag,
    apic: flag,
    smm: flag,
    pae: flag,
    hyperv: open({}),
    kvm: open({}),
  }),
  cpu: open({
    mode: word("host-passthrough", "host-model", "custom"),
    model: text("word"),
    features: list(open({
      name: required(text("word")),
      policy: word("force", "require", "optional", "disable", "forbid"),
    })),
    migratable: toggle,
  }),
  clock: open({
    offset: word("utc", "localtime", "timezone", "variable", "absolute"),
    timers: list(open({ name: required(text("word")) })),
  }),
  memory_backing: open({ hugepages: data, source: data, access: data }),
  memtune: data,
  numatune: data,
  cputune: open({ vcpupin: list(open({ vcpu: required(scalar), cpuset: required(scalar) })) }),
  iothreads: number(),
  devices,
  seclabel: data,
  launch_security: open({ type: required(word("sev", "sev-es", "sev-snp", "tdx")) }),
  resource: data,
  sysinfo: data,
});
