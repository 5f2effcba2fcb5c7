import assert from "node:assert/strict";
import fc from "fast-check";
import { foldRun, foldStore } from "../../../lib/ledger/fold.ts";
import { parseJournal } from "../../../lib/ledger/journal.ts";
import { Model, type Wish } from "./model.ts";

const empty = { ledgers: {}, resources: {} };

/** Bundles A and B may want the same things, the same way; bundle A has two versions. */
const anyText = fc.constantFrom("one", "two", "found");
const anyFile = fc.constantFrom("/etc/motd", "/srv/app/conf", "/srv/app/data/x", "/srv/y");
const anyWishes: fc.Arbitrary<Wish[]> = fc.uniqueArray(
  fc.oneof(
    fc.record({ file: anyFile, text: anyText }),
    fc.record({ dir: fc.constantFrom("/srv", "/srv/app", "/opt/z") }),
    fc.record({
      id: fc.constantFrom("p/1", "p/2"),
      packages: fc.constantFrom(["curl"], ["git"], ["curl", "git"], ["vim"]),
    }),
  ).map((wish) => structuredClone(wish) as Wish),
  { selector: (wish) => "file" in wish ? wish.file : "dir" in wish ? wish.dir : wish.id, maxLength: 7 },
);
const anyMachine = fc.record({
  motd: fc.boolean(),
  srv: fc.boolean(),
  vim: fc.boolean(),
  libcurl: fc.boolean(),
}).map(({ motd, srv, vim, libcurl }) => (): Model =>
  new Model(
    { ...motd ? { "/etc/motd": "found" } : {}, ...srv ? { "/srv/app/conf": "found" } : {} },
    [...vim ? ["vim"] : [], ...libcurl ? ["libcurl"] : []],
  )
);
const anyCut = fc.nat({ max: 40 });

/** A wish of B only where A does not want something else of the same resource. */
function agreeing(a: readonly Wish[], b: readonly Wish[]): Wish[] {
  return b.filter((wish) =>
    !a.some((other) =>
      ("file" in wish && "file" in other && wish.file === other.file && wish.text !== other.text) ||
      ("id" in wish && "id" in other && wish.id === other.id && wish.packages.join() !== other.packages.join())
    )
  );
}

function claimsOf(model: Model, deploy: string): unknown {
  return model.state.ledgers[deploy]?.claims.map(({ seq: _, noted: _noted, ...claim }) => claim);
}

Deno.test("foldRun() gives the same ledger however often, and wherever the journal was cut first", () => {
  fc.assert(
    fc.property(anyMachine, anyWishes, anyWishes, anyCut, anyCut, fc.boolean(), (machine, v1, v2, cut, half, isDel) => {
      const model = machine();
      model.add("a", v1, cut + 5);
      if (isDel) model.del("a", cut);
      else model.add("a", v2, cut);
      assert(model.last !== undefined);
      const { before, intent, journal } = model.last;
      const { records } = parseJournal(journal);
      const once = foldRun(before, intent, records);
      const { notes: _, ...state } = once;
      assert.deepEqual(foldRun(state, intent, records).ledgers, once.ledgers);
      assert.deepEqual(foldRun(state, intent, records).resources, once.resources);
      const prefix = foldRun(before, intent, records.slice(0, half));
      const whole = foldRun(prefix, intent, records);
      assert.deepEqual(whole.ledgers, once.ledgers);
      assert.deepEqual(whole.resources, once.resources);
    }),
    { numRuns: 400 },
  );
});

Deno.test("planUndo() takes back everything a deploy did", () => {
  fc.assert(fc.property(anyMachine, anyWishes, (machine, wishes) => {
    const model = machine();
    const before = model.world;
    model.add("a", wishes);
    model.del("a");
    assert.deepEqual(model.world, before);
    assert.deepEqual(model.state, empty);
  }));
});

