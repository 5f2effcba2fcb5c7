/** Kinds charly keeps: what their YAML says arrives in the entity, and is what a typed config may say. */
import assert from "node:assert/strict";
import { tables } from "../../../../lib/entities/config_schema.ts";
import { generateProject } from "../../../../lib/config/yaml/generate/project_code.ts";
import { parseDocument } from "../../../../lib/config/yaml/parse_nodes.ts";
import { Problems, problemText } from "../../../../lib/config/yaml/problem.ts";
import { readYaml } from "../../../../lib/config/yaml/read.ts";
import { readEntities } from "../../../../lib/config/yaml/read_entity.ts";
import { tempDir } from "../../../shared/tmp.ts";

function read(text: string) {
  const problems = new Problems();
  const { documents } = readYaml(new TextEncoder().encode(text), "f.yml", problems);
  const nodes = documents.flatMap((document) => parseDocument(document, { externalKinds: [] }, problems));
  const entities = nodes.flatMap((node) => readEntities(node, node.name, problems));
  return { entities, told: problems.all.map((it) => problemText(it).split("\n")[0]) };
}

/** Every entity as `table name` → value, each of them what its schema takes. */
function entitiesOf(text: string): Record<string, unknown> {
  const { entities, told } = read(text);
  assert.deepEqual(told, []);
  return Object.fromEntries(entities.map(({ table, name, value }) => {
    const plain = JSON.parse(JSON.stringify(value));
    assert.deepEqual(JSON.parse(JSON.stringify(tables[table].schema.parse(plain))), plain, `${table} ${name}`);
    return [`${table} ${name}`, plain];
  }));
}

/** Texts that are read below, to be written as TypeScript in the end. */
const samples: string[] = [];

function reads(what: string, text: string, expected: Record<string, unknown>): void {
  samples.push(text);
  Deno.test(`readEntities() reads ${what}`, () => assert.deepEqual(entitiesOf(text), expected));
}

reads(
  "a group with members, what is inside of them, and rounds of an agent",
  `
beds:
  group: { description: all of them, disposable: true, lifecycle: test }
  b-token: { requires_exclusive: [bench] }
  b-life: { ephemeral: { ttl: 2h, keep_on_failure: true } }
  b-rounds: { iterate: { sandbox: one, agent: helper, plateau_iteration: 4, note: false, env: { A: 1 } } }
  one:
    pod: web
    one-shared: { requires_shared: [nvidia-gpu] }
    db:
      pod: redis
  two:
    vm: arch
    t-hold: { preemptible: { holds: bench, restore: on-success } }
helper:
  agent: { command: [helper, --print], prompt_via: file, timeout: 30m, credential: [{ src: ~/.h, dst: /h, mode: bind }] }
  h-env: { env: { B: x } }
`,
  {
    "groups beds": {
      description: "all of them",
      disposable: true,
      lifecycle: "test",
      requiresExclusive: ["bench"],
      ephemeral: { ttl: "2h", keepOnFailure: true },
      iterate: { sandbox: "one", agent: "helper", plateauIteration: 4, note: false, env: { A: "1" } },
    },
    "pods one": { image: "web", memberOf: "beds", requiresShared: ["nvidia-gpu"] },
    "pods one.db": { image: "redis", inside: "one" },
    "bundles two": {
      on: { target: "vm", vm: "arch" },
      keep: { preemptible: { holds: "bench", restore: "on-success" }, memberOf: "beds" },
    },
    "agents helper": {
      command: ["helper", "--print"],
      promptVia: "file",
      timeout: "30m",
      credential: [{ src: "~/.h", dst: "/h", mode: "bind" }],
      env: { B: "x" },
    },
  },
);

Deno.test("readEntities() says that a group is no place for a step", () => {
  assert.deepEqual(
    read("g:\n  group: {}\n  s: { check: it is there, plugin: file, plugin_input: { file: /x } }\n").told,
    [
      'f.yml:3:3 wrong-place the step belongs to the group "g", which is no place to run it',
    ],
  );
});

