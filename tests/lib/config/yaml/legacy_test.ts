import assert from "node:assert/strict";
import { runChain } from "../../../../lib/config/yaml/legacy/chain.ts";
import { isLegacy } from "../../../../lib/config/yaml/legacy/detect.ts";
import { legacyRules } from "../../../../lib/config/yaml/legacy/rules.ts";
import { parseDocument } from "../../../../lib/config/yaml/parse_nodes.ts";
import { Problems, problemText } from "../../../../lib/config/yaml/problem.ts";
import { readYaml } from "../../../../lib/config/yaml/read.ts";
import { readEntities } from "../../../../lib/config/yaml/read_entity.ts";
import { plain } from "../../../../lib/config/yaml/tree.ts";

/** One old file in today's form, as plain data; it reads without an error, and the chain has nothing more to do. */
function current(path: string, text: string) {
  const problems = new Problems();
  const { documents } = readYaml(new TextEncoder().encode(text), path, problems);
  assert.equal(isLegacy(path, documents), true);
  const { files, changes, manual } = runChain(new Map([[path, documents]]), legacyRules);
  assert.notEqual(changes.length, 0);
  assert.deepEqual(runChain(files, legacyRules).changes, []);
  for (const [, after] of files) {
    for (const document of after) {
      for (const node of parseDocument(document, { externalKinds: [] }, problems)) {
        readEntities(node, node.name, problems);
      }
    }
  }
  assert.deepEqual(problems.all.filter(({ severity }) => severity === "error").map(problemText), []);
  const data = Object.fromEntries([...files].map(([name, after]) => [name, after.map(({ root }) => plain(root))]));
  return { data: JSON.parse(JSON.stringify(data)), manual: manual.map(({ message }) => message) };
}

Deno.test("a flat layer of the first months is a candy in node form", () => {
  const { data } = current(
    "layers/web/layer.yml",
    `
depends: [base]
info: a web server
env: { tasks: kept }
rpm: { packages: [nginx, curl], repos: [{ name: extra, url: "https://example.org/x.repo" }] }
deb: { packages: [nginx, curl, nginx-full] }
"debian:13": { packages: [curl, nginx] }
aur: { packages: [nginx-git], replaces: [nginx] }
services: [{ name: web, exec: nginx, start_secs: 2 }]
tasks:
  - { cmd: "echo hi", user: root }
  - { download: "https://example.org/a.tgz", to: /opt/a, include: [bin] }
tests:
  - { id: there, file: /usr/sbin/nginx, exists: true }
  - { command: nginx -v, exit_code: 0, scope: deploy }
deploy_tests:
  - { port: 80, listening: true }
`,
  );
  assert.deepEqual(data, {
    "candy/web/charly.yml": [{
      web: {
        candy: { version: "2026.174.1100", description: "a web server" },
        "web-require": { require: ["base"] },
        "web-env": { env: { tasks: "kept" } },
        "web-distro": {
          distro: {
            fedora: { package: ["nginx", "curl"], repo: [{ name: "extra", url: "https://example.org/x.repo" }] },
            debian: { package: ["nginx", "curl", "nginx-full"] },
            ubuntu: { package: ["nginx", "curl", "nginx-full"] },
            "debian-13": { package: ["curl", "nginx"] },
            arch: { aur: { package: ["nginx-git"], replace: ["nginx"] } },
          },
        },
        "web-service": { service: [{ name: "web", exec: "nginx", start_sec: 2 }] },
        "web-step-0": {
          run: "command=echo hi",
          plugin: "command",
          plugin_input: { command: "echo hi" },
          run_as: "root",
        },
        "web-step-1": {
          run: "download=https://example.org/a.tgz",
          download: "https://example.org/a.tgz",
          to: "/opt/a",
          extract_include: ["bin"],
        },
        there: {
          check: "file=/usr/sbin/nginx",
          id: "there",
          plugin: "file",
          plugin_input: { file: "/usr/sbin/nginx", exists: true },
        },
        "web-step-3": {
          check: "command=nginx -v",
          plugin: "command",
          plugin_input: { command: "nginx -v" },
          exit_status: 0,
          context: ["runtime"],
        },
        "web-step-4": {
          check: "port=80",
          plugin: "port",
          plugin_input: { port: 80, listening: true },
          context: ["runtime"],
        },
      },
    }],
  });
});

