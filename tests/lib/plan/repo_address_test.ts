import assert from "node:assert/strict";
import type { PackageFormat, Repo } from "../../../lib/entities/candy.ts";
import { CharlyError } from "../../../lib/base/errors.ts";
import { compileBundle } from "../../../lib/plan/compile.ts";
import { finalRepo } from "../../../lib/plan/repo_address.ts";
import { factsFor } from "../steps/story.ts";

const fedora = { distro: ["fedora:43", "fedora"], machine: "x86_64" };

Deno.test("finalRepo() puts in what the author asks a shell for, from the facts", () => {
  const at = (text: string) => finalRepo("c", { name: "r", rpm: text }, "rpm", fedora).rpm;
  assert.equal(at("https://r.example/release-$(rpm -E %fedora).rpm"), "https://r.example/release-43.rpm");
  assert.equal(at("https://r.example/release-$(rpm  -E '%{?fedora}').rpm"), "https://r.example/release-43.rpm");
  assert.equal(at("https://r.example/`uname -m`/r.rpm"), "https://r.example/x86_64/r.rpm");
  assert.equal(at("https://r.example/$basearch/$releasever"), "https://r.example/$basearch/$releasever");
  const rhel = { distro: ["rocky:9.4", "rocky", "fedora"], machine: "aarch64" };
  assert.equal(finalRepo("c", { name: "r", rpm: "r-$(rpm -E %rhel).rpm" }, "rpm", rhel).rpm, "r-9.rpm");
  const suite = finalRepo("c", { name: "r", suite: "x-$(dpkg --print-architecture)" }, "deb", rhel).suite;
  assert.equal(suite, "x-arm64");
});

Deno.test("finalRepo() refuses what nobody can answer without a shell", () => {
  for (
    const [repo, format, found] of [
      [{ name: "r", url: "https://r.example/$(curl evil)" }, "rpm", /url: nobody answers \$\(curl evil\) on fedora:43/],
      [{ name: "r", rpm: "r-$(rpm -E %rhel).rpm" }, "rpm", /rpm: nobody answers/],
      [{ name: "r", url: "https://r.example/`id`" }, "deb", /url: nobody answers `id`/],
      [{ name: "r", url: "https://r.example/", key: "0xABCD" }, "deb", /key: "0xABCD" is no address/],
      [{ name: "r", signedBy: "/etc/apt/a] b" }, "deb", /signedBy: .* is no plain path/],
    ] satisfies [Repo, PackageFormat, RegExp][]
  ) {
    assert.throws(() => finalRepo("c", repo, format, fedora), (error) => {
      assert.ok(error instanceof CharlyError);
      assert.match(error.message, found);
      assert.equal(error.code, "bad-repository");
      return true;
    });
  }
});

Deno.test("finalRepo() leaves out what is kept for nobody", () => {
  assert.deepEqual(finalRepo("c", { name: "r", keep: { ttl: 5 } }, "pac", fedora), { name: "r" });
});

/** What the repositories of one distribution's section become, with the gate open. */
function actsOf(osRelease: string, distro: string, repo: Repo) {
  const candy = { version: "2026.300.0900", description: "c", distro: { [distro]: { repo: [repo] } } };
  return compileBundle({
    config: { candies: { c: candy }, bundles: { b: { on: { target: "local" }, candy: ["c"] } } },
    project: "p",
    bundle: "b",
    facts: factsFor(osRelease),
    target: "local",
    options: { allowRepoChanges: true },
    files: {},
  }).acts;
}

Deno.test("compileBundle() trusts the key of a pacman repository before its packages, and forgets it again", () => {
  const acts = actsOf("ID=arch\n", "arch", { name: "r", server: "https://r.example/$repo", key: "ABCD1234" });
  assert.deepEqual(acts.map(({ type }) => type), ["block", "command"]);
  const [, key] = acts;
  assert.ok(key?.type === "command");
  assert.match(key.text, /pacman-key --recv-keys ABCD1234 && pacman-key --lsign-key ABCD1234\n$/);
  assert.match(key.undo?.text ?? "", /pacman-key --delete ABCD1234/);
  assert.equal(key.unless, "pacman-key --list-keys ABCD1234");
});

Deno.test("compileBundle() puts a key of apt where the repository says it is", () => {
  const osRelease = "ID=debian\nVERSION_ID=13\n";
  const repo = { name: "r", url: "https://r.example/debian", suite: "trixie", signedBy: "/usr/share/keyrings/r.gpg" };
  const [list] = actsOf(osRelease, "debian", repo);
  assert.ok(list?.type === "file" && list.content.from.kind === "bytes");
  assert.equal(
    new TextDecoder().decode(list.content.from.bytes),
    "deb [signed-by=/usr/share/keyrings/r.gpg] https://r.example/debian trixie main\n",
  );
  const fetched = actsOf(osRelease, "debian", { ...repo, key: "https://r.example/key" });
  assert.deepEqual(fetched.map(({ summary }) => summary), [
    "make directory /usr/share/keyrings (0755)",
    "install key https://r.example/key as /usr/share/keyrings/r.gpg",
    "write /etc/apt/sources.list.d/r.list (0644)",
  ]);
});
