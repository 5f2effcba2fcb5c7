import assert from "node:assert/strict";
import type { Prior } from "../../../lib/ledger/record.ts";
import { planRevert, planUndo, type UndoItem } from "../../../lib/ledger/undo.ts";
import { claim, command, file, ledger, packages, state } from "./literal.ts";

const linked: Prior = { was: "linked", what: "file", ref: "r00000001-00c0ffee.1" };

function hows(items: readonly UndoItem[]): string[] {
  return items.map(({ resource, how }) => `${how} ${resource}`);
}

Deno.test("planUndo() goes downwards, with commands declared at the end last", () => {
  const restart = command({ undo: { text: "systemctl restart ssh", at: "end" } });
  const stop = command({ undo: { text: "rm /run/x", at: "in-place" } });
  const items = planUndo(
    state([ledger("web", [
      claim("cmd:web:restart", restart, 1),
      claim("file:/etc/ssh/sshd_config", file("/etc/ssh/sshd_config"), 2),
      claim("cmd:web:stop", stop, 3),
      claim("cmd:web:plain", command(), 4),
    ])]),
    "web",
  );
  assert.deepEqual(hows(items), [
    "release cmd:web:plain",
    "undo cmd:web:stop",
    "base file:/etc/ssh/sshd_config",
    "undo cmd:web:restart",
  ]);
});

Deno.test("planUndo() gives a block the file's original, and says which block is the last in it", () => {
  const block = (marker: string) => ({
    type: "block" as const,
    path: "/home/ana/.bashrc",
    begin: marker,
    end: "e",
    body: "x",
  });
  const claims = [claim("block:/home/ana/.bashrc:a", block("a"), 1), claim("block:/home/ana/.bashrc:b", block("b"), 2)];
  const bases = { "file:/home/ana/.bashrc": linked };
  const all = planUndo(state([ledger("web", claims)], bases), "web");
  assert.deepEqual(all.map(({ base, last }) => [base, last]), [[linked, false], [linked, true]]);
  const other = ledger("db", [claim("block:/home/ana/.bashrc:c", block("c"), 3)]);
  const shared = planUndo(state([ledger("web", claims), other], bases), "web");
  assert.deepEqual(shared.map(({ last }) => last), [false, false]);
});

Deno.test("planUndo() drops what others want, and puts back what lies underneath", () => {
  const ours = claim("file:/etc/motd", file("/etc/motd"), 5, { digest: "b".repeat(16) });
  const theirs = claim("file:/etc/motd", file("/etc/motd"), 1);
  const covered = state([ledger("db", [theirs]), ledger("web", [ours])]);
  const [top] = planUndo(covered, "web");
  assert.deepEqual([top?.how, top?.surface?.deploy, top?.surface?.claim], ["surface", "db", theirs]);
  assert.deepEqual(hows(planUndo(covered, "db")), ["drop file:/etc/motd"]);
  const equal = state([ledger("db", [theirs]), ledger("web", [theirs])]);
  assert.deepEqual(hows(planUndo(equal, "web")), ["drop file:/etc/motd"]);
  assert.deepEqual(hows(planUndo(equal, "db")), ["drop file:/etc/motd"]);
});

Deno.test("planUndo() releases services and repositories when asked to keep them", () => {
  const unit = {
    type: "unit" as const,
    unit: "nginx.service",
    manager: "system" as const,
    enable: true,
    custom: false,
  };
  const claims = [
    claim("unit:system:nginx.service", unit, 1),
    claim(
      "file:/etc/systemd/system/x.service",
      { ...file("/etc/systemd/system/x.service"), reload: "system" },
      2,
    ),
    claim("file:/etc/apt/sources.list.d/x.list", file("/etc/apt/sources.list.d/x.list"), 3),
    claim("file:/etc/motd", file("/etc/motd"), 4),
  ];
  const items = planUndo(state([ledger("web", claims)]), "web", { keepServices: true, keepRepoChanges: true });
  assert.deepEqual(items.map(({ how }) => how), ["base", "release", "release", "release"]);
});

Deno.test("planUndo() joins neighbouring package removals and keeps what others ask for", () => {
  const claims = [
    claim("pkg:deb:web/1", packages("curl"), 1, { noted: ["r00000001-00c0ffee.1", "r00000001-00c0ffee.1.after"] }),
    claim("pkg:deb:web/2", packages("git"), 2, { noted: ["r00000001-00c0ffee.2"] }),
    claim("file:/etc/motd", file("/etc/motd"), 3),
    claim("pkg:deb:web/4", packages("vim"), 4, { noted: ["r00000001-00c0ffee.4"] }),
  ];
  const other = ledger("db", [claim("pkg:deb:db/1", packages("curl"), 9)]);
  const items = planUndo(state([ledger("web", claims), other]), "web");
  assert.deepEqual(items.map(({ group }) => group), [1, undefined, 2, 2]);
  assert.deepEqual(items.at(-1)?.keepNames, ["curl"]);
  assert.deepEqual(items.at(-1)?.transactions, [
    "r00000001-00c0ffee.4",
    "r00000001-00c0ffee.2",
    "r00000001-00c0ffee.1",
  ]);
});

Deno.test("planUndo() gives back the files a command declared", () => {
  const claims = [claim("cmd:web:tune", command({ touches: ["/etc/hosts"] }), 1)];
  const [item] = planUndo(state([ledger("web", claims)], { "file:/etc/hosts": linked }), "web");
  assert.deepEqual(item?.touched, [{ resource: "file:/etc/hosts", path: "/etc/hosts", base: linked }]);
});

Deno.test("planUndo() drops skipped steps and says that unknown ones are", () => {
  const skipped = ledger("web", [claim("cmd:web:x", command(), 1, { state: "skipped" })]);
  const [item] = planUndo({ ledgers: { web: skipped }, resources: {} }, "web");
  assert.deepEqual([item?.how, item?.note], ["drop", "it was skipped"]);
  const unknown = claim("file:/etc/motd", file("/etc/motd"), 1, { state: "unknown" });
  assert.match(planUndo(state([ledger("web", [unknown])]), "web")[0]?.note ?? "", /unknown/);
});

Deno.test("planRevert() keeps the directories and packages of the new plan", () => {
  const claims = [
    claim("dir:/srv/app", { type: "dir", path: "/srv/app", mode: "0755" }, 1),
    claim("pkg:deb:web/1", packages("git", "curl"), 2, { noted: ["r00000001-00c0ffee.2"] }),
  ];
  const planned = [file("/srv/app/conf"), packages("curl")];
  const items = planRevert(state([ledger("web", claims)]), "web", claims.map(({ resource }) => resource), { planned });
  assert.deepEqual(hows(items), ["base pkg:deb:web/1", "drop dir:/srv/app"]);
  assert.deepEqual(items[0]?.keepNames, ["curl"]);
});

Deno.test("planUndo() of a deploy nobody knows is empty", () => {
  assert.deepEqual(planUndo({ ledgers: {}, resources: {} }, "web"), []);
});
