/** ssh2 must work inside one bundled file, where its wasm loader finds no `__dirname` of its own. */
import assert from "node:assert/strict";
import { startSshd } from "../shared/sshd.ts";

Deno.test("connect() works from a bundle, over ssh2 and chacha20", async () => {
  await using server = await startSshd({ config: ["Ciphers chacha20-poly1305@openssh.com"] });
  const root = new URL("../../", import.meta.url);
  // the entry lies below the project so that its import map applies
  const entry = new URL(`.bundle-${crypto.randomUUID()}.ts`, import.meta.url);
  await Deno.writeTextFile(
    entry,
    `import { connect } from "../../lib/execute/connect.ts";
const [host, sshConfig, HOME] = Deno.args;
await using transport = await connect({ target: "ssh" }, host, { sshConfig, env: { HOME } });
const channel = await transport.open("echo bundled");
console.log((await new Response(channel.stdout).text()).trim(), typeof globalThis.__dirname);
`,
  );
  const bundle = `${server.dir}/charly.js`;
  try {
    const built = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "-q", "--external", "*.node", "--external", "cpu-features", "-o", bundle, entry.pathname],
      cwd: root,
    }).output();
    assert.ok(built.success, new TextDecoder().decode(built.stderr));
  } finally {
    await Deno.remove(entry);
  }
  const ran = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-config", "--cached-only", bundle, server.target, server.configFile, server.clientHome],
    cwd: server.dir,
  }).output();
  assert.equal(new TextDecoder().decode(ran.stdout).trim(), "bundled undefined", new TextDecoder().decode(ran.stderr));
});
