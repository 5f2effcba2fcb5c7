/** `setcap`, `user`, `unixGroup`, `kernelParam`: state of the system, always root's. Carried out once, at one level. */
import type { KernelParamEntry, SetcapEntry, UnixGroupEntry, UserEntry } from "../entities/plan_entry.ts";
import type { AccountAct, Act, CapAct } from "./act.ts";
import { textContent } from "./content.ts";
import type { LowerContext } from "./define_step.ts";
import { opBase } from "./op_base.ts";
import type { OpStep } from "./step.ts";

export function lowerSetcap(step: OpStep, entry: SetcapEntry, context: LowerContext): CapAct {
  const base = opBase(step, "setcap", context);
  const path = base.path(step.to ?? entry.setcap);
  return {
    ...base.act,
    type: "cap",
    resource: `cap:${path}`,
    summary: `set capabilities of ${path} to ${entry.caps || "none"}`,
    reversibility: "exact",
    path,
    caps: entry.caps,
  };
}

export function lowerAccount(step: OpStep, entry: UserEntry | UnixGroupEntry, context: LowerContext): AccountAct {
  const base = opBase(step, "user", context);
  const common = { ...base.act, type: "account", reversibility: "best-effort" } as const;
  if (entry.unixGroup !== undefined) {
    const name = entry.unixGroup;
    return {
      ...common,
      resource: `group:${name}`,
      summary: `make group ${name}`,
      account: "group",
      name,
      ...(entry.gid === undefined ? {} : { gid: entry.gid }),
    };
  }
  return {
    ...common,
    resource: `user:${entry.user}`,
    summary: `make user ${entry.user}`,
    account: "user",
    name: entry.user,
    ...(entry.uid === undefined ? {} : { uid: entry.uid }),
    ...(entry.gid === undefined ? {} : { gid: entry.gid }),
    ...(entry.home === undefined ? {} : { home: base.path(entry.home) }),
    ...(entry.loginShell === undefined ? {} : { loginShell: entry.loginShell }),
    ...(entry.groups === undefined ? {} : { groups: entry.groups }),
  };
}

/** A file for the next boot, the value for now. */
export function lowerKernelParam(step: OpStep, entry: KernelParamEntry, context: LowerContext): Act[] {
  const base = opBase(step, "kernelParam", context);
  const key = entry.kernelParam.replaceAll("/", ".");
  const path = `/etc/sysctl.d/60-charly-${key}.conf`;
  return [{
    ...base.act,
    type: "file",
    resource: `file:${path}`,
    summary: `write ${path} (0644)`,
    reversibility: "exact",
    path,
    content: textContent(`${key} = ${entry.value}\n`),
    mode: "0644",
  }, {
    ...base.act,
    type: "sysctl",
    resource: `sysctl:${key}`,
    summary: `set ${key} to ${entry.value}`,
    reversibility: "exact",
    key,
    value: entry.value,
  }];
}