Deno.test("planUndo() takes back a deploy that was cut anywhere, was added again, and was undone in two goes", () => {
  fc.assert(
    fc.property(
      anyMachine,
      anyWishes,
      anyWishes,
      anyCut,
      anyCut,
      fc.boolean(),
      (machine, v1, v2, cut, cutDel, again) => {
        const model = machine();
        const before = model.world;
        model.add("a", v1);
        model.add("a", v2, cut);
        if (again) model.add("a", v2);
        model.del("a", cutDel);
        model.del("a");
        assert.deepEqual(model.world, before);
        assert.deepEqual(model.state, empty);
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("planUndo() of one deploy leaves what the other one alone would have made", () => {
  fc.assert(
    fc.property(anyMachine, anyWishes, anyWishes, fc.boolean(), (machine, a, wishes, isFirst) => {
      const b = agreeing(a, wishes);
      const model = machine();
      const start = model.world;
      const [first, second] = isFirst ? [a, b] : [b, a];
      model.add(isFirst ? "a" : "b", first);
      model.add(isFirst ? "b" : "a", second);
      model.del("a");
      const alone = machine();
      alone.add("b", b);
      assert.deepEqual(model.world, alone.world);
      model.del("b");
      assert.deepEqual(model.world, start);
      assert.deepEqual(model.state, empty);
    }),
    { numRuns: 400 },
  );
});

Deno.test("compareDeploy() makes an upgrade from v1 the same as a fresh v2", () => {
  fc.assert(
    fc.property(anyMachine, anyWishes, anyWishes, anyCut, (machine, v1, v2, cut) => {
      const model = machine();
      model.add("a", v1);
      model.add("a", v2, cut);
      model.add("a", v2);
      const fresh = machine();
      fresh.add("a", v2);
      assert.deepEqual(model.world, fresh.world);
      assert.deepEqual(claimsOf(model, "a"), claimsOf(fresh, "a"));
      assert.deepEqual(Object.keys(model.state.resources), Object.keys(fresh.state.resources));
    }),
    { numRuns: 400 },
  );
});

Deno.test("compareDeploy() of a plan that stands finds nothing to apply or revert", () => {
  const model = new Model({ "/etc/motd": "found" });
  model.add("a", [{ file: "/etc/motd", text: "one" }, { dir: "/srv/app" }]);
  const { before, intent, journal } = model.last ?? assert.fail();
  assert.equal(Object.keys(before.ledgers).length, 0);
  assert.match(journal, /\tP\t1\tfile:\/etc\/motd\tlinked:file:/);
  assert.equal(intent.acts.length, 2);
  const world = model.world;
  model.add("a", [{ file: "/etc/motd", text: "one" }, { dir: "/srv/app" }]);
  assert.deepEqual(model.world, world);
  assert.doesNotMatch(model.last?.journal ?? "", /\t[PUV]\t/);
});

Deno.test("foldStore() keeps the first original through updates, and drops the originals of runs", () => {
  const model = new Model({ "/etc/motd": "found" });
  model.add("a", [{ file: "/etc/motd", text: "one" }]);
  model.add("a", [{ file: "/etc/motd", text: "two" }]);
  assert.deepEqual(model.state.resources["file:/etc/motd"]?.base, {
    was: "linked",
    what: "file",
    ref: "r00000001-00c0ffee.1",
  });
  model.del("a");
  assert.equal(model.nodes.get("/etc/motd"), "found");
});

Deno.test("foldStore() of an undo that kept an edited file leaves its claim and its original", () => {
  const model = new Model({ "/etc/motd": "found" });
  model.add("a", [{ file: "/etc/motd", text: "one" }]);
  model.nodes.set("/etc/motd", "edited by ana");
  model.del("a");
  const claim = model.state.ledgers["a"]?.claims[0];
  assert.deepEqual([claim?.state, claim?.reason], ["kept", "edited"]);
  assert.equal(model.nodes.get("/etc/motd"), "edited by ana");
  model.nodes.set("/etc/motd", "one");
  model.del("a");
  assert.equal(model.nodes.get("/etc/motd"), "found");
  assert.deepEqual(model.state, empty);
});

Deno.test("foldStore() leaves alone what was already so before charly came", () => {
  const model = new Model({ "/etc/motd": "one" });
  model.add("a", [{ file: "/etc/motd", text: "one" }]);
  model.del("a");
  assert.equal(model.nodes.get("/etc/motd"), "one");
  model.add("a", [{ file: "/etc/motd", text: "one" }]);
  model.nodes.set("/etc/motd", "edited by ana");
  model.add("a", [{ file: "/etc/motd", text: "one" }]);
  model.del("a");
  assert.equal(model.nodes.get("/etc/motd"), "edited by ana");
});

Deno.test("foldStore() keeps originals of a run whose intent is lost", () => {
  const model = new Model({ "/etc/motd": "found" });
  model.add("a", [{ file: "/etc/motd", text: "one" }]);
  const { journal } = model.last ?? assert.fail();
  const { ledgers, resources, notes, referenced } = foldStore({
    ...empty,
    counter: 1,
    open: [{ run: "r00000001-00c0ffee", journal }],
  });
  assert.match(notes.join("\n"), /its intent is missing/);
  assert.equal(ledgers["a"]?.claims[0]?.resource, "file:/etc/motd");
  assert.deepEqual(referenced, ["r00000001-00c0ffee.1"]);
  assert.equal(resources["file:/etc/motd"]?.base.was, "linked");
});

Deno.test("foldStore() refuses a journal with a bad seal, and reads it when asked to repair", () => {
  const model = new Model();
  model.add("a", [{ file: "/srv/y", text: "one" }]);
  const { intent, journal } = model.last ?? assert.fail();
  const open = [{ run: intent.run, intent, journal: `${journal}90\tK\t3\t12\t.\n` }];
  assert.throws(() => foldStore({ ...empty, counter: 1, open }), {
    code: "ledger-corrupt",
    hint: /charly ledger repair/,
  });
  const repaired = foldStore({ ...empty, counter: 1, open }, { repair: true });
  assert.equal(repaired.ledgers["a"]?.claims[0]?.state, "unknown");
});
