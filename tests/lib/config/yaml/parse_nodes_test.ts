import assert from "node:assert/strict";
import type { Node } from "../../../../lib/config/yaml/node.ts";
import { directivesOf, parseDocument } from "../../../../lib/config/yaml/parse_nodes.ts";
import { problemText } from "../../../../lib/config/yaml/problem.ts";
import { readYaml } from "../../../../lib/config/yaml/read.ts";
import { plain } from "../../../../lib/config/yaml/tree.ts";

function parse(text: string, externalKinds: readonly string[] = []) {
  const { documents, problems } = readYaml(new TextEncoder().encode(text), "f.yml");
  const nodes = parseDocument(documents[0]!, { externalKinds }, problems);
  return {
    nodes,
    directives: directivesOf(documents[0]!),
    told: problems.all.map((it) => problemText(it).split("\n")[0]),
  };
}
const steps = (node: Node | undefined) => node?.steps.map(({ word, prose }) => [word, plain(prose)]);

Deno.test("parseDocument() takes an entity apart: fields, data, steps in order, members", () => {
  const { nodes, directives, told } = parse(`
version: 2026.174.1100
web:
  candy: { version: 2026.1.0000 }
  web-package: { package: [nginx] }
  10: { run: second, mkdir: /srv }
  2: { check: it is there, plugin: file }
beds:
  group: {}
  one:
    pod: nginx
    one-env: { env: [A=1] }
`);
  assert.deepEqual(told, []);
  assert.deepEqual(directives.map(({ key }) => key), ["version"]);
  const [web, beds] = nodes;
  assert.deepEqual([web?.kind, [...web?.data.keys() ?? []]], ["candy", ["package"]]);
  assert.deepEqual(steps(web), [["run", "second"], ["check", "it is there"]]);
  assert.deepEqual(beds?.members.map(({ name, kind, shorthand }) => [name, kind, shorthand && plain(shorthand)]), [
    ["one", "pod", "nginx"],
  ]);
});

Deno.test("parseDocument() takes a kind's word at the top and a field's word inside an entity", () => {
  const { nodes, told } = parse(
    "fedora:\n  distro: { version: '43' }\nlayer:\n  candy: {}\n  d:\n    distro: { fedora: {} }\n",
  );
  assert.deepEqual(told, []);
  assert.deepEqual(nodes.map(({ kind, data }) => [kind, [...data.keys()]]), [["distro", []], ["candy", ["distro"]]]);
});

Deno.test("parseDocument() takes every other key of a step as its field, a kind's word too", () => {
  const { nodes, told } = parse("a:\n  candy: {}\n  s: { check: port is open, port: 80, env: { A: b }, package: x }\n");
  assert.deepEqual(told, []);
  assert.deepEqual(nodes[0]?.steps[0]?.fields.map(({ key }) => key), ["port", "env", "package"]);
});

Deno.test("parseDocument() lets an entity be called like a kind, and takes the words of plug-ins", () => {
  const { nodes, told } = parse("k8s:\n  pod: nginx\nmine:\n  robot: { arm: 2 }\n", ["robot"]);
  assert.deepEqual(told, []);
  assert.deepEqual(nodes.map(({ name, kind }) => [name, kind]), [["k8s", "pod"], ["mine", "robot"]]);
});

Deno.test("parseDocument() takes nothing, ~ and null as a kind without fields", () => {
  const { nodes, told } = parse("a:\n  vm:\nb:\n  vm: ~\nc:\n  vm: {}\n");
  assert.deepEqual(told, []);
  assert.deepEqual(nodes.map(({ shorthand }) => shorthand), [undefined, undefined, undefined]);
});

const wrong: readonly [string, string, string][] = [
  ["a document that is a list", "- a\n", "f.yml:1:1 not-a-map the document is a list"],
  ["an entity that is a text", "a: b\n", 'f.yml:1:1 not-a-map "a" is a text'],
  ["an entity without a kind", "a:\n  candi: {}\n", 'f.yml:1:1 no-discriminator nothing in "a" says what it is'],
  ["an entity of two kinds", "a:\n  vm: {}\n  pod: x\n", 'f.yml:1:1 two-discriminators "a" is both "vm" and "pod"'],
  [
    "a step of two words",
    "a:\n  vm: {}\n  s: { run: x, check: y }\n",
    'f.yml:3:3 two-discriminators "s" is both "run" and "check"',
  ],
  ["a step at the top", "s: { run: x }\n", 'f.yml:1:1 wrong-place "s" is a step that belongs to no entity'],
  ["a kind that is a list", "a:\n  vm: [1]\n", 'f.yml:2:7 wrong-type "vm" of "a" is a list'],
  [
    "a child's field in the kind",
    "a:\n  candy: { env: {} }\n",
    'f.yml:2:12 wrong-place "env" stands inside the candy of "a"',
  ],
  [
    "an entity in a candy",
    "a:\n  candy: {}\n  b: { pod: x }\n",
    'f.yml:3:3 wrong-place a candy cannot hold the pod "b"',
  ],
];
for (const [what, text, message] of wrong) {
  Deno.test(`parseDocument() refuses ${what}`, () => assert.deepEqual(parse(text).told, [message]));
}

Deno.test("parseDocument() warns of what upstream drops in silence", () => {
  const { told } = parse(
    "a:\n  candy: {}\n  x: { env: {}, note: y }\n  z: { env: {} }\na-volume:\n  vm: {}\n  v: { libvirt: {} }\n",
  );
  assert.deepEqual(told, [
    'f.yml:3:17 warning stray-key "note" beside "env" is not read',
    'f.yml:4:3 warning duplicate-data "env" is there twice; only this one counts, not that of line 3',
    'f.yml:5:1 warning not-attached "a-volume" is an entity of its own, not a part of "a"',
  ]);
});
