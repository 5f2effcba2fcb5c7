/** References obey declared names, in helpers and in plain objects. Each `@ts-expect-error` is one kind of reference. */
import { box, bundle, candy, defineConfig, local, task, vm, vmTarget } from "@charly/charly";

const about = { version: "2026.300.0900", description: "for the test" };

export const good = defineConfig({
  candies: {
    git: candy({ ...about }),
    gh: candy({ ...about, require: ["git"], bakePlugin: ["git"] }),
    tools: { ...about, candy: ["gh", "@github.com/org/repo/candy/x:v1"] },
  },
  locals: { base: { candy: ["git"] } },
  vms: { deb: vm({}), copy: vm({ source: { kind: "clone", fromVm: "deb", fromSnapshot: "clean" } }) },
  boxes: {
    one: box({ base: "docker.io/library/debian:13", candy: ["git"], produce: ["npm"] }),
    two: { base: "one", builder: { npm: "one" } },
  },
  bundles: {
    web: bundle({ on: vmTarget("deb"), candy: ["gh"], addCandy: ["git"], from: "base" }),
    here: { on: local(), candy: ["tools"] },
    there: { on: { target: "vm", vm: "copy" } },
  },
  tasks: {
    test: task({ run: async ({ $ }) => void await $`true` }),
    all: task({ needs: ["test"], args: { n: { type: "number", default: 1 } }, run: ({ args }) => args.n.toFixed() }),
    plain: { needs: ["all"], run: async ({ hosts }) => void await hosts.here.$`true` },
  },
  defaults: { bundle: "web" },
});

export const helpers = defineConfig({
  candies: {
    git: candy({ ...about }),
    // @ts-expect-error unknown candy
    a: candy({ ...about, require: ["gitt"] }),
    // @ts-expect-error unknown candy
    b: candy({ ...about, candy: ["gitt"] }),
    // @ts-expect-error unknown candy
    c: candy({ ...about, bakePlugin: ["gitt"] }),
  },
  locals: { base: { candy: ["git"] } },
  vms: {
    deb: vm({}),
    // @ts-expect-error unknown machine
    copy: vm({ source: { kind: "clone", fromVm: "debb", fromSnapshot: "clean" } }),
    // @ts-expect-error unknown box
    boot: vm({ source: { kind: "bootc", box: "onee" } }),
  },
  boxes: {
    one: box({ base: "debian:13" }),
    // @ts-expect-error unknown box
    two: box({ base: "onee" }),
    // @ts-expect-error unknown candy
    three: box({ base: "one", candy: ["gitt"] }),
    // @ts-expect-error unknown box
    four: box({ base: "one", builder: { npm: "onee" } }),
  },
  bundles: {
    web: bundle({ on: local() }),
    // @ts-expect-error unknown machine
    a: bundle({ on: vmTarget("debb") }),
    // @ts-expect-error unknown candy
    b: bundle({ on: local(), candy: ["gitt"] }),
    // @ts-expect-error unknown candy
    c: bundle({ on: local(), addCandy: ["gitt"] }),
    // @ts-expect-error unknown template
    d: bundle({ on: local(), from: "bas" }),
  },
  tasks: {
    test: task({ run: () => {} }),
    // @ts-expect-error unknown task
    a: task({ needs: ["tst"] }),
    // @ts-expect-error unknown bundle
    b: task({ run: ({ hosts }) => hosts.wob }),
    // @ts-expect-error unknown argument
    c: task({ args: { tag: {} }, run: ({ args }) => args.tga }),
  },
});

export const plain = defineConfig({
  candies: {
    git: about,
    // @ts-expect-error unknown candy
    a: { ...about, require: ["gitt"] },
    // @ts-expect-error unknown candy
    b: { ...about, candy: ["gitt"] },
  },
  // @ts-expect-error unknown candy
  locals: { base: { candy: ["gitt"] } },
  vms: {
    deb: {},
    // @ts-expect-error unknown machine
    copy: { source: { kind: "clone", fromVm: "debb", fromSnapshot: "clean" } },
  },
  bundles: {
    web: { on: local() },
    // @ts-expect-error unknown machine
    a: { on: vmTarget("debb") },
    // @ts-expect-error unknown machine
    b: { on: { target: "vm", vm: "debb" } },
    // @ts-expect-error unknown candy
    c: { on: local(), candy: ["gitt"] },
    // @ts-expect-error unknown template
    d: { on: local(), from: "bas" },
  },
  tasks: {
    test: {},
    // @ts-expect-error unknown task
    a: { needs: ["tst"] },
    // @ts-expect-error unknown bundle
    b: { run: ({ hosts }) => hosts.wob },
  },
  // @ts-expect-error unknown bundle
  defaults: { bundle: "wob" },
});
