/** How root is reached over SSH, from a whole apply to a whole undo: without a password, with one, as root, and not at all. */
import assert from "node:assert/strict";
import { parseConfig } from "../../lib/config/parse.ts";
import type { DeployEvent, DeployProject } from "../../lib/deploy/contract.ts";
import { createApi } from "../../targets/api.ts";
import { targets } from "../../targets/mod.ts";
import { type Sshd, type SshdOptions, startSshd } from "../shared/sshd.ts";
import { systemLock } from "../shared/system_lock.ts";
import { tempDir } from "../shared/tmp.ts";
import { diffTrees, snapshotTree } from "../shared/tree.ts";

/** A server, and a bundle for it with a file of the user's and a file and a command of root's. */
async function host(options: SshdOptions, login?: string) {
  await using stack = new AsyncDisposableStack();
  stack.use(await systemLock());
  const sshd: Sshd = stack.use(await startSshd(options));
  const dir = stack.use(await tempDir());
  const place = `/srv/charly-sudo-${sshd.user}`;
  const parsed = parseConfig({
    candies: {
      it: {
        version: "2026.300.0900",
        description: "it",
        plan: [
          { write: `${dir.path}/of-user`, content: "user\n" },
          { write: place, content: "root\n", mode: "0600", runAs: "root" },
          { command: `id -un >>${place}`, runAs: "root", touches: [place] },
        ],
      },
    },
    bundles: {
      web: {
        on: { target: "ssh", host: [login === undefined ? sshd.target : sshd.target.replace(/^[^@]*/, login)] },
        candy: ["it"],
      },
    },
  });
  assert.ok("config" in parsed);
  await Deno.chmod(dir.path, 0o777); // the user of the server writes here, too
  const project: DeployProject = { name: "sudo", root: dir.path, config: parsed.config };
  const events: DeployEvent[] = [];
  const api = createApi({
    targets,
    env: sshd.env,
    operator: "tester@here",
    stateHome: dir.join("state"),
    secretDir: dir.join("secret"),
  });
  const before = await snapshotTree(sshd.home);
  const kept = stack.move();
  const listen = (password?: string) => (event: DeployEvent) => {
    events.push(event);
    return Promise.resolve(event.kind === "confirm" ? true : event.kind === "password" ? password : undefined);
  };
  return {
    sshd,
    place,
    user: `${dir.path}/of-user`,
    add: async (password?: string) =>
      (await api.addBundle(project, "web", { install: { allowRootTasks: true } }, listen(password))).hosts[0]!,
    del: async (password?: string) => (await api.delBundle(project, "web", {}, listen(password))).hosts[0]!,
    asked: () => events.filter(({ kind }) => kind === "password").length,
    left: async () => diffTrees(before, await snapshotTree(sshd.home)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("NOPASSWD: root's part is done and undone without a question", async () => {
  await using it = await host({ sudo: "ALL=(ALL) NOPASSWD: ALL" });
  assert.equal((await it.add()).result, "changed");
  assert.equal(await Deno.readTextFile(it.place), "root\nroot\n");
  const undone = await it.del();
  assert.deepEqual([undone.result, undone.error, it.asked()], ["changed", undefined, 0]);
  assert.deepEqual([await exists(it.place), await exists(it.user), await it.left()], [false, false, []]);
});

Deno.test("a password is asked for once per run and never kept", async () => {
  const password = "p4ss 'w\"ord";
  await using it = await host({ sudo: "ALL=(ALL) ALL", password });
  const added = await it.add(password);
  assert.deepEqual([added.result, added.error, it.asked()], ["changed", undefined, 1]);
  assert.equal(await Deno.readTextFile(it.place), "root\nroot\n");
  const found = await new Deno.Command("grep", { args: ["-rlF", password, "/var/lib/opencharly", it.sshd.home] })
    .output();
  assert.equal(found.code, 1);
  const undone = await it.del(password);
  assert.deepEqual([undone.result, undone.error, it.asked()], ["changed", undefined, 2]);
  assert.deepEqual([await exists(it.place), await it.left()], [false, []]);
});

Deno.test("a wrong password changes nothing and says so", async () => {
  await using it = await host({ sudo: "ALL=(ALL) ALL", password: "right" });
  const outcome = await it.add("wrong");
  assert.deepEqual([outcome.result, it.asked()], ["failed", 1]);
  assert.match(`${outcome.error?.code}`, /^sudo-/);
  assert.deepEqual([await exists(it.place), await exists(it.user), await it.left()], [false, false, []]);
});

Deno.test("a user who may not become root gets nothing half done", async () => {
  await using it = await host({});
  const outcome = await it.add("any");
  assert.equal(outcome.result, "failed");
  assert.match(`${outcome.error?.code}`, /^sudo-/);
  assert.deepEqual([await exists(it.place), await exists(it.user), await it.left()], [false, false, []]);
});

Deno.test("a login as root needs no sudo", async () => {
  await using it = await host({ config: ["PermitRootLogin prohibit-password"] }, "root");
  const home = await snapshotTree("/root", { exclude: [".cache", ".npm", ".claude", ".pyenv", ".rustup", ".cargo"] });
  assert.deepEqual((await it.add()).error, undefined);
  assert.equal(await Deno.readTextFile(it.place), "root\nroot\n");
  const undone = await it.del();
  assert.deepEqual([undone.result, undone.error, it.asked()], ["changed", undefined, 0]);
  assert.deepEqual([await exists(it.place), await exists(it.user), await exists("/var/lib/opencharly")], [
    false,
    false,
    false,
  ]);
  assert.deepEqual(
    diffTrees(
      home,
      await snapshotTree("/root", { exclude: [".cache", ".npm", ".claude", ".pyenv", ".rustup", ".cargo"] }),
    ),
    [],
  );
});
