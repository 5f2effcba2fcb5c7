/** This machine. */
import type { DeployTarget } from "../../lib/deploy/target.ts";
import type { LocalTarget } from "../../lib/entities/bundle.ts";

/** Loaded when somebody connects: whoever only asks for the way does not need it. */
const connecting = () => import("../../lib/execute/connect.ts");

/** Programs run here, as the user who calls charly. */
export const localTarget: DeployTarget<LocalTarget> = {
  kind: "local",
  hosts: () => ["local"],
  reach: () => Promise.resolve({ kind: "local", host: "local" }),
  open: async (on, _host, { env }) => (await connecting()).connect(on, undefined, { env }),
};
