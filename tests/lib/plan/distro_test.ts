import assert from "node:assert/strict";
import { distroTags, formatOf, keyTags, matchesDistro, matchingTags } from "../../../lib/plan/distro.ts";

const machines = [
  {
    name: "debian",
    text: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
    tags: ["debian:12", "debian"],
    matching: ["debian:12", "debian"],
    format: "deb",
  },
  {
    name: "ubuntu",
    text: "ID=ubuntu\nID_LIKE=debian\nVERSION_ID='24.04'\n",
    tags: ["ubuntu:24.04", "ubuntu", "debian"],
    matching: ["ubuntu:24.04", "ubuntu"],
    format: "deb",
  },
  {
    name: "cachyos",
    text: "ID=cachyos\nID_LIKE=arch\n",
    tags: ["cachyos", "arch"],
    matching: ["cachyos", "arch"],
    format: "pac",
  },
  {
    name: "manjaro",
    text: "ID=manjaro\nID_LIKE=arch\n",
    tags: ["manjaro", "arch"],
    matching: ["manjaro", "arch"],
    format: "pac",
  },
  {
    name: "rocky",
    text: 'ID="rocky"\nVERSION_ID="9.4"\nID_LIKE="rhel centos fedora"\n',
    tags: ["rocky:9.4", "rocky", "fedora", "rhel", "centos"],
    matching: ["rocky:9.4", "rocky", "fedora"],
    format: "rpm",
  },
  {
    name: "linuxmint, which nobody described,",
    text: 'ID=linuxmint\nVERSION_ID="22"\nID_LIKE="ubuntu debian"\n',
    tags: ["linuxmint:22", "linuxmint", "ubuntu", "debian"],
    matching: ["linuxmint:22", "linuxmint", "ubuntu", "debian"],
    format: "deb",
  },
  { name: "a machine without os-release", text: "", tags: [], matching: [], format: undefined },
];

for (const { name, text, tags, matching, format } of machines) {
  Deno.test(`distroTags() knows ${name} and what it answers to`, () => {
    assert.deepEqual(distroTags(text), tags);
    assert.deepEqual(matchingTags(tags), matching);
    assert.equal(formatOf(tags), format);
  });
}

Deno.test("keyTags() reads comma lists and versions after a dash", () => {
  assert.deepEqual(keyTags("debian-13, ubuntu-24.04,fedora"), ["debian:13", "ubuntu:24.04", "fedora"]);
  assert.deepEqual(keyTags("opensuse-leap"), ["opensuse-leap"]);
});

Deno.test("matchesDistro() takes bare and versioned tags, and everything when nothing is listed", () => {
  assert.equal(matchesDistro(["debian"], ["debian:12", "debian"]), true);
  assert.equal(matchesDistro(["debian:13"], ["debian:12", "debian"]), false);
  assert.equal(matchesDistro(["debian"], ["ubuntu:24.04", "ubuntu", "debian"]), false);
  assert.equal(matchesDistro(undefined, []), true);
});
