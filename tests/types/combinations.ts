/** Combinations of fields that cannot be. */
import { candy, check, command, copy, download, file, link, mkdir, port, service, vm, write } from "@charly/charly";
import type { PlanEntry } from "@charly/charly";

vm({ backend: "libvirt", autostart: true });
// @ts-expect-error autostart needs libvirt
vm({ backend: "qemu", autostart: true });
vm({ firmware: "uefi-secure", libvirt: { features: { smm: true } } });
// @ts-expect-error secure boot needs SMM
vm({ firmware: "uefi-secure", libvirt: { features: { smm: false } } });
// @ts-expect-error secure boot needs another machine type
vm({ machine: "i440fx", firmware: "uefi-secure" });
vm({ machine: "microvm", ssh: { keyInjection: { smbios: "disabled" } } });
// @ts-expect-error a microvm has no SMBIOS
vm({ machine: "microvm", ssh: { keyInjection: { smbios: "enabled" } } });
// @ts-expect-error a size has a unit
vm({ ram: "4096" });
// @ts-expect-error a clone needs its snapshot
vm({ source: { kind: "clone", fromVm: "x" } });

/** One verb each. */
export const plan: readonly PlanEntry[] = [
  mkdir("~/bin"),
  command("true"),
  command("make install", { undo: "make uninstall", touches: ["/usr/local"] }),
  check("it runs", command("thing --ok"), { stdout: { contains: "ok" }, eventually: "10s" }),
  check("it listens", port(80), { id: "listens" }),
  check("nginx runs", service("nginx"), { running: true }),
  { mkdir: "~/bin", mode: "0755" },
  { check: "motd greets", probe: { file: "/etc/motd", contains: "hi" } },
  // @ts-expect-error two verbs
  { mkdir: "/a", write: "/b", content: "" },
];

// @ts-expect-error the content is missing
write("/etc/motd", {});
// @ts-expect-error where it goes is missing
copy("./x", {});
// @ts-expect-error what it points at is missing
link("~/x", {});
// @ts-expect-error no such archive
download("https://example.org/x.rar", { to: "/opt/x", extract: "rar" });
// @ts-expect-error a mode is text
mkdir("/a", { mode: 755 });
// @ts-expect-error unknown option
mkdir("/a", { owner: "root" });
// @ts-expect-error a check runs a command, it does not install one
check("it runs", command("thing", { undo: "no" }));
// @ts-expect-error a file has no standard output
check("it is there", file("/etc/motd"), { stdout: "x" });
// @ts-expect-error PATH has a field of its own
candy({ version: "2026.1.0000", description: "x", env: { PATH: "/x" } });
// @ts-expect-error the version is missing
candy({ description: "x" });
