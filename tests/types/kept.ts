/** What charly keeps can be written with completion too: each `@ts-expect-error` is a slip the compiler finds. */
import { check, defineConfig, file, local } from "@charly/charly";

export const good = defineConfig({
  agents: { helper: { command: ["helper", "--print"], promptVia: "argv", timeout: "10m" } },
  groups: { beds: { lifecycle: "test", iterate: { sandbox: "web", agent: "helper" }, ephemeral: { ttl: "2h" } } },
  pods: {
    small: { box: "web", sidecar: [{ sidecar: { name: "tailscale" } }] },
    web: {
      from: "small",
      image: "docker.io/library/nginx:1",
      memberOf: "beds",
      tunnel: { provider: "cloudflare", public: { "8080": "web.example.org" } },
      plan: [check("it is there", file("/x"))],
    },
  },
  k8s: { home: { kubeconfigContext: "home", storage: { classFast: "nvme" } }, shop: { from: "home", image: "x/y" } },
  androids: { phone: { adb: { host: "127.0.0.1:5555" } } },
  distros: { nobara: { inherits: "fedora", inheritPackages: true, format: { rpm: {} } } },
  builders: { bun: { detectFile: ["bun.lock"] } },
  inits: { runit: { model: "file_copy" } },
  resources: { printer: {} },
  sidecars: { proxy: { image: "x/y", security: { capAdd: ["NET_ADMIN"] } } },
  others: { desktop: { kind: "package-group", selected: true } },
  bundles: { here: { on: local(), keep: { memberOf: "beds" } } },
});

export const slips = defineConfig({
  groups: {
    // @ts-expect-error a group has no plan
    beds: { plan: [] },
  },
  pods: {
    // @ts-expect-error no such provider
    web: { image: "x/y", tunnel: { provider: "wireguard" } },
  },
  inits: {
    // @ts-expect-error no model
    runit: {},
  },
  distros: {
    // @ts-expect-error no such field
    nobara: { inherit: "fedora" },
  },
});