reads(
  "a cluster and a deployment to it",
  `
home:
  k8s:
    kubeconfig_context: home
    admission_policy: baseline
    default_namespace: apps
    network_policy: strict
    resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { memory: 1Gi } }
    hostnames: [{ host: apps.example.org, tls: true, path: / }]
    storage: { class_default: local-path, class_fast: nvme, access_mode_default: ReadWriteOnce }
    ingress: { enabled: true, class: traefik, cert_issuer: letsencrypt, path_type_default: Prefix }
    gateway_api: { enabled: false }
    image_default: { pull_policy: Always, pull_secrets: [one] }
    pod_default: { priority_class: low, tolerations: [{ key: gpu }], node_selector: { disk: ssd } }
    observability: { service_monitor: true, service_monitor_interval: 30s }
    defaults: { labels: { team: us }, annotations: { note: x } }
  h-secret: { secret: { backend: sealed-secrets, store: vault, prefix: app } }
shop:
  k8s:
    from: home
    image: shop
    replica: 2
    kubernetes: { workload: StatefulSet, patches: [{ target: x, patch: y }] }
    expose: { host: shop.example.org, port: 8080, tls: true }
    storage: [{ name: data, size: 1Gi, class_hint: fast, access: single-writer, path: /data }]
    probes: { readiness: { plugin: http, plugin_input: { http: "http://x/" } } }
  s-volume: { volume: [{ name: data, type: encrypted, path: /data }] }
`,
  {
    "k8s home": {
      kubeconfigContext: "home",
      admissionPolicy: "baseline",
      defaultNamespace: "apps",
      networkPolicy: "strict",
      resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "1Gi" } },
      hostnames: [{ host: "apps.example.org", tls: true, path: "/" }],
      storage: { classDefault: "local-path", classFast: "nvme", accessModeDefault: "ReadWriteOnce" },
      ingress: { enabled: true, class: "traefik", certIssuer: "letsencrypt", pathTypeDefault: "Prefix" },
      gatewayApi: { enabled: false },
      imageDefault: { pullPolicy: "Always", pullSecrets: ["one"] },
      podDefault: { priorityClass: "low", tolerations: [{ key: "gpu" }], nodeSelector: { disk: "ssd" } },
      observability: { serviceMonitor: true, serviceMonitorInterval: "30s" },
      defaults: { labels: { team: "us" }, annotations: { note: "x" } },
      secret: { backend: "sealed-secrets", store: "vault", prefix: "app" },
    },
    "k8s shop": {
      from: "home",
      image: "shop",
      replica: 2,
      kubernetes: { workload: "StatefulSet", patches: [{ target: "x", patch: "y" }] },
      expose: { host: "shop.example.org", port: 8080, tls: true },
      storage: [{ name: "data", size: "1Gi", classHint: "fast", access: "single-writer", path: "/data" }],
      probes: { readiness: { plugin: "http", plugin_input: { http: "http://x/" } } },
      volume: [{ name: "data", type: "encrypted", path: "/data" }],
    },
  },
);