Deno.test("packages that every distribution calls the same are written once", () => {
  const { data } = current("layers/a/layer.yml", "rpm: { packages: [git, gcc-c++] }\npac: { packages: [git, gcc] }\n");
  const { a } = data["candy/a/charly.yml"][0];
  assert.deepEqual(a["a-package"], { package: ["git"] });
  assert.deepEqual(a["a-distro"], { distro: { fedora: { package: ["gcc-c++"] }, arch: { package: ["gcc"] } } });
});

Deno.test("supervisor INI text and system services are a list of services", () => {
  const { data } = current(
    "layers/a/layer.yml",
    `
service: |
  [program:web]
  command=/usr/bin/web
    --port 80
  environment=A="x,y",B=2
  autorestart=unexpected
  directory=/srv
  priority=10
system_services: [sshd, cups.socket]
`,
  );
  assert.deepEqual(data["candy/a/charly.yml"][0].a["a-service"].service, [
    {
      ...{ name: "web", exec: "/usr/bin/web --port 80", env: { A: "x,y", B: "2" }, restart: "on-failure" },
      ...{ working_directory: "/srv", priority: 10, enable: true, scope: "system" },
    },
    { name: "sshd", use_packaged: "sshd.service", enable: true, scope: "system" },
    { name: "cups.socket", use_packaged: "cups.socket", enable: true, scope: "system" },
  ]);
});

Deno.test("scenarios are steps, and a described status is the layer's", () => {
  const { data } = current(
    "candy/a/charly.yml",
    `
candy:
  version: 2026.162.1430
  name: a
  description:
    feature: A thing
    narrative: It does.
    tag: [working]
    scenario:
      - name: one
        setup: [{ given: it is made, mkdir: /srv }]
        step:
          - { then: it is there, file: /srv, exists: true }
          - { then: it looks good }
          - { when: it is asked, do: act, command: ask }
`,
  );
  const { candy, ...children } = data["candy/a/charly.yml"][0].a;
  assert.deepEqual(candy, {
    version: "2026.162.1430",
    description: "A thing\nIt does.",
    status: "working",
  });
  assert.deepEqual(Object.values(children), [
    { run: "it is made", mkdir: "/srv" },
    { check: "it is there", plugin: "file", plugin_input: { file: "/srv", exists: true } },
    { "agent-check": "it looks good" },
    { run: "it is asked", plugin: "command", plugin_input: { command: "ask" } },
  ]);
});

Deno.test("images of the first months are candies with a base; what images lost is left to the user", () => {
  const { data, manual } = current(
    "images.yml",
    `
defaults: { pkg: rpm, platforms: [linux/amd64] }
images:
  base: { base: "quay.io/fedora/fedora:43", builder: fedora-builder, layers: [git], tests: [{ file: /usr/bin/git }] }
  archlinux: { pkg: [pac, aur], ports: ["80:80"] }
  fedora-builder: { base: "quay.io/fedora/fedora:43", layers: [git] }
`,
  );
  assert.deepEqual(data["images.yml"][0], {
    defaults: { build: ["rpm"], platform: ["linux/amd64"] },
    base: {
      candy: {
        base: "quay.io/fedora/fedora:43",
        builder: { pixi: "fedora-builder", npm: "fedora-builder", cargo: "fedora-builder", aur: "fedora-builder" },
      },
      "base-candy": { candy: ["git"] },
      "base-step-0": { check: "file=/usr/bin/git", plugin: "file", plugin_input: { file: "/usr/bin/git" } },
    },
    archlinux: { candy: { base: "quay.io/fedora/fedora:43", build: ["pac", "aur"] } },
    // One that built everything for others never said so.
    "fedora-builder": {
      candy: { base: "quay.io/fedora/fedora:43", produce: ["pixi", "npm", "cargo", "aur"] },
      "fedora-builder-candy": { candy: ["git"] },
    },
  });
  assert.deepEqual(manual, ['an image has no "ports" any more']);
});

