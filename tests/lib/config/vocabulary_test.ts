import assert from "node:assert/strict";
import { formatIssues, parseConfig } from "../../../lib/config/parse.ts";
import { ownWords } from "../../../lib/entities/vocabulary/mod.ts";
import { tables } from "../../../lib/entities/config_schema.ts";

function config(data: unknown) {
  const parsed = parseConfig(data);
  if ("issues" in parsed) throw new Error(formatIssues(parsed.issues));
  return parsed.config;
}
const problems = (data: unknown) => {
  const parsed = parseConfig(data);
  return "issues" in parsed ? formatIssues(parsed.issues).split("\n") : [];
};

Deno.test("parseConfig() knows charly's own words where nothing is declared", () => {
  const { distros, builders, inits, resources, sidecars, agents } = config({});
  assert.deepEqual(Object.keys(distros), ["arch", "cachyos", "debian", "fedora", "ubuntu"]);
  assert.deepEqual(Object.keys(builders), ["aur", "cargo", "npm", "pixi", "debootstrap", "pacstrap"]);
  assert.deepEqual(Object.keys(inits), ["supervisord", "systemd"]);
  assert.deepEqual(Object.keys(resources), ["nvidia-gpu"]);
  assert.deepEqual(Object.keys(sidecars), ["tailscale"]);
  assert.deepEqual(Object.keys(agents), []);
});

Deno.test("charly's own words are what their schemas take", () => {
  for (const [table, words] of Object.entries(ownWords)) {
    for (const [name, word] of Object.entries(words)) {
      const { schema } = tables[table as keyof typeof ownWords];
      assert.deepEqual(schema.parse(word), word, `${table} ${name}`);
    }
  }
});

Deno.test("parseConfig() lets a project's word replace charly's altogether", () => {
  const { distros } = config({ distros: { ubuntu: { version: "26.04" }, nobara: { inherits: "fedora" } } });
  assert.deepEqual(distros["ubuntu"], { version: "26.04" });
  assert.deepEqual(Object.keys(distros), ["ubuntu", "nobara", "arch", "cachyos", "debian", "fedora"]);
});

Deno.test("parseConfig() lets machines and boxes refer to words nobody declared", () => {
  config({
    vms: { deb: { source: { kind: "bootstrap", builder: "debootstrap", distro: "debian-13" } } },
    boxes: {
      bare: { from: "builder:pacstrap", distro: ["cachyos", "arch"] },
      tools: { base: "bare", produce: ["npm"], init: "systemd", distro: ["ubuntu:24.04"], userPolicy: "adopt" },
      web: { base: "docker.io/library/debian:13", builder: { npm: "tools" } },
    },
    pods: { web: { image: "web", sidecar: { tailscale: { parameter: { tailnet: "home" } } } } },
  });
});

const wrong: readonly [string, unknown, string, string][] = [
  [
    "a distribution nobody knows",
    { vms: { a: { source: { kind: "bootstrap", builder: "debootstrap", distro: "debain-13" } } } },
    'vms/a/source/distro: unknown distribution "debain"',
    'did you mean "debian"?',
  ],
  [
    "a builder nobody knows",
    { boxes: { a: { from: "builder:debotstrap" } } },
    'boxes/a/from: unknown builder "debotstrap"',
    'did you mean "debootstrap"?',
  ],
  [
    "a builder of artifacts that should make a bare system",
    { boxes: { a: { from: "builder:npm" } } },
    "boxes/a/from: `from` needs a builder that makes a bare system",
    'name a builder of kind "bootstrap", for example `builder:debootstrap`',
  ],
  [
    "a box that does not produce what is asked of it",
    { boxes: { a: { base: "x/y" }, b: { base: "x/y", builder: { npm: "a" } } } },
    "boxes/b/builder/npm: `builder: npm` needs a box that produces it",
    'add "npm" to `produce` of the box "a"',
  ],
  [
    "a product nobody makes",
    { boxes: { a: { base: "x/y", produce: ["npn"] } } },
    'boxes/a/produce/0: unknown builder "npn"',
    'did you mean "npm"?',
  ],
  [
    "an init system nobody knows",
    { boxes: { a: { base: "x/y", init: "sytemd" } } },
    'boxes/a/init: unknown init system "sytemd"',
    'did you mean "systemd"?',
  ],
  [
    "the user of a distribution that has none",
    { boxes: { a: { base: "x/y", distro: ["fedora:43", "fedora"], userPolicy: "adopt" } } },
    "boxes/a/userPolicy: `userPolicy` needs a distribution that brings a user",
    'set `userPolicy: "create"`, or declare a distribution with `baseUser`',
  ],
  [
    "a base beside a builder",
    { boxes: { a: { base: "x/y", from: "builder:pacstrap" } } },
    "boxes/a/from: `base` and `from` exclude each other",
    "a box stands on a base, or a builder makes it from nothing: remove one",
  ],
  [
    "a parent nobody knows",
    { distros: { mine: { inherits: "debiann" } } },
    'distros/mine/inherits: unknown distribution "debiann"',
    'did you mean "debian"?',
  ],
  [
    "parents in a circle",
    { distros: { debian: { inherits: "mine" }, mine: { inherits: "debian" } } },
    "distros/mine/inherits: distributions refer to each other: debian → mine → debian",
    "remove one of these references",
  ],
];
for (const [what, data, message, hint] of wrong) {
  Deno.test(`parseConfig() refuses ${what}`, () => assert.deepEqual(problems(data), [message, `  hint: ${hint}`]));
}

Deno.test("parseConfig() takes a builder a plug-in brings, and a box that produces it through its base", () => {
  const about = { version: "2026.300.0900", description: "for the test" };
  config({
    candies: { bun: { ...about, plugin: { providers: ["builder:bun"] } } },
    boxes: {
      base: { base: "x/y", produce: ["bun"] },
      more: { base: "base" },
      web: { base: "x/y", builder: { bun: "more" } },
    },
  });
});

const relay = { version: "2026.300.0900", description: "relays", port: [9222], portRelay: [9222] };
const socat = { version: "2026.300.0900", description: "socat", package: ["socat"] };

Deno.test("parseConfig() misses socat in a box whose candies relay ports", () => {
  assert.deepEqual(problems({ candies: { relay, socat }, boxes: { a: { base: "x/y", candy: ["relay"] } } }), [
    'boxes/a/candy: `portRelay` needs the candy "socat"',
    '  hint: add "socat" to the candies: "relay" relays ports',
  ]);
});

Deno.test("parseConfig() finds socat in the box, behind a candy, in the box below, or leaves what is remote alone", () => {
  const base = "x/y";
  const boxes = {
    here: { base, candy: ["relay", "socat"] },
    behind: { base, candy: ["needs", "relay"] },
    below: { base: "here", candy: ["relay"] },
    remote: { base, candy: ["relay", "@github.com/o/r/candy/net:v1"] },
    off: { base, candy: ["relay"], enabled: false },
  };
  config({ candies: { relay, socat, needs: { ...socat, require: ["socat"] } }, boxes });
});
