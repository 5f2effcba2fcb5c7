import assert from "node:assert/strict";
import { compareDeploy, type CompareInput, previousLedger } from "../../../lib/ledger/compare.ts";
import type { DeployLedger, RunIntent } from "../../../lib/ledger/record.ts";
import { renameDeploy } from "../../../lib/ledger/rename.ts";
import { act, claim, command, file, ledger, packages, state } from "./literal.ts";

function identity(
  { format: _, claims: _claims, run: _run, updated_at: _at, ...deploy }: DeployLedger,
): RunIntent["deploy"] {
  return deploy;
}

function input(old: DeployLedger, others: readonly DeployLedger[], acts: CompareInput["acts"]): CompareInput {
  return { deploy: identity(old), old, acts, state: state([...others, old]) };
}

const motd = "file:/etc/motd";

Deno.test("compareDeploy() keeps equal digests, applies others and reverts what the plan does not name", () => {
  const old = ledger("web", [
    claim(motd, file("/etc/motd"), 1),
    claim("file:/a", file("/a"), 2),
    claim("file:/b", file("/b"), 3),
    claim("file:/c", file("/c"), 4, { state: "failed" }),
  ]);
  const acts = [
    act(motd, file("/etc/motd"), 1),
    act("file:/a", file("/a"), 2, "b"),
    act("file:/c", file("/c"), 3),
    act("file:/d", file("/d"), 4),
  ];
  const { keep, apply, revert } = compareDeploy(input(old, [], acts));
  assert.deepEqual(keep.map(({ claim }) => claim.resource), [motd]);
  assert.deepEqual(apply.map(({ act, why }) => [act.resource, why]), [
    ["file:/a", "changed"],
    ["file:/c", "unsettled"],
    ["file:/d", "new"],
  ]);
  assert.deepEqual(revert.map(({ claim, why }) => [claim.resource, why]), [["file:/b", "gone"]]);
});

Deno.test("compareDeploy() keeps claims behind a closed gate", () => {
  const old = ledger("web", [claim(motd, file("/etc/motd"), 1)]);
  const { keep, revert, notes } = compareDeploy({
    ...input(old, [], []),
    closed: [{ resource: motd, gate: "allow-root-tasks" }],
  });
  assert.deepEqual(revert, []);
  assert.equal(keep[0]?.gate, "allow-root-tasks");
  assert.match(notes[0] ?? "", /gate allow-root-tasks is closed/);
});

Deno.test("compareDeploy() takes back a command's old text before the new one, and packages last", () => {
  const old = ledger("web", [
    claim("cmd:web:user", command({ undo: { text: "userdel x", at: "in-place" } }), 1),
    claim("cmd:web:plain", command(), 2),
    claim("pkg:deb:web/1", packages("git", "curl"), 3),
    claim("file:/b", file("/b"), 4),
  ]);
  const acts = [
    act("cmd:web:user", command(), 1, "b"),
    act("cmd:web:plain", command(), 2, "b"),
    act("pkg:deb:web/1", packages("curl"), 3, "b"),
  ];
  const { revert } = compareDeploy(input(old, [], acts));
  assert.deepEqual(revert.map(({ claim, why, late }) => [claim.resource, why, late]), [
    ["file:/b", "gone", false],
    ["cmd:web:user", "changed", false],
    ["pkg:deb:web/1", "shrunk", true],
  ]);
});

Deno.test("compareDeploy() says which of two writers of one path covers the other", () => {
  const acts = [act(motd, file("/etc/motd"), 1, "b"), act(motd, file("/etc/motd"), 2)];
  const { apply, covered } = compareDeploy({ ...input(ledger("web", []), [], acts) });
  assert.deepEqual(apply.map(({ act }) => act.n), [2]);
  assert.deepEqual(covered.map(({ act, by }) => [act.n, by.n]), [[1, 2]]);
});