reads(
  "pod templates, sidecars, tunnels and what a pod asks for",
  `
small:
  pod: { box: web, sidecar: [{ sidecar: { name: tailscale } }], env_default: [A=1] }
  s-secret: { secret: [{ name: token, source: store }] }
web:
  pod: { from: small, image: web, restart: always, sidecar: { tailscale: { parameter: { tailnet: home } } } }
  w-tunnel: { tunnel: { provider: cloudflare, tunnel: web, public: { 8080: web.example.org }, private: [22] } }
  w-opts: { install_opts: { with_service: true } }
  w-env: { env: [B=2] }
open:
  pod: nginx
  o-tunnel: { tunnel: { public: all } }
  o-life: { ephemeral: true }
own:
  pod: nginx
  n-tunnel: { tunnel: tailscale }
proxy:
  sidecar: { image: example.org/proxy:1, parameter: { port: 80 } }
  p-env: { env: { MODE: fast } }
  p-volume: { volume: [{ name: state, path: /var/lib/proxy }] }
  p-secret: { secret: [{ name: key, env: KEY, env_from: "KEY_{{.Parameter.port}}" }] }
  p-security: { security: { cap_add: [NET_ADMIN] } }
`,
  {
    "pods small": {
      box: "web",
      sidecar: [{ sidecar: { name: "tailscale" } }],
      envDefault: ["A=1"],
      secret: [{ name: "token", source: "store" }],
    },
    "pods web": {
      from: "small",
      image: "web",
      restart: "always",
      sidecar: { tailscale: { parameter: { tailnet: "home" } } },
      tunnel: { provider: "cloudflare", tunnel: "web", public: { 8080: "web.example.org" }, private: [22] },
      installOpts: { withServices: true },
      env: { B: "2" },
    },
    "pods open": { image: "nginx", tunnel: { public: "all" }, ephemeral: true },
    "pods own": { image: "nginx", tunnel: "tailscale" },
    "sidecars proxy": {
      image: "example.org/proxy:1",
      parameter: { port: 80 },
      env: { MODE: "fast" },
      volume: [{ name: "state", path: "/var/lib/proxy" }],
      secret: [{ name: "key", env: "KEY", envFrom: "KEY_{{.Parameter.port}}" }],
      security: { capAdd: ["NET_ADMIN"] },
    },
  },
);

Deno.test("readEntities() refuses a tunnel to some of the internet, and a provider nobody knows", () => {
  const { told } = read("a:\n  pod: x\n  t: { tunnel: { provider: wireguard, public: some } }\n");
  assert.deepEqual(told, [
    'f.yml:3:28 bad-value "wireguard" is not allowed here',
    'f.yml:3:47 bad-value "some" is not allowed here',
  ]);
});

reads(
  "a phone and an app on it",
  `
pixel:
  android: { box: emulator, device: pixel_7, api_level: 34, google_account: { email_secret: mail, token_secret: token } }
real:
  android: { adb: { host: "127.0.0.1:\${HOST_PORT:5555}" }, serial: emulator-5556 }
app:
  android: pixel
  a-candy: { add_candy: [shop-app] }
`,
  {
    "androids pixel": {
      box: "emulator",
      device: "pixel_7",
      apiLevel: 34,
      googleAccount: { emailSecret: "mail", tokenSecret: "token" },
    },
    "androids real": { adb: { host: "127.0.0.1:${HOST_PORT:5555}" }, serial: "emulator-5556" },
    "androids app": { from: "pixel", addCandy: ["shop-app"] },
  },
);

reads(
  "distributions, builders, init systems and resources of a project",
  `
nobara:
  distro:
    inherits: fedora
    inherit_packages: true
    version: 42
    bootstrap: { install_cmd: "", package: [sudo], cache_mount: [{ dst: /var/cache, sharing: shared }] }
    format:
      rpm: { section_field: { package: list }, install_template: "dnf install {{.Packages}}", local_pkg: { pkg_glob: "*.rpm" } }
    base_user: { name: me, uid: 1000, gid: 1000, home: /home/me }
    debootstrap: { suite: trixie, include_package: [ca-certificates], extra_repo: [{ name: more, server: "http://m/" }] }
    dnf: { max_parallel_downloads: 5, fastestmirror: true }
bun:
  builder: { detect_file: [bun.lock], requires_src_dir: false, copy_artifact: [{ src: /o, dst: /i }], install_command: { a: b } }
  b-env: { env: { CI: "1" } }
runit:
  init: { model: file_copy, management_tool: sv, management_command: { start: "up {{.Service}}" }, service_schema: { supports_packaged: false } }
  r-need: { requires_capability: [preserve_user] }
gpu:
  resource: { gpu: { vendor: "0x1002" } }
printer:
  resource: {}
`,
  {
    "distros nobara": {
      inherits: "fedora",
      inheritPackages: true,
      version: "42",
      bootstrap: { installCmd: "", package: ["sudo"], cacheMount: [{ dst: "/var/cache", sharing: "shared" }] },
      format: {
        rpm: {
          sectionField: { package: "list" },
          installTemplate: "dnf install {{.Packages}}",
          localPkg: { pkgGlob: "*.rpm" },
        },
      },
      baseUser: { name: "me", uid: 1000, gid: 1000, home: "/home/me" },
      debootstrap: {
        suite: "trixie",
        includePackage: ["ca-certificates"],
        extraRepo: [{ name: "more", server: "http://m/" }],
      },
      dnf: { maxParallelDownloads: 5, fastestmirror: true },
    },
    "builders bun": {
      detectFile: ["bun.lock"],
      requiresSrcDir: false,
      copyArtifact: [{ src: "/o", dst: "/i" }],
      installCommand: { a: "b" },
      env: { CI: "1" },
    },
    "inits runit": {
      model: "file_copy",
      managementTool: "sv",
      managementCommand: { start: "up {{.Service}}" },
      serviceSchema: { supportsPackaged: false },
      requiresCapability: ["preserve_user"],
    },
    "resources gpu": { gpu: { vendor: "0x1002" } },
    "resources printer": {},
  },
);

