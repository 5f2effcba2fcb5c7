/** Rules between the fields of a virtual machine. */
import type { Vm } from "../../entities/vm.ts";
import { noDuplicates, type Report } from "./report.ts";

/**
 * Checks what no schema of one field can see.
 *
 * @param vm its fields, without those that are wrong in themselves
 * @param path where it stands
 * @param report told each problem
 */
export function vmRules(vm: Partial<Vm>, path: readonly string[], report: Report): void {
  if (vm.autostart === true && vm.backend === "qemu") {
    const hint = 'remove `autostart`, or set `backend: "libvirt"`';
    report(["autostart"], { code: "needs", field: "autostart", needs: 'backend "libvirt" or "auto"', hint });
  }
  if (vm.firmware === "uefi-secure" && vm.machine === "i440fx") {
    report(["machine"], { code: "excludes", fields: ["machine", "firmware"], hint: 'set `machine: "q35"`' });
  }
  if (vm.firmware === "uefi-secure" && vm.libvirt?.features?.smm === false) {
    const hint = "remove `smm: false`: secure boot needs it";
    report(["libvirt", "features", "smm"], { code: "excludes", fields: ["smm", "firmware"], hint });
  }
  if (vm.machine === "microvm" && (vm.ssh?.keyInjection?.smbios ?? "disabled") !== "disabled") {
    const hint = 'set `smbios: "disabled"`: a microvm has no SMBIOS';
    report(["ssh", "keyInjection", "smbios"], { code: "excludes", fields: ["smbios", "machine"], hint });
  }
  if (vm.ssh?.port !== undefined && vm.ssh.portAuto === true) {
    report(["ssh", "portAuto"], { code: "excludes", fields: ["port", "portAuto"], hint: "write one of the two" });
  }
  if (vm.libvirt?.cpu?.mode === "custom" && vm.libvirt.cpu.model === undefined) {
    report(["libvirt", "cpu"], { code: "needs", field: "mode", needs: "`model`", hint: "add the CPU model" });
  }
  networkRules(vm, report);
  noDuplicates(report, path, "snapshot", "snapshot", vm.snapshot?.map((snapshot) => snapshot.name));
  const snapshots = vm.snapshot?.map((snapshot) => snapshot.name) ?? [];
  vm.snapshot?.forEach(({ from }, index) => {
    if (from === undefined || snapshots.slice(0, index).includes(from)) return;
    report(["snapshot", index, "from"], {
      code: "unknown-name",
      noun: "earlier snapshot",
      name: from,
      known: snapshots.slice(0, index),
    });
  });
}

function networkRules(vm: Partial<Vm>, report: Report): void {
  const mode = vm.network?.mode ?? "user";
  for (const [field, wanted] of [["bridge", "bridge"], ["network", "network"]] as const) {
    const given = vm.network?.[field] !== undefined;
    if (mode === wanted && !given) {
      report(["network"], {
        code: "needs",
        field: "mode",
        needs: `\`${field}\``,
        hint: `add the name of the ${field}`,
      });
    }
    if (mode !== wanted && given) {
      const hint = `set \`mode: "${wanted}"\`, or remove \`${field}\``;
      report(["network", field], { code: "needs", field, needs: `mode "${wanted}"`, hint });
    }
  }
  if (mode !== "user" && (vm.network?.portForwards?.length ?? 0) > 0) {
    const hint = "remove them: the guest has an address of its own";
    report(["network", "portForwards"], { code: "needs", field: "portForwards", needs: 'mode "user"', hint });
  }
}
