import assert from "node:assert/strict";
import type { InstallStep } from "../../../lib/plan/install_plan.ts";
import { type RollCallStep, stepKinds, type StepVisitor, visitStep } from "../../../lib/steps/mod.ts";

/** Fails to compile unless both types are the same. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const rollCallIsTheUnion: Equal<RollCallStep, InstallStep> = true;

const names: StepVisitor<string> = {
  SystemPackages: () => "SystemPackages",
  Builder: () => "Builder",
  Op: () => "Op",
  File: () => "File",
  ServicePackaged: () => "ServicePackaged",
  ServiceCustom: () => "ServiceCustom",
  ShellHook: () => "ShellHook",
  ShellSnippet: () => "ShellSnippet",
  RepoChange: () => "RepoChange",
  ApkInstall: () => "ApkInstall",
  LocalPkgInstall: () => "LocalPkgInstall",
  Reboot: () => "Reboot",
  ExternalPlugin: () => "ExternalPlugin",
  external: (step) => step.kind,
};

// @ts-expect-error a visitor that forgets a kind does not compile
const _forgetful: StepVisitor<string> = (({ Reboot: _, ...rest }) => rest)(names);

Deno.test("stepKinds names the reference's 13 kinds and the external family, each once", () => {
  assert.equal(rollCallIsTheUnion, true);
  const kinds = stepKinds.map(({ kind }) => kind);
  assert.equal(new Set(kinds).size, 14);
  assert.deepEqual(kinds.map((kind) => kind === "external:" ? "external" : kind).sort(), Object.keys(names).sort());
});

Deno.test("visitStep() asks about the kind a step has", () => {
  assert.equal(visitStep({ kind: "Reboot", candy: "kernel" }, names), "Reboot");
  const flatpak = { kind: "external:flatpak", candy: "x", payload: null, scope: "user", venue: "host-native" } as const;
  assert.equal(visitStep(flatpak, names), "external:flatpak");
});
