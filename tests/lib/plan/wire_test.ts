import assert from "node:assert/strict";
import fc from "fast-check";
import type { PlanEntry } from "../../../lib/entities/plan_entry.ts";
import type { InstallPlan, InstallStep } from "../../../lib/plan/install_plan.ts";
import { fromWire, stepFromWire } from "../../../lib/plan/read_wire.ts";
import { stepToWire, toWire } from "../../../lib/plan/wire.ts";

const text = fc.string();
const texts = fc.array(fc.string(), { maxLength: 3 });
const map = fc.dictionary(fc.string().filter((key) => key !== "__proto__"), fc.string(), { noNullPrototype: true });
const candy = fc.constantFrom("git", "web-server");
const format = fc.constantFrom("deb" as const, "rpm" as const, "pac" as const);
const phase = fc.constantFrom("prepare" as const, "install" as const, "cleanup" as const);
const serviceScope = fc.constantFrom("system" as const, "user" as const);
const op: fc.Arbitrary<PlanEntry> = fc.oneof(
  fc.record({ command: text, env: map, runAs: text, undo: fc.record({ command: text }) }),
  fc.record({ download: text, to: text, extractInclude: texts, stripComponents: fc.nat() }),
  fc.record({ unixGroup: text, gid: fc.nat() }),
  fc.record({ kernelParam: text, value: text }),
);

const step: fc.Arbitrary<InstallStep> = fc.oneof(
  fc.record({
    kind: fc.constant("SystemPackages" as const),
    candy,
    format,
    phase,
    packages: texts,
    repos: fc.array(fc.record({ name: text, gpgkey: text, gpgcheck: fc.boolean() }), { maxLength: 2 }),
    options: texts,
    copr: texts,
    modules: texts,
    exclude: texts,
    keys: texts,
    cacheMount: fc.array(fc.record({ dst: text, sharing: text }), { maxLength: 1 }),
    timeout: fc.nat(),
  }),
  fc.record({
    kind: fc.constant("Builder" as const),
    candy,
    builder: text,
    builderImage: text,
    phase,
    artifacts: fc.array(fc.record({ containerPath: text, hostPath: text, chown: text }), { maxLength: 2 }),
    candyDir: text,
    context: map,
  }),
  fc.record({
    kind: fc.constant("Op" as const),
    candy,
    op,
    candyDir: text,
    ctxPath: text,
    resolvedUser: text,
    to: text,
    candyVars: map,
    distros: texts,
  }),
  fc.record({ kind: fc.constant("File" as const), candy, source: text, dest: text, mode: text, owner: text }),
  fc.record({
    kind: fc.constant("ServicePackaged" as const),
    candy,
    unit: text,
    targetScope: serviceScope,
    enable: fc.boolean(),
    overridesText: text,
    overridesPath: text,
    priorEnabled: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("ServiceCustom" as const),
    candy,
    name: text,
    serviceName: text,
    unitText: text,
    unitPath: text,
    targetScope: serviceScope,
    enable: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("ShellHook" as const), candy, envVars: map, pathAdd: texts, envFile: text }),
  fc.record({
    kind: fc.constant("ShellSnippet" as const),
    candy,
    origin: text,
    shell: fc.constantFrom("bash" as const, "zsh" as const, "fish" as const, "sh" as const),
    snippet: text,
    pathAppend: texts,
    destination: text,
    marker: text,
    useDropin: fc.boolean(),
    priority: fc.integer(),
  }),
  fc.record({
    kind: fc.constant("RepoChange" as const),
    candy,
    format,
    file: text,
    content: text,
    checksum: text,
    key: fc.record({ url: text, path: text }),
  }),
  fc.record({
    kind: fc.constant("ApkInstall" as const),
    candy,
    apkPackages: fc.array(map, { maxLength: 2 }),
    candyDir: text,
  }),
  fc.record({
    kind: fc.constant("LocalPkgInstall" as const),
    candy,
    pkgbuildRef: text,
    candyDir: text,
    projectDir: text,
    format,
  }),
  fc.record({ kind: fc.constant("Reboot" as const), candy }),
  fc.record({
    kind: fc.constant("ExternalPlugin" as const),
    candy,
    op,
    candyVars: map,
    distros: texts,
    resolvedUser: text,
    candyDir: text,
  }),
  fc.record({
    kind: fc.constant("external:flatpak" as const),
    candy,
    payload: fc.jsonValue({ noUnicodeString: true }).filter((value) => !Object.is(value, -0)),
    scope: fc.constantFrom("system" as const, "user" as const, "user-profile" as const),
    venue: fc.constantFrom("host-native" as const, "container-builder" as const, "skip" as const),
    gate: fc.constantFrom("with-services" as const, "allow-root-tasks" as const),
    script: text,
    undo: fc.record({ text, at: fc.constantFrom("in-place" as const, "end" as const) }),
  }),
);