reads(
  "the words of the installer Calamares, and keeps what it does not know",
  `
live:
  target:
    modules-search: [local]
    instance: [{ id: packages, module: packages, config: packages.conf }]
    sequence: { show: [welcome, users], exec: [partition, packages] }
    branding: mine
    prompt-install: true
    hide-back: false
packages:
  module: { type: job, interface: python, requiredModules: [mount], weight: 3, timeout: 300 }
desktop:
  package-group: { selected: true, post_install: "echo done", subgroup: [{ name: games, selected: false }] }
  d-package: { package: [sway, foot] }
  d-require: { require: [base] }
`,
  {
    "others live": {
      kind: "target",
      "modules-search": ["local"],
      instance: [{ id: "packages", module: "packages", config: "packages.conf" }],
      sequence: { show: ["welcome", "users"], exec: ["partition", "packages"] },
      branding: "mine",
      "prompt-install": true,
      "hide-back": false,
    },
    "others packages": {
      kind: "module",
      type: "job",
      interface: "python",
      requiredModules: ["mount"],
      weight: 3,
      timeout: 300,
    },
    "others desktop": {
      kind: "package-group",
      selected: true,
      post_install: "echo done",
      subgroup: [{ name: "games", selected: false }],
      package: ["sway", "foot"],
      require: ["base"],
    },
  },
);

reads(
  "the libvirt block of a machine, and keeps texts that look like truth values",
  `
arch:
  vm: { firmware: uefi-secure, machine: q35 }
  a-libvirt:
    libvirt:
      features: { smm: true, hyperv: { relaxed: "on" }, kvm: { hidden: "yes" } }
      cpu: { mode: custom, model: EPYC, features: [{ name: svm, policy: disable }] }
      clock: { offset: utc, timers: [{ name: rtc, tickpolicy: catchup }] }
      memory_backing: { source: memfd, access: shared }
      cputune: { vcpupin: [{ vcpu: 0, cpuset: "2" }] }
      devices:
        video: [{ model: virtio }]
        graphics: [{ type: spice, listen: 127.0.0.1 }, { type: vnc, listen: { type: address, address: 0.0.0.0 } }]
        channels: [{ type: unix, path: "{{.VmStateDir}}/ga.sock", name: org.qemu.guest_agent.0 }]
        hostdevs: [{ type: pci, managed: "yes", source: { domain: "0x0000", bus: "0x01", slot: "0x00", function: "0x0" } }]
        filesystems: [{ driver: virtiofs, source: /srv, target: srv }]
        memballoon: { model: none }
      launch_security: { type: sev-snp }
      snippets: ["<x/>"]
`,
  {
    "vms arch": {
      firmware: "uefi-secure",
      machine: "q35",
      libvirt: {
        features: { smm: true, hyperv: { relaxed: "on" }, kvm: { hidden: "yes" } },
        cpu: { mode: "custom", model: "EPYC", features: [{ name: "svm", policy: "disable" }] },
        clock: { offset: "utc", timers: [{ name: "rtc", tickpolicy: "catchup" }] },
        memoryBacking: { source: "memfd", access: "shared" },
        cputune: { vcpupin: [{ vcpu: 0, cpuset: "2" }] },
        devices: {
          video: [{ model: "virtio" }],
          graphics: [
            { type: "spice", listen: "127.0.0.1" },
            { type: "vnc", listen: { type: "address", address: "0.0.0.0" } },
          ],
          channels: [{ type: "unix", path: "{{.VmStateDir}}/ga.sock", name: "org.qemu.guest_agent.0" }],
          hostdevs: [
            {
              type: "pci",
              managed: "yes",
              source: { domain: "0x0000", bus: "0x01", slot: "0x00", function: "0x0" },
            },
          ],
          filesystems: [{ driver: "virtiofs", source: "/srv", target: "srv" }],
          memballoon: { model: "none" },
        },
        launchSecurity: { type: "sev-snp" },
        snippets: ["<x/>"],
      },
    },
  },
);