Deno.test("deploy files are deployments that say their target", () => {
  const { data } = current(
    "deploy.yml",
    `
images:
  web/blue: { ports: ["8080:80"], bind_mounts: [{ name: data, path: /srv, encrypted: true }] }
  vm:arch: { install_opts: { with_services: true } }
  laptop: { target: host, host: local, add_layers: [git] }
`,
  );
  assert.deepEqual(data["deploy.yml"][0], {
    "web/blue": {
      pod: { image: "web" },
      "web/blue-port": { port: ["8080:80"] },
      "web/blue-volume": { volume: [{ name: "data", path: "/srv", type: "encrypted" }] },
    },
    "arch-vm": { vm: { from: "arch" }, "arch-vm-install_opts": { install_opts: { with_service: true } } },
    laptop: { local: { host: "local" }, "laptop-add_candy": { add_candy: ["git"] } },
  });
});

Deno.test("machines and the root file are in today's words", () => {
  const { data } = current(
    "overthink.yml",
    `
version: 4
includes: [vms.yml, build.yml]
discover: { layers: [{ path: layers, recursive: true }] }
vms:
  arch:
    source: { kind: cloud_image, url: "https://example.org/a.qcow2", checksum: { type: sha256, value: "" } }
    cpus: 2
    cloud_init: { packages: [git], ov_install: { ov_install_strategy: scp } }
`,
  );
  assert.deepEqual(data["overthink.yml"][0], {
    version: "2026.174.1100",
    import: ["vms.yml"],
    discover: [{ path: "candy", recursive: true }],
    arch: {
      vm: {
        source: { kind: "cloud_image", url: "https://example.org/a.qcow2" },
        cpu: 2,
        cloud_init: { package: ["git"], charly_install: { strategy: "scp" } },
      },
    },
  });
});

Deno.test("today's files are left alone, an entity called like a kind too", () => {
  for (const text of ["web:\n  candy: {}\n", "k8s:\n  pod: nginx\n", "vm:\n  vm: { cpu: 2 }\n  e: { libvirt: {} }\n"]) {
    assert.equal(isLegacy("charly.yml", readYaml(new TextEncoder().encode(text), "charly.yml").documents), false, text);
  }
});

Deno.test("a document with its kind, name and spec at the root is an entity in node form", () => {
  const { data } = current(
    "bench.yml",
    "kind: local\nname: bench\nspec:\n  candy: [git]\n  check:\n    - { id: there, scope: deploy, command: git --version }\n",
  );
  assert.deepEqual(data, {
    "bench.yml": [{
      bench: {
        local: {},
        "bench-candy": { candy: ["git"] },
        there: {
          check: "command=git --version",
          id: "there",
          context: ["runtime"],
          plugin: "command",
          plugin_input: { command: "git --version" },
        },
      },
    }],
  });
});

Deno.test("an image and a distribution of one name stand in two documents of a file", () => {
  const { data } = current(
    "overthink.yml",
    'version: 4\nimages:\n  debian: { base: docker.io/debian }\ndistros:\n  debian: { version: "13" }\n  arch: { version: "1" }\n',
  );
  const [file] = Object.values(data) as [Record<string, Record<string, unknown>>[]];
  assert.deepEqual(file.map((document) => Object.keys(document).filter((key) => key !== "version")), [
    ["debian", "arch"],
    ["debian"],
  ]);
  assert.deepEqual(file.map((document) => Object.keys(document["debian"]!)), [["candy"], ["distro"]]);
});
