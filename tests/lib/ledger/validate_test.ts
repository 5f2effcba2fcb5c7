import assert from "node:assert/strict";
import fc from "fast-check";
import { CharlyError } from "../../../lib/base/errors.ts";
import { readIdentity, readIntent, readLedger, readResources } from "../../../lib/ledger/validate.ts";
import {
  operatorCopy,
  operatorCopyPath,
  operatorCopyText,
  readOperatorCopy,
} from "../../../lib/ledger/operator_copy.ts";
import { Model } from "./model.ts";
import { claim, file, ledger } from "./literal.ts";

const readers = [readLedger, readResources, readIntent, readIdentity, readOperatorCopy];

Deno.test("readLedger(), readResources() and readIntent() read back what is written", () => {
  const model = new Model({ "/etc/motd": "found" });
  model.add("a", [{ file: "/etc/motd", text: "one" }, { dir: "/srv/app" }, { id: "p/1", packages: ["curl"] }]);
  const { intent } = model.last ?? assert.fail();
  assert.deepEqual(readLedger(JSON.stringify(model.state.ledgers["a"]), "f"), model.state.ledgers["a"]);
  assert.deepEqual(readResources(JSON.stringify(model.state.resources), "f"), model.state.resources);
  assert.deepEqual(readIntent(JSON.stringify(intent), "f"), intent);
  assert.deepEqual(readIdentity('{"target_id":"x","schema":1}\n', "f"), { target_id: "x", schema: 1 });
});

Deno.test("readLedger() names the file and the place of what is wrong", () => {
  const good = ledger("web", [claim("file:/x", file("/x"), 1)]);
  const broken = JSON.stringify(good).replace('"seq":1', '"seq":"1"');
  assert.throws(() => readLedger(broken, "/store/ledger/web.json"), {
    code: "ledger-corrupt",
    message: 'read /store/ledger/web.json: claims[0].seq: has to be a whole number, found "1"',
  });
  assert.throws(() => readLedger("", "web.json"), { code: "ledger-corrupt", message: /the file is empty/ });
  assert.throws(() => readLedger(JSON.stringify({ ...good, format: 2 }), "web.json"), { code: "ledger-newer" });
  assert.throws(() => readLedger(JSON.stringify({ ...good, colour: 1 }), "web.json"), { code: "ledger-newer" });
  const twice = { ...good, claims: [...good.claims, ...good.claims] };
  assert.throws(() => readLedger(JSON.stringify(twice), "web.json"), {
    code: "ledger-corrupt",
    message: /there twice/,
  });
});

Deno.test("readResources() refuses priors that lead out of the store", () => {
  const text = '{"file:/x":{"base":{"was":"linked","what":"file","ref":"../../etc/shadow"},"claims":[]}}';
  assert.throws(() => readResources(text, "resources.json"), { code: "ledger-corrupt" });
});

Deno.test("every reader throws CharlyError only", () => {
  const check = (text: string): void => {
    for (const read of readers) {
      try {
        read(text, "file.json");
      } catch (error) {
        if (!(error instanceof CharlyError)) throw error;
        assert.match(error.code ?? "", /^ledger-(corrupt|newer)$/);
      }
    }
  };
  fc.assert(fc.property(fc.string(), check));
  fc.assert(fc.property(fc.json(), check));
  const good = JSON.stringify(ledger("web", [claim("file:/x", file("/x"), 1)]));
  fc.assert(fc.property(fc.nat({ max: good.length }), fc.json(), (at, bit) => {
    check(good.slice(0, at) + bit + good.slice(at));
    check(good.slice(0, at));
  }));
  check("[".repeat(5000) + "]".repeat(5000));
});

Deno.test("operatorCopy() holds no content and reads back", () => {
  const claims = [claim("file:/x", file("/x"), 1)];
  const copy = operatorCopy("deploy@web1", "ssh:deploy@web1:22", [
    { level: "user", target_id: "u1", ledger: undefined },
    { level: "root", target_id: "r1", ledger: ledger("web", claims) },
  ]) ?? assert.fail();
  const text = operatorCopyText(copy);
  assert.doesNotMatch(text, /sha256|"want"|00000000/);
  assert.deepEqual(readOperatorCopy(text, "web1.json"), copy);
  assert.equal(operatorCopy("web1", "ssh:web1:22", [{ level: "user", target_id: "u1", ledger: undefined }]), undefined);
});

Deno.test("operatorCopyPath() keeps any name one component", () => {
  assert.equal(
    operatorCopyPath("/home/ana/.local/state", "shop", "web", "deploy@web1:2222"),
    "/home/ana/.local/state/charly/ledger/shop/web/deploy@web1:2222.json",
  );
  assert.throws(() => operatorCopyPath("state", "shop", "web", "h"), { code: "bad-state-home" });
  const seen = new Map<string, string>();
  fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => {
    const path = operatorCopyPath("/s", name, name, name);
    assert.equal(path.split("/").length, 7);
    assert.doesNotMatch(path, /\/\.{1,2}(\/|$)|\0/);
    const other = seen.get(path);
    assert.ok(other === undefined || other === name.toWellFormed());
    seen.set(path, name.toWellFormed());
  }));
});
