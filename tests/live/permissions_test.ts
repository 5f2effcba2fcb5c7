/**
 * Deploys under exactly the flags `charly permissions` prints, with what Deno was asked for written down and compared:
 * the flags hold nothing that was not asked for, and nothing was asked for that they do not hold.
 */
import assert from "node:assert/strict";
import { compareAudit, grantsOf, readAudit } from "../shared/audit.ts";
import { run, tryRun } from "../shared/run.ts";
import { sshClient } from "../shared/ssh_client.ts";
import { startSshd } from "../shared/sshd.ts";
import { type TempDir, tempDir } from "../shared/tmp.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const main = `${root}/tasks/main.ts`;

/** Granted and not asked for, with the reason. Whole values, or the beginning of one. */
const mayBeUnused: readonly (readonly [grant: RegExp, why: string])[] = [
  [/^env NO_COLOR$/, "Deno lets everybody read it, and says so only to who holds the permission"],
  [/^read .*\/(deno\.jsonc?|package\.json)$/, "looked at in each directory upwards until one is found"],
];

/** Asked for and not granted: what charly tries and lives without. */
const mayBeMissing: readonly (readonly [asked: RegExp, why: string])[] = [
  [
    /^read \/proc\/\d+\/status$/,
    "the sandbox watches its child's memory where Deno shows /proc, which is under -A only",
  ],
];

const except = (list: readonly string[], exceptions: typeof mayBeUnused) =>
  list.filter((it) => !exceptions.some(([pattern]) => pattern.test(it)));

/** A project with a file of its own, deployed `on` a target. */
function project(on: string): Promise<TempDir> {
  return tempDir({
    "deno.json": JSON.stringify({ imports: { "@charly/charly": `file://${root}/mod.ts` } }),
    "charly.config.ts": `
      import { bundle, candy, command, copy, defineConfig, local, ssh, write } from "@charly/charly";
      export default defineConfig({
        candies: { motd: candy({ version: "2026.300.0900", description: "a greeting", plan: [
          write("~/motd", { content: "hi\\n" }),
          copy("big", { to: "~/big" }),
          command("echo done > ~/stamp", { undo: "rm -f ~/stamp" }),
        ] }) },
        bundles: { here: bundle({ on: ${on}, candy: ["motd"] }) },
      });
    `,
    "candy/motd/big": "0123456789abcdef".repeat(100_000),
    "home/.keep": "",
  });
}

/** Asks for the flags, deploys and undoes under exactly them, and compares. */
async function deployUnderFlags(
  dir: TempDir,
  env: Readonly<Record<string, string>>,
  home: string,
): Promise<readonly string[]> {
  const denoDir = JSON.parse(await run([Deno.execPath(), "info", "--json"])).denoDir;
  const around = { cwd: dir.path, env: { DENO_DIR: denoDir, NO_COLOR: "1", ...env } };
  // as `deno task charly` starts it
  const start = ["-P=start", `--allow-run=${Deno.execPath()}`];
  const charly = (flags: readonly string[], words: readonly string[], more: Record<string, string> = {}) =>
    tryRun([Deno.execPath(), "run", "--quiet", "--no-prompt", ...flags, main, ...words], {
      ...around,
      env: { ...around.env, ...more },
    });
  const printed = await charly(start, ["permissions", "here"]);
  assert.equal(printed.code, 0, printed.stderr);
  const flags = printed.stdout.trim().split("\n");
  const audit = dir.join("..", `${dir.path.slice(dir.path.lastIndexOf("/") + 1)}.audit`);
  try {
    const deployed = await charly(flags, ["deploy", "here", "-y"], { DENO_AUDIT_PERMISSIONS: audit });
    assert.equal(deployed.code, 0, `${deployed.stdout}${deployed.stderr}\nunder ${flags.join(" ")}`);
    assert.equal(await Deno.readTextFile(`${home}/motd`), "hi\n");
    assert.equal((await Deno.stat(`${home}/big`)).size, 1_600_000);
    const { missing, unused } = compareAudit(flags, await readAudit(audit));
    assert.deepEqual({ missing: except(missing, mayBeMissing), unused: except(unused, mayBeUnused) }, {
      missing: [],
      unused: [],
    });
    const undone = await charly(flags, ["bundle", "del", "here", "-y"]);
    assert.equal(undone.code, 0, undone.stderr);
    await assert.rejects(() => Deno.stat(`${home}/motd`), Deno.errors.NotFound);
    // Deno writes nothing down for programs: without any one of them, the deploy must not work
    for (const { permission, value } of grantsOf(flags)) {
      // the sandbox starts deno through /bin/sh, which bounds it, and by itself where it may not: either one will do
      if (permission !== "run" || value === "/bin/sh" || value === Deno.execPath()) continue;
      const programs = grantsOf(flags).filter((it) => it.permission === "run" && it.value !== value);
      const fewer = flags.filter((flag) => !flag.startsWith("--allow-run="));
      const without = await charly(
        [...fewer, `--allow-run=${programs.map((it) => it.value).join(",")}`],
        ["deploy", "here", "-y"],
        { CHARLY_PERMITTED: "1" },
      );
      assert.notEqual(without.code, 0, `${value} is granted and not needed`);
    }
  } finally {
    await Deno.remove(audit).catch(() => {});
  }
  return flags;
}

Deno.test("a local deploy runs under exactly the flags `charly permissions` prints", async () => {
  await using dir = await project("local()");
  const flags = await deployUnderFlags(dir, { HOME: dir.join("home") }, dir.join("home"));
  assert.ok(!flags.some((flag) => flag.startsWith("--allow-net")), flags.join(" "));
});

Deno.test("a deploy over ssh2 runs under exactly the flags: one host and port, its key and known hosts", async () => {
  await using server = await startSshd();
  await using client = await sshClient(server);
  await using dir = await project(`ssh(${JSON.stringify(server.target)})`);
  const flags = await deployUnderFlags(dir, client.env, server.home);
  assert.ok(flags.includes(`--allow-net=127.0.0.1:${server.port}`), flags.join(" "));
});
