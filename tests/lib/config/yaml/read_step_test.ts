import assert from "node:assert/strict";
import { parseDocument } from "../../../../lib/config/yaml/parse_nodes.ts";
import { Problems, problemText } from "../../../../lib/config/yaml/problem.ts";
import { readYaml } from "../../../../lib/config/yaml/read.ts";
import { readEntities } from "../../../../lib/config/yaml/read_entity.ts";

/** The plan of a layer with this one step, and what is wrong with it. */
function plan(step: string) {
  const problems = new Problems();
  const text = `a:\n  candy: { version: 2026.1.0000, description: a }\n  s: { ${step} }\n`;
  const [document] = readYaml(new TextEncoder().encode(text), "f.yml", problems).documents;
  const [node] = parseDocument(document!, { externalKinds: [] }, problems);
  const [entity] = readEntities(node!, "a", problems);
  const entries = (entity?.value["plan"] ?? []) as readonly unknown[];
  return { entry: entries[0], told: problems.all.map((it) => problemText(it).split("\n")[0]) };
}

const read: readonly [string, unknown][] = [
  [
    "run: get it, plugin: package, plugin_input: { package: fd, package_map: { debian: fd-find } }",
    { package: "fd", map: { debian: "fd-find" }, description: "get it" },
  ],
  // what an entry of ours cannot say is kept: installing what has to go would be wrong
  [
    "run: drop it, plugin: package, plugin_input: { package: fd, installed: false }",
    { external: "package", payload: { package: "fd", installed: false }, description: "drop it" },
  ],
  [
    "run: stop it, plugin: service, plugin_input: { service: cups, running: false }",
    { external: "service", payload: { service: "cups", running: false }, description: "stop it" },
  ],
  [
    "run: set it, plugin: kernel-param, plugin_input: { kernel-param: vm.swappiness, value: 10 }",
    { kernelParam: "vm.swappiness", value: "10", description: "set it" },
  ],
  ["agent-run: look around", { agentRun: "look around" }],
  ["include: candy:b", { include: "candy:b" }],
  [
    "check: it answers, plugin: http, plugin_input: { http: 'http://x/' }, method: POST, request_body: hi, tag: [slow]",
    { check: "it answers", probe: { http: "http://x/", method: "POST", requestBody: "hi" }, keep: { tag: ["slow"] } },
  ],
  [
    "check: mine, plugin: robot, plugin_input: { arm: 2 }, exit_status: 3",
    { check: "mine", probe: { plugin: "robot", input: { arm: 2 }, exitStatus: 3 } },
  ],
];
for (const [step, entry] of read) {
  Deno.test(`readStep() reads ${step}`, () => {
    const found = plan(step);
    assert.deepEqual(found.told, []);
    assert.deepEqual(JSON.parse(JSON.stringify(found.entry)), entry);
  });
}

const wrong: readonly [string, string][] = [
  ["run: x", "f.yml:3:3 no-discriminator the run step has no verb"],
  ["run: x, mkdir: /a, write: /b", 'f.yml:3:3 two-discriminators the step has 2 verbs: "mkdir", "write"'],
  ["run: '', mkdir: /a", 'f.yml:3:3 bad-value "run" says nothing'],
  ["run: x, plugin: ''", "f.yml:3:16 bad-value no plug-in is named"],
  ["run: x, mkdir: /a, mod: '0755'", 'f.yml:3:27 unknown-field unknown field "mod"'],
];
for (const [step, message] of wrong) {
  Deno.test(`readStep() refuses ${step}`, () => assert.deepEqual(plan(step).told, [message]));
}
