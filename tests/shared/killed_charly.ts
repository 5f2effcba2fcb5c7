/** A charly of its own that kills itself at a place of its run. Reads `RIG`: JSON of place, written, at, gate. */
import { localTransport } from "../../lib/execute/transport/local.ts";
import { createApi } from "../../targets/api.ts";
import { targets } from "../../targets/mod.ts";
import { faultyTransport } from "./faults.ts";
import { projectOf } from "./local_rig.ts";

const { place, written, at, gate } = JSON.parse(Deno.env.get("RIG") ?? "{}");
const home = `${place}/home`;
const env = {
  HOME: home,
  USER: "root",
  LOGNAME: "root",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
};
const api = createApi({
  targets: {
    ...targets,
    local: {
      ...targets.local,
      open: () =>
        Promise.resolve(faultyTransport(localTransport({ env, home }), {
          at,
          how: "pause",
          gate,
          onPause: () => Deno.kill(Deno.pid, "SIGKILL"),
        })),
    },
  },
  env,
  operator: "tester@here",
  stateHome: `${place}/state`,
  secretDir: `${place}/data/secret`,
});
await api.addBundle(
  projectOf(written, `${place}/project`),
  "web",
  { install: {} },
  (event) => Promise.resolve(event.kind === "confirm" ? true : undefined),
);
