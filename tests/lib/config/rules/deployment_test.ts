import assert from "node:assert/strict";
import { formatIssues, parseConfig } from "../../../../lib/config/parse.ts";

const problems = (data: unknown) => {
  const parsed = parseConfig(data);
  return "issues" in parsed ? formatIssues(parsed.issues).split("\n") : [];
};
const on = { target: "local" };
const about = { version: "2026.300.0900", description: "for the test" };
const check = { check: "it is there", probe: { file: "/x" } };

Deno.test("parseConfig() takes groups with members of every kind, an agent's rounds and templates", () => {
  assert.deepEqual(
    problems({
      agents: { helper: { command: ["helper", "--print"], promptVia: "argv", timeout: "10m" } },
      groups: { beds: { disposable: true, iterate: { sandbox: "one", agent: "helper", plateauIteration: 3 } } },
      pods: {
        small: { box: "web", sidecar: [{ sidecar: { name: "tailscale" } }], envDefault: ["A=1"] },
        one: { memberOf: "beds", from: "small", plan: [check] },
        "one.db": { inside: "one", image: "docker.io/library/redis:8" },
      },
      bundles: { two: { on, keep: { memberOf: "beds" } } },
      k8s: { home: { kubeconfigContext: "home" }, shop: { from: "home", image: "web", replica: 2 } },
      androids: { phone: { adb: { host: "127.0.0.1:5555" } }, app: { from: "phone", memberOf: "beds" } },
    }),
    [],
  );
});

const wrong: readonly [string, unknown, string, string][] = [
  [
    "a pod from a template nobody knows",
    { pods: { small: { box: "web" }, a: { from: "smal" } } },
    'pods/a/from: unknown pod "smal"',
    'did you mean "small"?',
  ],
  [
    "a deployment to a cluster nobody knows",
    { k8s: { home: {}, shop: { from: "hme", image: "web" } } },
    'k8s/shop/from: unknown Kubernetes deployment "hme"',
    'did you mean "home"?',
  ],
  [
    "a phone nobody knows",
    { androids: { pixel: { adb: {} }, app: { from: "pixle" } } },
    'androids/app/from: unknown phone "pixle"',
    'did you mean "pixel"?',
  ],
  [
    "a phone that is emulated and real",
    { boxes: { emu: { base: "x/y" } }, androids: { pixel: { box: "emu", adb: { host: "h:1" } } } },
    "androids/pixel/adb: `box` and `adb` exclude each other",
    "a phone is emulated, or reached by adb",
  ],
  [
    "a phone nothing is known of",
    { androids: { pixel: { apiLevel: 34 } } },
    "androids/pixel: `android` needs `box` or `adb`",
    "name the box that emulates it, or where its adb answers",
  ],
  [
    "a candy nobody knows in a pod",
    { candies: { git: about }, pods: { a: { image: "web", addCandy: ["gti"] } } },
    'pods/a/addCandy/0: unknown candy "gti"',
    'did you mean "git"?',
  ],
  [
    "a sidecar nobody knows",
    { pods: { a: { image: "web", sidecar: { tailscal: {} } } } },
    'pods/a/sidecar/tailscal: unknown sidecar "tailscal"',
    'did you mean "tailscale"?',
  ],
  [
    "an agent nobody knows",
    {
      agents: { helper: { command: ["x"] } },
      bundles: { a: { on, plan: [check], keep: { iterate: { sandbox: "a", agent: "helpr" } } } },
    },
    'bundles/a/keep/iterate/agent: unknown agent "helpr"',
    'did you mean "helper"?',
  ],
  [
    "rounds without a check",
    { agents: { helper: { command: ["x"] } }, groups: { a: { iterate: { sandbox: "b", agent: "helper" } } } },
    "groups/a/iterate: `iterate` needs a check",
    "add a check to its plan, or to that of a member: the rounds end when the checks hold",
  ],
  [
    "a member of a group nobody knows",
    { groups: { beds: {} }, bundles: { a: { on, keep: { memberOf: "bed" } } } },
    'bundles/a/keep/memberOf: unknown group "bed"',
    'did you mean "beds"?',
  ],
  [
    "a place inside of nothing",
    { pods: { web: { image: "web" }, db: { inside: "wbe", image: "db" } } },
    'pods/db/inside: unknown deployment "wbe"',
    'did you mean "web"?',
  ],
  [
    "two deployments of one name",
    { bundles: { web: { on } }, pods: { web: { image: "web" } } },
    'pods/web: deployment "web" is also at bundles/web',
    "rename or remove one of the two",
  ],
  [
    "a token that is used alone and with others",
    { pods: { a: { image: "w", requiresExclusive: ["nvidia-gpu"], requiresShared: ["nvidia-gpu"] } } },
    "pods/a/requiresShared/0: `requiresExclusive` and `requiresShared` exclude each other",
    '"nvidia-gpu" is used alone or with others: write it into one of the two',
  ],
  [
    "a token that is held and asked for",
    { pods: { a: { image: "w", preemptible: { holds: "dock" }, requiresShared: ["dock"] } } },
    "pods/a/requiresShared/0: `requiresShared` and `preemptible` exclude each other",
    'remove "dock" here: who holds it need not ask for it',
  ],
  [
    "a token that nearly is another",
    { bundles: { a: { on, keep: { requiresExclusive: ["nvidia-gpus"] } } } },
    'bundles/a/keep/requiresExclusive/0: unknown resource "nvidia-gpus"',
    'did you mean "nvidia-gpu"?',
  ],
  [
    "a group with a plan",
    { groups: { a: { plan: [check] } } },
    'groups/a/plan: unknown field "plan"',
    "fields: inside, memberOf, version, description, disposable, lifecycle, ephemeral, preemptible, requiresExclusive, requiresShared, iterate",
  ],
  [
    "a field no pod has",
    { pods: { a: { imge: "web" } } },
    'pods/a/imge: unknown field "imge"',
    'did you mean "image"?',
  ],
];
for (const [what, data, message, hint] of wrong) {
  Deno.test(`parseConfig() refuses ${what}`, () => assert.deepEqual(problems(data), [message, `  hint: ${hint}`]));
}

Deno.test("parseConfig() leaves tokens of any word alone, whatever a bundle keeps", () => {
  const keep = { requiresExclusive: "dock", preemptible: null, iterate: null, memberOf: 3, inside: ["x"] };
  assert.deepEqual(
    problems({ bundles: { a: { on, keep }, b: { on, keep: { requiresShared: ["label-printer"] } } } }),
    [],
  );
});

Deno.test("parseConfig() lets a template and a deployment of another kind share a name", () => {
  assert.deepEqual(problems({ bundles: { web: { on } }, pods: { web: { box: "web" } } }), []);
});
