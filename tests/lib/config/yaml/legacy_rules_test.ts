import assert from "node:assert/strict";
import { runChain } from "../../../../lib/config/yaml/legacy/chain.ts";
import { isLegacy } from "../../../../lib/config/yaml/legacy/detect.ts";
import { legacyRules } from "../../../../lib/config/yaml/legacy/rules.ts";
import { parseDocument } from "../../../../lib/config/yaml/parse_nodes.ts";
import { Problems, problemText } from "../../../../lib/config/yaml/problem.ts";
import { readYaml } from "../../../../lib/config/yaml/read.ts";
import { readEntities } from "../../../../lib/config/yaml/read_entity.ts";
import { plain } from "../../../../lib/config/yaml/tree.ts";

/** An old file in today's form as plain data; it reads without an error, and a second run of the chain changes nothing. */
function current(text: string, path = "charly.yml") {
  const problems = new Problems();
  const { documents } = readYaml(new TextEncoder().encode(text), path, problems);
  assert.equal(isLegacy(path, documents), true);
  const { files, changes, manual } = runChain(new Map([[path, documents]]), legacyRules);
  assert.deepEqual(runChain(files, legacyRules).changes, []);
  const [after] = [...files.values()];
  for (const document of after!) {
    for (const node of parseDocument(document, { externalKinds: [] }, problems)) {
      readEntities(node, node.name, problems);
    }
  }
  assert.deepEqual(problems.all.filter(({ severity }) => severity === "error").map(problemText), []);
  return {
    data: JSON.parse(JSON.stringify(after!.map(({ root }) => plain(root)))),
    rules: [...new Set(changes.map(({ rule }) => rule))],
    manual: manual.map(({ message }) => message),
  };
}

Deno.test("kind-document: documents that say their kind beside their name are entities by name", () => {
  const { data, rules } = current(`kind: host
name: base
spec: { layers: [git] }
---
kind: deployment
name: web
spec: { target: host, local: base }
`);
  assert.ok(rules.includes("kind-document"));
  assert.deepEqual(data, [
    { base: { local: {}, "base-candy": { candy: ["git"] } } },
    { web: { local: { from: "base" } } },
  ]);
});

Deno.test("target-local: a host that names a template is the template; one that looks like a host stays", () => {
  const { data } = current(`host:
  base: { layers: [git] }
deploy:
  one: { target: host, host: base }
  two: { target: host, host: base.example.org }
  three: { target: host, host: me@base }
`);
  assert.deepEqual(data[0], {
    base: { local: {}, "base-candy": { candy: ["git"] } },
    one: { local: { from: "base" } },
    two: { local: { host: "base.example.org" } },
    three: { local: { host: "me@base" } },
  });
});

Deno.test("local-images: images of a template are left to the user", () => {
  const { data, manual } = current("local:\n  base: { layers: [git], images: [web] }\n");
  assert.deepEqual(data[0], { base: { local: {}, "base-candy": { candy: ["git"] } } });
  assert.deepEqual(manual, ['the template "base" holds no images any more']);
});

Deno.test("renames: names of the tool's own project follow, where they are declared and where they are meant", () => {
  const { data, rules } = current(`image:
  marimo-ml: { base: arch-charly, layer: [git] }
  arch-charly: { base: "docker.io/library/archlinux:latest" }
local:
  qc: { layer: [git] }
deploy:
  versa-pod: { target: pod, image: marimo-ml }
  desk: { target: local, local: qc }
`);
  for (const rule of ["marimo-rename", "charly-names", "charly-cachyos"]) assert.ok(rules.includes(rule), rule);
  const [entities] = data;
  assert.equal(entities.versa.candy.base, "charly-arch");
  assert.ok(entities["charly-arch"]);
  assert.deepEqual(entities["versa-pod"], { pod: { image: "versa" } });
  assert.deepEqual(entities.desk, { local: { from: "charly-cachyos" } });
});

Deno.test("charly-names: a variable the project sets is renamed wherever the project speaks of it", () => {
  const { data } = current(
    `env: { OV_PORT: "80", CH_HOME: /srv, OTHER: x }
tasks:
  - { cmd: 'serve "$OV_PORT" "\${CH_HOME}" "$OV_UNKNOWN"' }
`,
    "layers/web/layer.yml",
  );
  const { web } = data[0];
  assert.deepEqual(web["web-env"].env, { CHARLY_PORT: "80", CHARLY_HOME: "/srv", OTHER: "x" });
  const [step] = Object.values(web).filter((it) => (it as { run?: string }).run) as [
    Record<string, { command: string }>,
  ];
  assert.equal(step["plugin_input"]!.command, 'serve "$CHARLY_PORT" "${CHARLY_HOME}" "$OV_UNKNOWN"');
});

