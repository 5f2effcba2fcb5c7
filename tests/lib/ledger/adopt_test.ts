import assert from "node:assert/strict";
import { adopt } from "../../../lib/ledger/adopt.ts";
import { goRecordText, readGoCandy, readGoDeploy, readGoRecords } from "../../../lib/ledger/go_records.ts";
import type { ReverseOp } from "../../../lib/steps/reverse_op.ts";

const deploy = `{
  "schema_version": "2026.161.1649",
  "deploy_id": "2c70e12b7a0646f9",
  "image": "web",
  "target": "local",
  "candy": ["ripgrep", "nginx"],
  "add_candy": null,
  "deployed_at": "2026-06-10T16:49:00Z"
}
`;

function layer(candy: string, ops: readonly ReverseOp[], deployedBy = ["2c70e12b7a0646f9"]): string {
  return JSON.stringify({
    schema_version: "2026.161.1649",
    candy,
    version: "2026.150.0900",
    deployed_by: deployedBy,
    deployed_at: "2026-06-10T16:49:00Z",
    steps: [{ kind: "SystemPackages", scope: 0, venue: "host-native", completed_at: "2026-06-10T16:49:00Z" }],
    reverse_ops: ops,
  });
}

const nginx: ReverseOp[] = [
  { kind: "package-remove", format: "deb", targets: ["nginx"], uninstall_cmd: "apt-get purge -y nginx" },
  { kind: "service-disable", targets: ["nginx.service"] },
  { kind: "restore-enabled", targets: ["nginx.service"] },
  { kind: "service-disable", scope: 1, targets: ["dev.service"] },
  { kind: "service-remove", scope: 1, targets: ["/home/ana/.config/systemd/user/dev.service"] },
];

Deno.test("adopt() replays candies and ops last first, and disables a unit before anything else of it", () => {
  const records = readGoRecords([
    ["deploys/2c70e12b7a0646f9.json", deploy],
    ["layers/ripgrep.json", layer("ripgrep", [{ kind: "rm-file-user", scope: 1, targets: ["/home/ana/.ripgreprc"] }])],
    ["layers/nginx.json", layer("nginx", nginx)],
  ]);
  const adopted = adopt(records, "2c70e12b7a0646f9") ?? assert.fail();
  assert.deepEqual(adopted.ops.map(({ candy, op }) => `${candy} ${op.kind} ${op.targets?.join()}`), [
    "nginx service-disable dev.service",
    "nginx service-remove /home/ana/.config/systemd/user/dev.service",
    "nginx service-disable nginx.service",
    "nginx restore-enabled nginx.service",
    "nginx package-remove nginx",
    "nginx remove-envd-file ~/.config/opencharly/env.d/nginx.env",
    "ripgrep rm-file-user /home/ana/.ripgreprc",
    "ripgrep remove-envd-file ~/.config/opencharly/env.d/ripgrep.env",
  ]);
  assert.equal(adopted.reloads, true);
  assert.deepEqual(adopted.removed, ["nginx", "ripgrep"]);
});

Deno.test("adopt() leaves a candy that another deploy has too", () => {
  const records = readGoRecords([
    ["deploys/2c70e12b7a0646f9.json", deploy],
    ["layers/nginx.json", layer("nginx", nginx, ["2c70e12b7a0646f9", "ffff000011112222"])],
  ]);
  const adopted = adopt(records, "2c70e12b7a0646f9") ?? assert.fail();
  assert.deepEqual(adopted.ops, []);
  assert.deepEqual(adopted.rewritten.map(({ candy, deployed_by }) => [candy, deployed_by]), [[
    "nginx",
    ["ffff000011112222"],
  ]]);
  assert.deepEqual(adopted.notes, ["nginx: stays, ffff000011112222 has it too", "ripgrep: no record says what it did"]);
});

Deno.test("adopt() finds the one record that some versions keep for a whole deploy", () => {
  const records = readGoRecords([
    ["deploys/2c70e12b7a0646f9.json", deploy],
    ["layers/web.json", layer("web", nginx)],
  ]);
  const { ops = [] } = adopt(records, "2c70e12b7a0646f9") ?? {};
  assert.equal(ops.filter(({ candy }) => candy === "web").length, 6);
});

Deno.test("adopt() releases services and repositories when asked to keep them", () => {
  const ops: ReverseOp[] = [...nginx, { kind: "remove-repo-file", targets: ["/etc/apt/sources.list.d/x.list"] }];
  const records = readGoRecords([
    ["deploys/2c70e12b7a0646f9.json", deploy],
    ["layers/nginx.json", layer("nginx", ops)],
  ]);
  const adopted = adopt(records, "2c70e12b7a0646f9", { keepServices: true, keepRepoChanges: true }) ?? assert.fail();
  assert.deepEqual(adopted.ops.map(({ op }) => op.kind), ["package-remove", "remove-envd-file"]);
  assert.equal(adopted.released.length, 5);
});

Deno.test("adopt() knows no deploy of another id", () => {
  assert.equal(adopt({ deploys: [], layers: [] }, "2c70e12b7a0646f9"), undefined);
});

Deno.test("readGoDeploy() refuses records without a version, newer ones and broken ones by name", () => {
  const file = "deploys/web.json";
  const cases: [string, string, RegExp][] = [
    [deploy.replace(/.*schema_version.*\n/, ""), "ledger-old", /charly migrate/],
    [deploy.replace("2026.161.1649", "2027.1.1"), "ledger-newer", /newer charly/],
    [deploy.replace('"image"', '"images"'), "ledger-newer", /newer charly/],
    [deploy.slice(0, 40), "ledger-corrupt", /ledger repair/],
    ["[]", "ledger-corrupt", /ledger repair/],
  ];
  for (const [content, code, hint] of cases) {
    assert.throws(() => readGoDeploy(content, file), { code, hint, message: /deploys\/web\.json/ });
  }
  assert.deepEqual(readGoDeploy(goRecordText(readGoDeploy(deploy, file)), file), readGoDeploy(deploy, file));
});

Deno.test("readGoCandy() reads scopes as numbers and as words", () => {
  const text = layer("x", []).replace('"reverse_ops":[]', '"reverse_ops":[{"kind":"rm-file-user","scope":"user"}]');
  assert.deepEqual(readGoCandy(text, "layers/x.json").reverse_ops, [{ kind: "rm-file-user", scope: 1 }]);
});
