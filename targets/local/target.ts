/** This machine. */
import type { DeployTarget } from "../../lib/deploy/target.ts";
import type { LocalTarget } from "../../lib/entities/bundle.ts";
import { connect } from "../../lib/execute/connect.ts";

/** Programs run here, as the user who calls charly. */
export const localTarget: DeployTarget<LocalTarget> = {
  kind: "local",
  hosts: () => ["local"],
  reach: () => Promise.resolve({ kind: "local", host: "local" }),
  open: (on, _host, { env }) => connect(on, undefined, { env }),
};
