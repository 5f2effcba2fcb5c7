import assert from "node:assert/strict";
import { reverseKinds, type ReverseOp } from "../../../lib/steps/reverse_op.ts";
import { reverseOpScript } from "../../../lib/steps/reverse_op_script.ts";

function script(op: ReverseOp): { level: string; script: string } {
  return reverseOpScript(op, "/home/ana");
}

/** Runs a script; the exit code. */
async function run(text: string, environment: Record<string, string> = {}): Promise<number> {
  const { code } = await new Deno.Command("sh", { args: ["-c", text], env: environment, stderr: "null" }).output();
  return code;
}

Deno.test("reverseOpScript() answers every kind", () => {
  const extra = { script: "true", marker: "ripgrep", copr: "user/project" };
  for (const kind of reverseKinds) {
    const op: ReverseOp = { kind, targets: ["/home/ana/x/y"], extra, uninstall_cmd: "true" };
    const name = kind === "pixi-env-remove" ? { ...op, targets: ["base"] } : op;
    assert.notEqual(script(name).script, "");
  }
});

Deno.test("reverseOpScript() replays the recorded uninstall command and never guesses one", () => {
  assert.deepEqual(
    script({ kind: "package-remove", format: "deb", targets: ["nginx"], uninstall_cmd: "apt-get purge -y nginx" }),
    { level: "root", script: "apt-get purge -y nginx" },
  );
  assert.throws(() => script({ kind: "package-remove", format: "rpm", targets: ["nginx"] }), {
    code: "no-way-back",
    message: /no uninstall command was recorded for format rpm/,
  });
});

Deno.test("reverseOpScript() quotes targets and resolves the home they were recorded with", () => {
  assert.deepEqual(script({ kind: "rm-file-system", targets: ["${HOME}/it's"] }), {
    level: "root",
    script: `rm -f -- '/home/ana/it'\\''s'`,
  });
  for (const target of ["-rf", "x/y", "/srv/$APP/x", "/srv/../etc", "~bob/x"]) {
    assert.throws(() => script({ kind: "rm-file-system", targets: [target] }), { code: "no-way-back" });
  }
});

Deno.test("reverseOpScript() never removes a home or what is above it", () => {
  for (const target of ["/", "/home", "/home/ana", "~", "/home/ana/", "/opt"]) {
    assert.throws(() => script({ kind: "rm-dir-recursive", scope: 1, targets: [target] }), { code: "no-way-back" });
  }
  assert.equal(script({ kind: "rm-dir-recursive", targets: ["~/.cache/x"] }).script, "rm -rf -- /home/ana/.cache/x");
  assert.throws(() => script({ kind: "pixi-env-remove", targets: ["../.."] }), { code: "no-way-back" });
});

Deno.test("reverseOpScript() takes one block out, keeps the mode, and removes a file that becomes empty", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const file = `${directory}/it's .bashrc`;
    const block = (name: string) =>
      `# opencharly:begin ${name} (managed by charly; do not edit inside this block)\nx\n`;
    await Deno.writeTextFile(file, `a\n${block("rg")}# opencharly:end rg\n${block("rg2")}# opencharly:end rg2\n`);
    await Deno.chmod(file, 0o600);
    const op: ReverseOp = { kind: "remove-managed-block", scope: 2, targets: [file], extra: { marker: "rg" } };
    assert.equal(await run(script(op).script), 0);
    assert.equal(await Deno.readTextFile(file), `a\n${block("rg2")}# opencharly:end rg2\n`);
    assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
    await Deno.writeTextFile(file, `a\n${block("rg")}b\n`);
    assert.equal(await run(script(op).script), 3);
    assert.equal(await Deno.readTextFile(file), `a\n${block("rg")}b\n`);
    await Deno.writeTextFile(file, `${block("rg")}# opencharly:end rg\n`);
    assert.equal(await run(script(op).script), 0);
    await assert.rejects(Deno.stat(file));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
