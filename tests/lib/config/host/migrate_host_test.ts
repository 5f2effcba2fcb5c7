import assert from "node:assert/strict";
import { hostFilesIn } from "../../../../lib/config/host/host_files.ts";
import { migrateHost } from "../../../../lib/config/host/migrate_host.ts";
import { tempDir } from "../../../shared/tmp.ts";

Deno.test("migrateHost() makes a deploy.yml the overlay of today, and has nothing to do then", async () => {
  await using dir = await tempDir({
    "charly/deploy.yml": 'images:\n  web: { ports: ["8080:80"], bind_mounts: [{ name: data, path: /srv }] }\n',
  });
  const files = hostFilesIn(dir.join("charly"));
  const { write, remove, problems } = migrateHost(files);
  assert.deepEqual(problems, []);
  assert.deepEqual(remove, [files.oldOverlay]);
  assert.equal(
    write.get(files.overlay),
    `version: 2026.174.1100
web:
    pod:
        image: web
    web-port:
        port:
            - "8080:80"
    web-volume:
        volume:
            - name: data
              host: /srv
              type: bind
`,
  );
  await dir.write({ "charly/charly.yml": write.get(files.overlay)! });
  await Deno.remove(files.oldOverlay);
  assert.equal(migrateHost(files).write.size, 0);
});

Deno.test("migrateHost() takes settings that do nothing out, and leaves everything else", async () => {
  await using dir = await tempDir({
    "charly/config.yml": "# mine\nsecret_backend: kdbx\nsecrets_kdbx_path: /x\nrun_mode: auto # always\nodd: 1\n",
  });
  const files = hostFilesIn(dir.join("charly"));
  const { write, changes, manual } = migrateHost(files);
  assert.deepEqual(changes.map(({ rule }) => rule), ["drop-kdbx", "drop-kdbx"]);
  assert.equal(manual.length, 1);
  const text = write.get(files.settings)!;
  assert.match(text, /^run_mode: auto # always\nodd: 1\n$/m);
  await dir.write({ "charly/config.yml": text });
  assert.equal(migrateHost(files).write.size, 0);
});

Deno.test("migrateHost() brings the files of ov over, and leaves them where they are", async () => {
  await using dir = await tempDir({ "ov/deploy.yml": "images: { web: {} }\n", "ov/config.yml": "run_mode: direct\n" });
  const files = hostFilesIn(dir.join("charly"));
  const { write, remove } = migrateHost(files);
  assert.deepEqual([...write.keys()], [files.overlay, files.settings]);
  assert.deepEqual(remove, []);
});

Deno.test("migrateHost() reports a file that does not load, and keeps the state of machines under its name of today", async () => {
  await using broken = await tempDir({ "charly/charly.yml": "a: [\n" });
  assert.equal(migrateHost(hostFilesIn(broken.join("charly"))).problems.length, 1);
  await using dir = await tempDir({
    "charly/charly.yml": "version: 2026.174.1100\na:\n  vm: { vm_state: { ov_install_strategy: scp, ssh_port: 1 } }\n",
  });
  const files = hostFilesIn(dir.join("charly"));
  assert.match(migrateHost(files).write.get(files.overlay)!, /charly_install_strategy: scp\n +ssh_port: 1/);
});
