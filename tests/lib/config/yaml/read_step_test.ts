import assert from "node:assert/strict";
import { checkYaml } from "../../../../lib/config/yaml/mod.ts";
import { parseDocument } from "../../../../lib/config/yaml/parse_nodes.ts";
import { Problems, problemText } from "../../../../lib/config/yaml/problem.ts";
import { readYaml } from "../../../../lib/config/yaml/read.ts";
import { readEntities } from "../../../../lib/config/yaml/read_entity.ts";
import { keptPlugins, plugins } from "../../../../lib/config/yaml/shapes/step.ts";

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

/** What the whole check says of a project of one file. */
function checked(text: string) {
  const dir = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${dir}/f.yml`, text);
    return checkYaml(dir, "f.yml").problems.map((it) => problemText(it).split("\n")[0]);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
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
  [
    "check: it says so, plugin: command, plugin_input: { command: x }, stdout: [up, { contains: [a, 1.10] }, { lt: '3' }]",
    {
      check: "it says so",
      probe: {
        command: "x",
        stdout: [
          { op: "equals", value: "up" },
          { op: "contains", value: "a" },
          { op: "contains", value: "1.10" },
          { op: "lt", value: 3 },
        ],
      },
    },
  ],
  [
    "check: it holds, plugin: file, plugin_input: { file: /x, contains: 0644 }",
    { check: "it holds", probe: { file: "/x", contains: [{ op: "contains", value: "0644" }] } },
  ],
  [
    "run: set it, plugin: kernel-param, plugin_input: { kernel-param: vm.swappiness, value: { lt: 10 } }",
    {
      external: "kernel-param",
      payload: { "kernel-param": "vm.swappiness", value: { lt: 10 } },
      description: "set it",
    },
  ],
  // a live verb's own method is one of its modifiers
  [
    "run: ask it, appium: raw, method: POST, path: /x",
    { external: "appium", payload: { method: "raw", with: { method: "POST", path: "/x" } }, description: "ask it" },
  ],
  [
    "check: it fits, plugin: matching, plugin_input: { matching: [a, b], contains: a }",
    { check: "it fits", probe: { plugin: "matching", input: { matching: ["a", "b"], contains: "a" } } },
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
  [
    "check: x, plugin: command, plugin_input: { command: x }, stdout: { equals: a, matches: b }",
    "f.yml:3:73 bad-value has 2 operators",
  ],
  ["check: x, plugin: command, plugin_input: { command: x }, stdout: {}", "f.yml:3:73 bad-value has no operator"],
  ["check: x, plugin: matching, plugin_input: { contains: a }", 'f.yml:3:50 missing-field "matching" is missing'],
  ["check: x, plugin: tunnel", 'f.yml:3:18 missing-field "method" is missing'],
];
for (const [step, message] of wrong) {
  Deno.test(`readStep() refuses ${step}`, () => assert.deepEqual(plan(step).told, [message]));
}

Deno.test("readStep() leads to a live method that is wrong, and to a verb whose method lacks something", () => {
  const text = `a:
  candy: { version: 2026.1.0000, description: a }
  s: { check: x, vnc: screnshot }
  t: { check: y, vnc: screenshot }
  u: { run: z, spice: type }
  v: { include: "candy:none" }
`;
  assert.deepEqual(checked(text), [
    'f.yml:3:23 config candy "a": plan/0/probe/method: `vnc` has no method "screnshot"',
    'f.yml:4:18 config candy "a": plan/1/probe: `vnc: screenshot` needs `artifact`',
    'f.yml:5:16 config candy "a": plan/2/payload: `spice: type` needs `text`',
    'f.yml:6:17 config candy "a": plan/3/include: unknown candy "none"',
  ]);
});

for (const [word, { fields }] of Object.entries({ ...plugins, ...keptPlugins })) {
  const [first = ""] = Object.keys(fields);
  Deno.test(`readStep() misses "${first}" in a check of the plug-in ${word}`, () => {
    assert.deepEqual(plan(`check: x, plugin: ${word}`).told, [`f.yml:3:18 missing-field "${first}" is missing`]);
  });
}
