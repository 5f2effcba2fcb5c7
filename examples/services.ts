// Services: a unit of your own for the user, one for the system, and a packaged unit with a drop-in.
import { bundle, candy, defineConfig, local, write } from "@charly/charly";

export default defineConfig({
  project: "services",
  candies: {
    notes: candy({
      version: "2026.300.0900",
      description: "a file server of the user",
      plan: [write("~/notes/index.html", { content: "notes\n" })],
      service: [{
        name: "notes",
        scope: "user",
        exec: "/usr/bin/python3 -m http.server --directory %h/notes 8765",
        restart: "on-failure",
        env: { PYTHONUNBUFFERED: "1" },
        enable: true,
      }],
    }),
    heartbeat: candy({
      version: "2026.300.0900",
      description: "a service of the system",
      service: [{
        name: "heartbeat",
        exec: "/bin/sh -c 'while sleep 60; do date; done'",
        restart: "always",
        stdout: "journal",
        after: ["network-online.target"],
        enable: true,
      }],
    }),
    cron: candy({
      version: "2026.300.0900",
      description: "the distribution's cron, with one variable more",
      package: ["cron"],
      service: [{
        name: "cron",
        usePackaged: "cron.service",
        enable: true,
        overrides: { env: { TZ: "UTC" } },
      }],
    }),
  },
  bundles: {
    // the opt-in for services is part of the plan: without it they are skipped, and the plan says so
    host: bundle({ on: local(), candy: ["notes", "heartbeat", "cron"], installOpts: { withServices: true } }),
  },
});