const wrongLibvirt: readonly [string, string][] = [
  ["devices: { video: [{ vram: 1 }] }", '"model" is missing'],
  ["devices: { graphics: [{ type: x11 }] }", '"x11" is not allowed here'],
  ["devices: { filesystems: [{ source: /srv }] }", '"target" is missing'],
  ["cpu: { mode: best }", '"best" is not allowed here'],
  ["launch_security: { type: sgx }", '"sgx" is not allowed here'],
  ["cputune: { vcpupin: [{ vcpu: 0 }] }", '"cpuset" is missing'],
];
for (const [block, message] of wrongLibvirt) {
  Deno.test(`readEntities() refuses ${block} in a libvirt block`, () => {
    const { told } = read(`a:\n  vm: {}\n  l: { libvirt: { ${block} } }\n`);
    assert.equal(told.length, 1);
    assert.ok(told[0]?.endsWith(message), told[0]);
  });
}

Deno.test("readEntities() keeps what it does not know of libvirt, and tells devices and what nearly is a known name", () => {
  const { entities, told } = read(
    "a:\n  vm: {}\n  l: { libvirt: { cpu: { mod: x, cache: y }, devices: { vidoe: [{}], iommufd: {}, video: [{ model: qxl, heads: 2 }] } } }\n",
  );
  assert.deepEqual(told, [
    'f.yml:3:26 warning unknown-field "mod" is not checked',
    'f.yml:3:57 warning unknown-field "vidoe" is not checked',
    'f.yml:3:70 warning unknown-field "iommufd" is not checked',
  ]);
  assert.deepEqual(JSON.parse(JSON.stringify(entities[0]?.value)), {
    libvirt: {
      cpu: { mod: "x", cache: "y" },
      devices: { vidoe: [{}], iommufd: {}, video: [{ model: "qxl", heads: 2 }] },
    },
  });
});

Deno.test("generateProject() writes every kind that is kept so that the compiler takes it and it says the same", async () => {
  const written = samples.flatMap((text) => read(text).entities);
  const entities = [...new Map(written.map((it) => [`${it.table} ${it.name}`, it])).values()];
  assert.ok(new Set(entities.map(({ table }) => table)).size >= 12);
  await using dir = await tempDir();
  const checkout = new URL("../../../../", import.meta.url);
  await dir.write(Object.fromEntries(generateProject(entities, { from: `${checkout}mod.ts` })));
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--config", new URL("deno.json", checkout).pathname, dir.join("charly.config.ts")],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const { default: config } = await import(`file://${dir.join("charly.config.ts")}`);
  for (const { table, name, value } of entities) {
    const plain = JSON.parse(JSON.stringify(value));
    const typescript = tables[table].schema.parse(JSON.parse(JSON.stringify(config[table][name])));
    assert.deepEqual(JSON.parse(JSON.stringify(typescript)), plain, `${table} ${name}`);
  }
});
