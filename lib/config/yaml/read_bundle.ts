/** A deployment on this machine, over SSH or in a virtual machine: one of charly's bundles. */
import type { Node } from "./node.ts";
import type { Problems } from "./problem.ts";
import { keepOthers, variablesOf } from "./reshape.ts";

type Values = Record<string, unknown>;

const own = ["on", "from", "addCandy", "description", "installOpts", "env", "disposable", "lifecycle", "plan"];

/** The fields of a `local` or `vm` deployment as a bundle has them. */
export function readBundle(node: Node, read: Values, problems: Problems): Values {
  const { host, user, sshArg, from, installOpts, ...values } = variablesOf(read, node, problems);
  const options = installOpts as Values | undefined;
  return keepOthers({
    ...values,
    on: node.kind === "vm" ? { target: "vm", vm: from } : hostOf(host, user, sshArg),
    ...(node.kind === "local" && from !== undefined ? { from } : {}),
    ...(options === undefined ? {} : { installOpts: installOptions(options) }),
  }, own);
}

/** The fields of a `local` template. */
export function readLocal(node: Node, read: Values, problems: Problems): Values {
  const { installOpts, ...values } = variablesOf(read, node, problems);
  const options = installOpts as Values | undefined;
  return keepOthers(
    { ...values, ...(options === undefined ? {} : { installOpts: installOptions(options) }) },
    ["candy", "installOpts", "env", "description", "plan"],
  );
}

/** The fields of a deployment charly does not bring up yet. */
export function keptDeployment(node: Node, read: Values, problems: Problems): Values {
  const { installOpts, ...values } = variablesOf(read, node, problems);
  const options = installOpts as Values | undefined;
  return { ...values, ...(options === undefined ? {} : { installOpts: installOptions(options) }) };
}

/** The fields of a group: it has no place where a step could run. */
export function groupFieldsOf(node: Node, { plan: _nowhere, ...values }: Values, problems: Problems): Values {
  for (const { at } of node.steps) {
    const message = `the step belongs to the group "${node.name}", which is no place to run it`;
    problems.error("wrong-place", at, message, "move it into one of the group's members");
  }
  return values;
}

/** `local`, or nothing, is this machine. */
function hostOf(host: unknown, user: unknown, sshArg: unknown): Values {
  if (typeof host !== "string" || host === "local") return { target: "local" };
  return {
    target: "ssh",
    host: [host],
    ...(user === undefined ? {} : { user }),
    ...(sshArg === undefined ? {} : { sshArg }),
  };
}

/** The opt-ins; `with_service` has been renamed. */
export function installOptions({ withService, ...others }: Values): Values {
  return { ...others, ...(withService === undefined ? {} : { withServices: withService }) };
}
