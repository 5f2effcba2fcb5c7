/** A venue inside another one: a container, or a machine only the outer one can reach. */
import type { DeployTarget } from "../../lib/deploy/target.ts";
import type { NestedTarget } from "../../lib/entities/bundle.ts";
import { localTarget } from "../local/target.ts";
import { sshTarget } from "../ssh/target.ts";

/** Loaded when somebody connects: whoever only asks for the way does not need it. */
const connecting = () => import("../../lib/execute/connect.ts");

/** The outer venue is opened first; the inner one is reached through it alone. */
export const nestedTarget: DeployTarget<NestedTarget> = {
  kind: "nested",
  hosts: (on) => outerHosts(on).map((host) => host === "local" ? on.name : `${on.name} in ${host}`),
  reach(on, host, context) {
    const outer = outerOf(on, host);
    return on.outer.target === "local"
      ? localTarget.reach(on.outer, outer, context)
      : sshTarget.reach(on.outer, outer, context);
  },
  open: async (on, host, { env, passphrase }) =>
    (await connecting()).connect(on, on.outer.target === "local" ? undefined : outerOf(on, host), {
      env,
      ...(passphrase === undefined ? {} : { passphrase }),
    }),
};

function outerHosts({ outer }: NestedTarget): readonly string[] {
  return outer.target === "local" ? localTarget.hosts(outer) : sshTarget.hosts(outer);
}

function outerOf(on: NestedTarget, label: string): string {
  const mark = `${on.name} in `;
  return label.startsWith(mark) ? label.slice(mark.length) : "local";
}
