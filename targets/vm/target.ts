/** Virtual machines: declared and typed, and refused with a clear text until charly can run them. */
import { CharlyError } from "../../lib/base/errors.ts";
import type { DeployTarget } from "../../lib/deploy/target.ts";
import type { VmTarget } from "../../lib/entities/bundle.ts";

function refuse(vm: string): CharlyError {
  return new CharlyError(`deploy to the VM ${vm}: this version of charly declares VMs and does not run them yet`, {
    hint: 'start the machine yourself and give the bundle `on: ssh("user@host")`',
    code: "vm-not-available",
    exitCode: 2,
  });
}

/** A machine of `vms`. */
export const vmTarget: DeployTarget<VmTarget> = {
  kind: "vm",
  hosts: (on) => [`vm:${on.vm}`],
  reach: (on) => Promise.resolve({ kind: "local", host: `vm:${on.vm}` }),
  open: (on) => Promise.reject(refuse(on.vm)),
};
