import assert from "node:assert/strict";
import { adopt } from "../../../lib/ledger/adopt.ts";
import { goRecordsOf } from "../../../lib/deploy/go_from_ledger.ts";
import { goRecordText, readGoCandy, readGoDeploy } from "../../../lib/ledger/go_records.ts";
import type { Prior } from "../../../lib/ledger/record.ts";
import { claim, command, file, ledger, packages, state } from "../ledger/literal.ts";

const original: Prior = { was: "linked", what: "file", ref: "r00000001-00c0ffee.2" };
const claims = [
  claim("file:/home/ana/.new", file("/home/ana/.new"), 1),
  claim("file:/home/ana/it's", file("/home/ana/it's"), 2),
  claim("cmd:web:x", command({ undo: { text: "rm x", at: "end" }, secrets: ["TOKEN"] }), 3),
];
const user = state([ledger("web", claims)], { "file:/home/ana/it's": original });

Deno.test("goRecordsOf() writes records that the strict reader accepts", () => {
  const { deploy, layers } = goRecordsOf({ user }, "web") ?? assert.fail();
  assert.deepEqual(readGoDeploy(goRecordText(deploy), "deploys/web.json"), deploy);
  assert.deepEqual(layers.map((layer) => readGoCandy(goRecordText(layer), "layers/web.json")), layers);
  assert.deepEqual(layers[0]?.deployed_by, ["web"]);
});

Deno.test("goRecordsOf() gives ops whose replay restores in our order", () => {
  const { deploy, layers } = goRecordsOf({ user }, "web") ?? assert.fail();
  const { ops } = adopt({ deploys: [deploy], layers }, "web") ?? assert.fail();
  assert.deepEqual(ops.map(({ op }) => op.extra?.["script"] ?? `${op.kind} ${op.targets?.join()}`), [
    `cp -a -- "$HOME"/.config/opencharly/installed/engine/prior/r00000001-00c0ffee.2 '/home/ana/it'\\''s.charly' && ` +
    `mv -f -- '/home/ana/it'\\''s.charly' '/home/ana/it'\\''s'`,
    "rm-file-user /home/ana/.new",
    ': "${TOKEN:?is needed to undo this}"\nrm x',
    "remove-envd-file ~/.config/opencharly/env.d/web.env",
  ]);
});

Deno.test("goRecordsOf() leaves out what other deploys share, and keeps ids of the Go tool's own deploys", () => {
  const motd = claim("file:/etc/motd", file("/etc/motd"), 1);
  const root = state([ledger("web", [motd]), ledger("db", [motd])]);
  const before = {
    deploys: [],
    layers: [{
      schema_version: "2026.161.1649",
      candy: "web",
      deployed_by: ["gone-go-deploy"],
      deployed_at: "2026-06-10T16:49:00Z",
      reverse_ops: [{ kind: "rm-file-system" as const, targets: ["/etc/x"] }],
    }],
  };
  const { layers } = goRecordsOf({ user: state([]), root, before }, "web") ?? assert.fail();
  assert.deepEqual(layers[0]?.deployed_by, ["db", "gone-go-deploy", "web"]);
  assert.deepEqual(layers[0]?.reverse_ops, [{ kind: "rm-file-system", targets: ["/etc/x"] }]);
  assert.equal(goRecordsOf({ user: state([]) }, "web"), undefined);
});

Deno.test("goRecordsOf() removes only packages that the lists of a transaction call new", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const prior = `${directory}/.config/opencharly/installed/engine/prior`;
    await Deno.mkdir(prior, { recursive: true });
    await Deno.writeTextFile(`${prior}/r1.1`, "bash\t5.2\tii\nold\t1\trc\n");
    await Deno.writeTextFile(
      `${prior}/r1.1.after`,
      "bash\t5.2\tii\nold\t1\tii\ncurl\t8\tii\nlibcurl\t8\tii\nvim\t9\tii\n",
    );
    const listed: Prior = { was: "listed", ref: "r1.1" };
    const curl = claim("pkg:deb:web/1", packages("curl"), 1, { noted: ["r1.1", "r1.1.after"] });
    const other = ledger("db", [claim("pkg:deb:db/1", packages("vim"), 2)]);
    const both = state([ledger("web", [curl]), other], { "pkg:deb:web/1": listed });
    const { layers } = goRecordsOf({ user: both }, "web") ?? assert.fail();
    const script = layers[0]?.reverse_ops?.[0]?.extra?.["script"] ?? assert.fail();
    await Deno.writeTextFile(`${directory}/apt-get`, '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", script],
      env: { HOME: directory, PATH: `${directory}:${Deno.env.get("PATH")}` },
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "remove -y -- old curl libcurl\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
