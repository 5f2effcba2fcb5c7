import assert from "node:assert/strict";
import fc from "fast-check";
import { CharlyError } from "../../../../lib/base/errors.ts";
import { hostFilesIn } from "../../../../lib/config/host/host_files.ts";
import { fieldChanges } from "../../../../lib/config/host/overlay_values.ts";
import { changeDeployment, dropDeployment } from "../../../../lib/config/host/overlay_write.ts";
import { showOverlay } from "../../../../lib/config/host/show_overlay.ts";
import { tempDir } from "../../../shared/tmp.ts";

const set = (dir: string, name: string, ...words: string[]) => {
  const files = hostFilesIn(dir);
  return changeDeployment(files, name, "local", fieldChanges(words, "local", files.overlay));
};

Deno.test("changeDeployment() writes node form: scalars in the kind's value, everything else as a child", async () => {
  await using dir = await tempDir();
  assert.equal(await set(dir.join("new"), "web/blue", "host=me@web2", "env=A=1", "env=B=x y", "disposable=true"), true);
  assert.equal(
    await Deno.readTextFile(dir.join("new/charly.yml")),
    `version: 2026.174.1100
web/blue:
    local:
        host: me@web2
        disposable: true
    web/blue-env:
        env:
            - A=1
            - B=x y
`,
  );
  assert.equal((await Deno.stat(dir.join("new/charly.yml"))).mode! & 0o777, 0o600);
  assert.equal((await Deno.stat(dir.join("new"))).mode! & 0o777, 0o700);
  assert.equal(await set(dir.join("new"), "web/blue", "host=me@web2"), false);
});

Deno.test("changeDeployment() leaves comments, other deployments, provides and machine state as they are", async () => {
  await using dir = await tempDir({
    "charly.yml": `# mine
version: 2026.174.1100
provides: { env: [{ name: A, value: "1" }] }
# the web
web:
    # where
    vm: { from: arch, vm_state: { ssh_port: 2222 } }
other:
    pod: nginx
`,
  });
  await set(dir.path, "web", "description=mine");
  const { deployments } = showOverlay(hostFilesIn(dir.path));
  assert.deepEqual(JSON.parse(JSON.stringify(deployments)), {
    web: { vm: { from: "arch", vm_state: { ssh_port: 2222 }, description: "mine" } },
    other: { pod: "nginx" },
  });
  const text = await Deno.readTextFile(dir.join("charly.yml"));
  for (const kept of ["# mine", "# the web", "# where", "provides:"]) assert.ok(text.includes(kept), kept);
  assert.equal(await dropDeployment(hostFilesIn(dir.path), "web"), true);
  assert.deepEqual(JSON.parse(JSON.stringify(showOverlay(hostFilesIn(dir.path), "web").deployments)), {
    web: { vm: { vm_state: { ssh_port: 2222 } } },
  });
});

Deno.test("changeDeployment() takes a field out, and the deployment with its last one", async () => {
  await using dir = await tempDir();
  const files = hostFilesIn(dir.path);
  await set(dir.path, "web", "host=a", "env=A=1");
  const without = (key: string) => changeDeployment(files, "web", "group", [{ key, value: undefined }]);
  assert.equal(await without("env"), true);
  assert.equal(await without("env"), false);
  assert.equal(await without("host"), true);
  assert.equal(await Deno.readTextFile(files.overlay), "version: 2026.174.1100\n");
});

Deno.test("changeDeployment() writes nothing over a file that does not load", async () => {
  for (const broken of ["web: [\n", "web:\n  local: {}\n  x: { nothing: 1 }\n", "- a\n", "\xff"]) {
    await using dir = await tempDir({
      "charly.yml": broken === "\xff" ? new Uint8Array([0xff, 0xfe, 0x41]) : broken,
    });
    const before = await Deno.readFile(dir.join("charly.yml"));
    await assert.rejects(set(dir.path, "web", "host=a"), CharlyError, broken);
    assert.deepEqual(await Deno.readFile(dir.join("charly.yml")), before);
  }
  await using left = await tempDir({ "deploy.yml": "images: {}\n" });
  await assert.rejects(set(left.path, "web", "host=a"), /older form/);
});

Deno.test("fieldChanges() refuses what would change nothing, what is charly's own and what words cannot say", () => {
  const refused = (word: string) => () => fieldChanges([word], "local", "/f");
  for (
    const [word, message] of [
      ["disposable=false", /cannot be "false"/],
      ["hots=x", /a local has no "hots"/],
      ["vm_state=x", /charly's own/],
      ["install_opts=x", /more than words/],
      ["host", /names no value/],
    ] as const
  ) assert.throws(refused(word), message, word);
});

Deno.test("changeDeployment() gives back every text it was given", async () => {
  await using dir = await tempDir();
  const text = fc.string({ minLength: 1 }).filter((it) => it.trim() !== "");
  await fc.assert(
    fc.asyncProperty(text, text, async (description, value) => {
      await set(dir.path, "web", `description=${description}`, `dns=${value}`);
      const { deployments } = showOverlay(hostFilesIn(dir.path));
      const { local } = JSON.parse(JSON.stringify(deployments)).web;
      assert.equal(local.description, description);
    }),
    { numRuns: 60 },
  );
});

Deno.test("showOverlay() shows no value that may be a secret", async () => {
  await using dir = await tempDir({
    "charly.yml": `web:
    local: { host: web1 }
    e: { env: [EDITOR=vi, API_TOKEN=abc123, "URL=https://me:hunter2@h/x"] }
    s: { secret: [{ name: db, source: swordfish }] }
`,
  });
  const { text } = showOverlay(hostFilesIn(dir.path));
  for (const secret of ["abc123", "hunter2", "swordfish"]) assert.ok(!text.includes(secret), secret);
  for (const shown of ["EDITOR=vi", "API_TOKEN=***", "https://me:***@h/x", "web1"]) {
    assert.ok(text.includes(shown), text);
  }
});
