/**
 * Case 18: archives with `..`, absolute names, links and devices that lead out of where they are unpacked (CVE-2023-5115:
 * write through a link that the archive itself brought), on the real driver, with GNU tar and BusyBox's.
 */
import assert from "node:assert/strict";
import { attackRig } from "../shared/attack_rig.ts";
import { busyBox } from "../shared/busybox.ts";
import { type Member, tarGz, zip } from "../shared/hostile_archive.ts";
import { serveHttp } from "../shared/http.ts";
import { needPackages } from "../shared/packages.ts";
import { tempDir } from "../shared/tmp.ts";
import { diffTrees, snapshotTree } from "../shared/tree.ts";

await needPackages({ unzip: "/usr/bin/unzip", zip: "/usr/bin/zip" });

/** `harmless`: what is left of it after the tool's own care is unpacked, or refused. Both leave the outside alone. */
type Wanted = RegExp | "harmless";

/** What an archive holds, its members when it must not reach `outside`, and what is to become of it. */
const archives: readonly (readonly [what: string, members: (outside: string) => readonly Member[], wanted: Wanted])[] =
  [
    ["a name with ..", () => [{ name: "a", file: "a" }, { name: "../escaped", file: "x" }], "harmless"],
    ["many ..", (out) => [{ name: `${"../".repeat(12)}${out.slice(1)}/escaped`, file: "x" }], "harmless"],
    ["an absolute name", (out) => [{ name: `${out}/secret`, file: "overwritten" }], "harmless"],
    [
      "a link out and a file through it",
      (out) => [{ name: "l", link: out }, { name: "l/secret", file: "x" }],
      "harmless",
    ],
    [
      "a link to a link out and a file through it",
      (out) => [{ name: "k", link: out }, { name: "l", link: "k" }, { name: "l/secret", file: "x" }],
      "harmless",
    ],
    [
      "a link and a directory of its name",
      (out) => [{ name: "l", link: out }, { name: "l", dir: true }, { name: "l/escaped", file: "x" }],
      "harmless",
    ],
    ["a hard link out", (out) => [{ name: "h", hardLink: `${out}/secret` }, { name: "h", file: "x" }], "harmless"],
    [
      "a hard link out by ..",
      (out) => [{ name: "h", hardLink: `${"../".repeat(12)}${out.slice(1)}/secret` }],
      "harmless",
    ],
    [
      "a hard link through a link out",
      (out) => [{ name: "l", link: out }, { name: "h", hardLink: "l/secret" }, { name: "h", file: "x" }],
      "harmless",
    ],
    ["a device", () => [{ name: "zero", device: [1, 5] }], /zero, which is no file, directory or link/],
    [
      "a pipe",
      () => [{ name: "a", file: "a" }, { name: "pipe", pipe: true }],
      /pipe, which is no file, directory or link/,
    ],
    ["a name with a line break", () => [{ name: "a\nb", file: "x" }], /a name with a line break/],
    [
      "a name with a tab",
      () => [{ name: "a\t..", dir: true }, { name: "a\t../escaped", file: "x" }],
      /a name with a tab/,
    ],
  ];

const at = "~/opt/t";
const unpack = (url: string) => ({ candies: { it: { plan: [{ download: url, to: at }] } } });

for (const tar of ["GNU tar", "BusyBox"] as const) {
  Deno.test(`an archive unpacked by ${tar} changes nothing outside its place, and undo takes all of it back`, async (t) => {
    await using outside = await tempDir({ secret: "secret\n" });
    await using box = tar === "BusyBox" ? await busyBox() : undefined;
    await using http = serveHttp();
    for (const [what, members, wanted] of archives) {
      await t.step(what, async () => {
        await using rig = await attackRig("local", box === undefined ? {} : { env: { CHARLY_PATH_PREFIX: box.bin } });
        http.put("/it.tar.gz", await tarGz(members(outside.path)));
        const before = { home: await rig.tree(), outside: await snapshotTree(outside.path) };
        const outcome = await rig.add(unpack(`${http.url}/it.tar.gz`));
        assert.deepEqual(diffTrees(before.outside, await snapshotTree(outside.path)), []);
        if (wanted !== "harmless") {
          assert.equal(outcome.result, "failed");
          assert.match(outcome.error?.message ?? "", wanted);
        }
        const elsewhere = [...(await rig.tree()).keys()].filter((path) =>
          !before.home.has(path) && !/^(opt|opt\/t(\/.*)?|\.config(\/opencharly)?)$/s.test(path)
        );
        assert.deepEqual(elsewhere, [], "only its own place is touched");
        await rig.del();
        assert.deepEqual(diffTrees(before.home, await rig.tree()), []);
        assert.deepEqual(diffTrees(before.outside, await snapshotTree(outside.path)), []);
      });
    }
  });
}

Deno.test("an archive goes through no link that stands where it is unpacked, and the link comes back", async () => {
  await using outside = await tempDir({ "secret": "secret\n", "dir/secret": "secret\n" });
  await using http = serveHttp({
    "/dir.tar.gz": await tarGz([{ name: "dir", dir: true }, { name: "dir/secret", file: "x" }]),
    "/file.tar.gz": await tarGz([{ name: "secret", file: "x" }]),
  });
  await using rig = await attackRig("local");
  const place = `${rig.home}/opt/t`;
  await Deno.mkdir(place, { recursive: true });
  await Deno.symlink(outside.join("dir"), `${place}/dir`);
  await Deno.symlink(outside.join("secret"), `${place}/secret`);
  const before = { home: await rig.tree(), outside: await snapshotTree(outside.path) };
  const refused = await rig.add(unpack(`${http.url}/dir.tar.gz`));
  assert.equal(refused.result, "failed");
  assert.match(refused.error?.message ?? "", /cannot unpack over .*opt\/t\/dir/);
  await rig.applied(unpack(`${http.url}/file.tar.gz`));
  assert.equal(new TextDecoder().decode(await rig.read("opt/t/secret")), "x");
  assert.deepEqual(diffTrees(before.outside, await snapshotTree(outside.path)), []);
  await rig.del();
  assert.deepEqual(diffTrees(before.home, await rig.tree()), []);
});

Deno.test("an honest archive is unpacked whole, with links and hard links between its members", async () => {
  for (const box of [undefined, await busyBox()]) {
    await using _box = box;
    await using http = serveHttp({
      "/it.tar.gz": await tarGz([
        { name: "d", dir: true },
        { name: "d/a", file: "text" },
        { name: "d/hard", hardLink: "d/a" },
        { name: "soft", link: "d/a" },
      ]),
    });
    await using rig = await attackRig("local", box === undefined ? {} : { env: { CHARLY_PATH_PREFIX: box.bin } });
    const before = await rig.tree();
    await rig.applied(unpack(`${http.url}/it.tar.gz`));
    for (const name of ["d/a", "d/hard", "soft"]) {
      assert.equal(new TextDecoder().decode(await rig.read(`opt/t/${name}`)), "text");
    }
    await rig.del();
    assert.deepEqual(diffTrees(before, await rig.tree()), []);
  }
});

Deno.test("a zip archive with .. in a name changes nothing outside its place", async () => {
  await using http = serveHttp({ "/it.zip": await zip("../../escaped", "x") });
  await using rig = await attackRig("local");
  const before = await rig.tree();
  await rig.add(unpack(`${http.url}/it.zip`));
  assert.deepEqual([...(await rig.tree()).keys()].filter((path) => /^(opt\/)?escaped$/.test(path)), []);
  await rig.del();
  assert.deepEqual(diffTrees(before, await rig.tree()), []);
});
