// Several hosts with one plan, deployed one after the other (`--serial 1`), each rolled back by itself when it fails.
import { bundle, candy, command, defineConfig, mkdir, ssh, write } from "@charly/charly";

const release = "2026.300.1";

export default defineConfig({
  project: "app",
  candies: {
    app: candy({
      version: "2026.300.0900",
      description: "one release of the application",
      var: { RELEASE: release },
      plan: [
        mkdir("~/app"),
        write("~/app/release", { content: `${release}\n` }),
        // a guard that asks the machine: run only where this release is not the one that runs
        command("~/app/start ${RELEASE}", {
          id: "start",
          unless: 'test "$(cat ~/app/running 2>/dev/null)" = ' + release,
          undo: "~/app/stop",
          timeout: "2m",
        }),
      ],
    }),
  },
  bundles: {
    fleet: bundle({
      on: ssh(["deploy@app1.example.com", "deploy@app2.example.com:2222", "deploy@app3.example.com"]),
      candy: ["app"],
      lifecycle: "prod",
      onFailure: "rollback",
    }),
  },
});
