import assert from "node:assert/strict";
import { DriverShell } from "../../../lib/execute/shell.ts";
import { localTransport } from "../../../lib/execute/transport/local.ts";

/** Opens a driver in `home`, runs one program under the lock of `run`, leaves. */
async function inDriver(home: string, run: string, program: string): Promise<string> {
  await using transport = localTransport({ env: { HOME: home, PATH: Deno.env.get("PATH") ?? "" }, home });
  const shell = await DriverShell.open(transport, { level: "user", privilege: { kind: "login" } });
  const { reason } = await shell.run(`RUN=${run}\nhold 5 test && run_open && {\n${program}\n}\n`);
  await shell.close();
  return reason;
}

Deno.test("pre_file keeps the original apart when a cut run left a hard link of it in the store", async () => {
  const home = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${home}/a`, "original");
    const preserve = `looks 1 ${home}/a 3\npre_file 1 file:a ${home}/a x 0644 -\njsync`;
    await inDriver(home, "r00000001-aaaaaaaa", preserve); // preserved, and cut before anything was written
    const reason = await inDriver(home, "r00000002-bbbbbbbb", `${preserve}\ndo_file 1 ${home}/a 0644 - =new`);
    assert.equal(reason, "done");
    assert.equal(await Deno.readTextFile(`${home}/a`), "new");
    const prior = `${home}/.config/opencharly/installed/engine/prior`;
    assert.equal(await Deno.readTextFile(`${prior}/r00000001-aaaaaaaa.1`), "original");
    assert.equal(await Deno.readTextFile(`${prior}/r00000002-bbbbbbbb.1`), "original");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("do_file writes a file with a second name of the user's in place, and neither name loses the other", async () => {
  const home = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${home}/a`, "original");
    await Deno.link(`${home}/a`, `${home}/b`);
    const preserve = `looks 1 ${home}/a 3\npre_file 1 file:a ${home}/a x 0644 -\njsync`;
    assert.equal(await inDriver(home, "r00000001-aaaaaaaa", `${preserve}\ndo_file 1 ${home}/a 0644 - =new`), "done");
    assert.equal(await Deno.readTextFile(`${home}/b`), "new");
    const prior = `${home}/.config/opencharly/installed/engine/prior/r00000001-aaaaaaaa.1`;
    assert.equal(await Deno.readTextFile(prior), "original");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