Deno.test("tailscale-secrets: a key says for which tailnet it is, and is never shown", () => {
  const old = (sidecar: string) =>
    `deploy:
  web:
    target: pod
    image: web
    env: ["TS_AUTHKEY=tskey-abc"]
${sidecar}`;
  const known = current(old("    sidecar: { ts: { parameter: { tailnet: my-net.ts.net } } }\n"));
  assert.deepEqual(known.data[0].web["web-env"], { env: ["TS_AUTHKEY_MY_NET_TS_NET=tskey-abc"] });
  const unknown = current(old(""));
  assert.deepEqual(unknown.data[0].web["web-env"], { env: ["TS_AUTHKEY=tskey-abc"] });
  assert.deepEqual(unknown.manual, ["TS_AUTHKEY does not say for which tailnet it is"]);
});

Deno.test("singular-label: labels in the tool's own words are singular", () => {
  const { data } = current(
    `candy:
  version: 2026.150.0000
  name: a
  description: x
  env: { LABEL: org.overthinkos.layers, OTHER: org.overthinkos.unknown }
`,
    "candy/a/charly.yml",
  );
  assert.deepEqual(data[0].a["a-env"].env, { LABEL: "org.overthinkos.layer", OTHER: "org.overthinkos.unknown" });
});

Deno.test("check-words: levels and runs of evaluations are those of checks", () => {
  const { data, rules } = current(`image:
  web: { base: "docker.io/library/debian:13", eval_level: build }
`);
  assert.ok(rules.includes("check-words"));
  assert.equal(data[0].web.candy.check_level, "build");
});

Deno.test("score-recipe and step-venue: a score is a group that iterates, its scenarios stand under the pods they look at", () => {
  const { data, manual } = current(`recipe:
  net:
    description: { feature: it answers }
    from:
      - { kind: layer, name: sshd, pod: app.inner }
    scenarios:
      - { name: one, pod: web, steps: [{ then: it answers, port: 80, listening: true }] }
      - { name: two, steps: [{ then: it is reached, command: "curl \${PEER_ENDPOINT:web:80} \${PEER_HOST:web}" }] }
  lonely: { scenarios: [] }
score:
  default:
    description: { feature: all of it }
    pod: eval-pod
    ai: [claude, codex]
    plateau_iteration: 3
    progressive: true
    validate_ai_artifacts: true
    env: {}
    notes: true
    recipes: [net]
    prompt: go
`);
  const { default: bed } = data[0];
  assert.deepEqual(bed["default-iterate"].iterate, {
    sandbox: "eval-pod",
    agent: "claude",
    plateau_iteration: 3,
    note: true,
    prompt: "go",
  });
  assert.equal(bed.group.description, "all of it");
  const { pod: web, ...onWeb } = bed.web;
  assert.deepEqual(web, { agent_provisioned: true });
  assert.deepEqual(Object.values(onWeb), [{
    check: "it answers",
    plugin: "port",
    plugin_input: { port: 80, listening: true },
  }]);
  assert.deepEqual(Object.values(bed.app.inner).slice(1), [{ include: "candy:sshd" }]);
  const { pod: _pod, ...inSandbox } = bed["eval-pod"];
  assert.deepEqual(Object.values(inSandbox), [{
    check: "it is reached",
    plugin: "command",
    plugin_input: { command: "curl ${HOST:web:80} ${HOST:web}" },
  }]);
  assert.deepEqual(manual, ["a check bed has one agent", 'no score uses the recipe "lonely"']);
});

Deno.test("step-venue: what a step runs in and is named like a kind gets another name, and the user is told", () => {
  const { data, manual } = current(`recipe:
  net:
    scenarios:
      - { name: one, pod: vm.inner, steps: [{ then: it answers, port: 80, listening: true }] }
score:
  default: { pod: eval-pod, recipes: [net], prompt: go }
`);
  const { pod, ...inside } = data[0].default["vm-member"].inner;
  assert.deepEqual(pod, { agent_provisioned: true });
  assert.deepEqual(Object.values(inside), [{
    check: "it answers",
    plugin: "port",
    plugin_input: { port: 80, listening: true },
  }]);
  assert.deepEqual(manual, [
    'a step runs in "vm.inner", which is named like a kind: it stands under "vm-member.inner" now',
  ]);
});

Deno.test("step-venue: a step that says `on` stands under that member", () => {
  const { data, manual } = current(`fleet:
  group: {}
  db: { local: { from: base } }
  asks: { check: it answers, on: db, plugin: port, plugin_input: { port: 5432 } }
  lost: { check: it answers, on: nobody, plugin: port, plugin_input: { port: 1 } }
`);
  assert.deepEqual(data[0].fleet, {
    group: {},
    db: {
      local: { from: "base" },
      asks: { check: "it answers", plugin: "port", plugin_input: { port: 5432 } },
    },
  });
  assert.deepEqual(manual, ['a step runs on "nobody", which is no member']);
});