Deno.test("stepFromWire() reads back what stepToWire() wrote, through JSON, for every kind", () => {
  fc.assert(
    fc.property(step, (one) => {
      const sent: unknown = JSON.parse(JSON.stringify(stepToWire(one)));
      assert.equal(JSON.stringify(stepFromWire(sent)), JSON.stringify(JSON.parse(JSON.stringify(one))));
    }),
    { numRuns: 400 },
  );
});

const plan: InstallPlan = {
  deployId: "f7391aeeb9febf08",
  box: "host-adhoc",
  version: "2026.300.0900",
  distro: "debian:12",
  candy: "git",
  candiesIncluded: ["git"],
  addCandies: [],
  builderImage: "",
  meta: { description: "Git" },
  steps: [
    { kind: "ShellHook", candy: "git", envVars: { gitDir: "a" }, pathAdd: [], envFile: "{{.Home}}/x" },
    { kind: "Reboot", candy: "git" },
  ],
};

Deno.test("toWire() writes the reference's names and leaves authored keys alone", () => {
  assert.deepEqual(toWire(plan), {
    deploy_id: "f7391aeeb9febf08",
    box: "host-adhoc",
    version: "2026.300.0900",
    distro: "debian:12",
    candy: "git",
    candies_included: ["git"],
    add_candies: [],
    builder_image: "",
    meta: { description: "Git" },
    steps: [
      { kind: "ShellHook", candy_name: "git", env_vars: { gitDir: "a" }, path_add: [], env_file: "{{.Home}}/x" },
      { kind: "Reboot", candy_name: "git" },
    ],
  });
});

Deno.test("stepToWire() writes enums as integers and leaves zero out", () => {
  const unit = { kind: "ServicePackaged", candy: "web", unit: "nginx.service", enable: true } as const;
  assert.equal("target_scope" in stepToWire({ ...unit, targetScope: "system" }), false);
  assert.equal(stepToWire({ ...unit, targetScope: "user" })["target_scope"], 1);
});

Deno.test("fromWire() reads back a whole plan", () => {
  assert.deepEqual(fromWire(JSON.parse(JSON.stringify(toWire(plan)))), plan);
});

Deno.test("fromWire() refuses an unknown step kind instead of skipping it", () => {
  const wire = { ...toWire(plan), steps: [{ kind: "Teleport", candy_name: "git" }] };
  assert.throws(() => fromWire(wire), { code: "unknown-step-kind", message: /plan\.steps\[0\].*"Teleport"/ });
  assert.throws(() => stepFromWire({ kind: "external:", candy_name: "x", payload: 1 }), { code: "unknown-step-kind" });
});

Deno.test("fromWire() refuses fields of the wrong type, out of range and unknown ones", () => {
  assert.throws(() => stepFromWire({ kind: "Reboot", candy_name: 5 }), { code: "bad-plan" });
  assert.throws(() => stepFromWire({ kind: "Reboot", candy_name: "a", sooner: true }), { code: "bad-plan" });
  assert.throws(() => stepFromWire({ kind: "Builder", candy_name: "a", phase: 7 }), { message: /phase: 7 is none of/ });
  assert.throws(() => fromWire({ ...toWire(plan), surprise: 1 }), { message: /unknown field "surprise"/ });
});
