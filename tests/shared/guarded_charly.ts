/** A guarded charly of its own that kills itself. Reads `RIG`: JSON of place, written, guard, and `at`: which connection kills it. */
import { localTransport } from "../../lib/execute/transport/local.ts";
import { createApi } from "../../targets/api.ts";
import { targets } from "../../targets/mod.ts";
import { projectOf } from "./local_rig.ts";

const { place, written, guard, at } = JSON.parse(Deno.env.get("RIG") ?? "{}");
const home = `${place}/home`;
const env = {
  HOME: home,
  USER: "root",
  LOGNAME: "root",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
};
let connections = 0;
const api = createApi({
  targets: {
    ...targets,
    local: {
      ...targets.local,
      open: () => {
        connections++;
        if (connections === at) Deno.kill(Deno.pid, "SIGKILL");
        return Promise.resolve(localTransport({ env, home }));
      },
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
  { install: {}, guard },
  (event) => Promise.resolve(event.kind === "confirm" ? true : undefined),
);
