import assert from "node:assert/strict";
import type { Candy } from "../../../lib/entities/candy.ts";
import { mapPackage, selectAur, selectPackages } from "../../../lib/plan/packages.ts";

const head = { version: "2026.300.0900", description: "tools" };
const tools: Candy = {
  ...head,
  package: ["git", { name: "curl", description: "fetches" }],
  distro: {
    "debian-13": { package: ["fd-find"], option: ["-t", "trixie-backports"] },
    "debian,ubuntu": { package: ["git", "ripgrep"], option: ["--no-install-recommends"], exclude: ["nano"] },
    deb: { package: ["less"] },
    arch: { package: ["fd"], aur: { package: ["yay-bin"], replace: ["yay"] } },
  },
};

Deno.test("selectPackages() unites from the least to the most specific section", () => {
  assert.deepEqual(selectPackages(tools, ["debian:13", "debian"], "deb").packages, [
    "git",
    "curl",
    "less",
    "ripgrep",
    "fd-find",
  ]);
});

Deno.test("selectPackages() takes options from the most specific section that has them", () => {
  const selected = selectPackages(tools, ["debian:13", "debian"], "deb");
  assert.deepEqual(selected.options, ["-t", "trixie-backports"]);
  assert.deepEqual(selected.exclude, ["nano"]);
});

Deno.test("selectPackages() lets an empty list of the more specific section count", () => {
  const candy: Candy = { ...head, distro: { debian: { option: ["-x"] }, "debian-12": { option: [] } } };
  assert.deepEqual(selectPackages(candy, ["debian:12", "debian"], "deb").options, []);
});

Deno.test("selectPackages() gives ubuntu no section of debian, and cachyos those of arch", () => {
  const candy: Candy = { ...head, distro: { debian: { package: ["for-debian"] }, arch: { package: ["for-arch"] } } };
  assert.deepEqual(selectPackages(candy, ["ubuntu:24.04", "ubuntu", "debian"], "deb").packages, []);
  assert.deepEqual(selectPackages(candy, ["cachyos", "arch"], "pac").packages, ["for-arch"]);
});

Deno.test("selectAur() finds the aur part of matching sections only", () => {
  assert.deepEqual(selectAur(tools, ["arch"], "pac"), { packages: ["yay-bin"], options: [], replaces: ["yay"] });
  assert.equal(selectAur(tools, ["debian:13", "debian"], "deb"), undefined);
});

Deno.test("mapPackage() prefers the most specific name and falls back to the package's own", () => {
  const map = { "debian-12": "fd-12", "debian,ubuntu": "fd-find", pac: "fd" };
  assert.equal(mapPackage("fd", map, ["debian:12", "debian"], "deb"), "fd-12");
  assert.equal(mapPackage("fd", map, ["debian:13", "debian"], "deb"), "fd-find");
  assert.equal(mapPackage("fd", map, ["arch"], "pac"), "fd");
  assert.equal(mapPackage("bat", map, ["fedora:43", "fedora"], "rpm"), "bat");
});