Deno.test("compareDeploy() shares equal wishes and refuses different ones, unless stacking is allowed", () => {
  const db = ledger("db", [claim(motd, file("/etc/motd"), 1)]);
  const web = ledger("web", []);
  const equal = compareDeploy(input(web, [db], [act(motd, file("/etc/motd"), 1)]));
  assert.deepEqual(equal.apply[0]?.sharedWith, ["db"]);
  const different = input(web, [db], [act(motd, file("/etc/motd"), 1, "b")]);
  assert.throws(() => compareDeploy(different), {
    code: "claimed-elsewhere",
    message: /want file:\/etc\/motd \(candy web\): db wants file:\/etc\/motd otherwise/,
    hint: /--take-over/,
  });
  const stacked = compareDeploy({ ...different, options: { takeOver: true } });
  assert.deepEqual(stacked.apply[0]?.covers, ["db"]);
  const key = { type: "sysctl" as const, key: "vm.swappiness", value: "1" };
  const kernel = ledger("db", [claim("sysctl:vm.swappiness", key, 1)]);
  const other = input(web, [kernel], [act("sysctl:vm.swappiness", key, 1, "b")]);
  assert.throws(() => compareDeploy({ ...other, options: { takeOver: true } }), { code: "claimed-elsewhere" });
});

Deno.test("compareDeploy() refuses another project's deploy, unless it is adopted", () => {
  const old = ledger("web", [], { project: "shop" });
  const mine = { ...input(old, [], []), deploy: identity(ledger("web", [])) };
  assert.throws(() => compareDeploy(mine), { code: "other-project", message: /one of project shop/ });
  assert.deepEqual(compareDeploy({ ...mine, options: { adopt: true } }).notes, ["web: taken over from project shop"]);
  const hers = { ...mine, old: ledger("web", [], { user: "bea" }) };
  assert.throws(() => compareDeploy(hers), { code: "other-project", message: /of user bea/ });
});

Deno.test("compareDeploy() refuses a candy at two versions across projects, and says it within one", () => {
  const web = ledger("web", []);
  const shop = ledger("shop", [], { project: "shop", candy_versions: { web: "2" } });
  assert.throws(() => compareDeploy(input(web, [shop], [])), {
    code: "candy-versions",
    hint: /--allow-shared-upgrade/,
  });
  const allowed = compareDeploy({ ...input(web, [shop], []), options: { allowSharedUpgrade: true } });
  assert.equal(allowed.notes.length, 1);
  const same = ledger("shop", [], { candy_versions: { web: "2" } });
  assert.match(compareDeploy(input(web, [same], [])).notes[0] ?? "", /raises what both share/);
});

Deno.test("previousLedger() finds a deploy under its earlier name, and renameDeploy() moves its claims", () => {
  const old = state([ledger("site", [claim(motd, file("/etc/motd"), 1)])]);
  assert.equal(previousLedger(old, "web", ["site"])?.bundle, "site");
  const renamed = renameDeploy(old, "site", { deploy_id: "web", bundle: "web" });
  assert.deepEqual(Object.keys(renamed.ledgers), ["web"]);
  assert.deepEqual(renamed.resources[motd]?.claims, [{ deploy: "web", digest: "a".repeat(16) }]);
  const both = state([ledger("site", [claim(motd, file("/etc/motd"), 1)]), ledger("web", [])]);
  assert.throws(() => renameDeploy(both, "site", { deploy_id: "web", bundle: "web" }), { code: "deployed-twice" });
  assert.throws(() => previousLedger(both, "new", ["site", "web"]), { code: "ambiguous-rename" });
});

Deno.test("renameDeploy() ends a renaming that was cut: the old record holds nothing any more and goes", () => {
  const cut = state([ledger("site", []), ledger("web", [claim(motd, file("/etc/motd"), 1)])]);
  const ended = renameDeploy(cut, "site", { deploy_id: "web", bundle: "web" });
  assert.deepEqual(Object.keys(ended.ledgers), ["web"]);
  assert.deepEqual(ended.resources, cut.resources);
});
