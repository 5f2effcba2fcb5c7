import assert from "node:assert/strict";
import { isEmpty, missingPermissions } from "../../../lib/cli/reexec.ts";

const none = { read: [], write: [], net: [], run: [], env: [], sys: [] };
const reexecModule = new URL("../../../lib/cli/reexec.ts", import.meta.url).href;

/** Runs a program that starts `second` again through `reexec`. */
async function start(second: string, flags: readonly string[], words: readonly string[], path?: string) {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/second.ts`, second);
    const first = `import { reexec } from ${JSON.stringify(reexecModule)};
Deno.exit(await reexec(${JSON.stringify(flags)}, ${JSON.stringify(words)}, ${
      JSON.stringify(`file://${dir}/second.ts`)
    }));`;
    await Deno.writeTextFile(`${dir}/first.ts`, first);
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", `--allow-run=${Deno.execPath()}`, `${dir}/first.ts`],
      ...(path === undefined ? {} : { env: { PATH: path } }),
    }).output();
    return { code, stdout: new TextDecoder().decode(stdout) };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("reexec() starts the program again with exactly the flags, the words and the exit code", async () => {
  const second = `console.log(JSON.stringify([Deno.args, Deno.env.get("CHARLY_PERMITTED"),
    ...["read", "write", "net", "run"].map((name) => Deno.permissions.querySync({ name }).state),
    Deno.permissions.querySync({ name: "read", path: "/etc/hostname" }).state]));
  Deno.exit(7);`;
  const { code, stdout } = await start(second, ["--allow-read=/etc/hostname", "--allow-env=CHARLY_PERMITTED"], [
    "deploy",
    "it's $x",
    "--",
    "-y",
  ]);
  assert.deepEqual([code, JSON.parse(stdout)], [
    7,
    [["deploy", "it's $x", "--", "-y"], "1", "prompt", "prompt", "prompt", "prompt", "granted"],
  ]);
});

Deno.test("reexec() needs no deno on PATH", async () => {
  assert.deepEqual(await start("console.log('here')", [], [], "/nowhere"), { code: 0, stdout: "here\n" });
});

Deno.test({
  name: "missingPermissions() lists what this process was not granted",
  permissions: { read: ["/etc"], env: ["HOME"], net: ["localhost:22"], run: false, write: false, sys: false },
  fn: () => {
    const needed = {
      read: ["/etc/passwd", "/srv"],
      write: ["/srv"],
      net: ["localhost:22", "localhost:23"],
      run: ["/bin/sh"],
      env: ["HOME", "USER"],
      sys: ["hostname"],
    };
    assert.deepEqual(missingPermissions(needed), {
      read: ["/srv"],
      write: ["/srv"],
      net: ["localhost:23"],
      run: ["/bin/sh"],
      env: ["USER"],
      sys: ["hostname"],
    });
    assert.equal(isEmpty(missingPermissions({ ...none, read: ["/etc/passwd"] })), true);
  },
});
