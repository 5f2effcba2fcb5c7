/** The command line as people use it: processes of its own in a project, on this machine. */
import assert from "node:assert/strict";
import { charlyProject } from "../shared/charly_process.ts";
import { snapshotTree } from "../shared/tree.ts";

/** Two candies for this machine; `content` is what the file holds, `more` stands in the configuration besides. */
const config = (content = "hi\\n", more = "") => `
import { bundle, candy, command, defineConfig, local, task, write } from "@charly/charly";
export default defineConfig({
  candies: {
    motd: candy({ version: "2026.300.0900", description: "a greeting", plan: [
      write("~/motd", { content: "${content}" }),
      command("echo ran >> ~/runs", { undo: "rm -f ~/runs" }),
    ] }),
    extra: candy({ version: "2026.300.0900", description: "one more", plan: [write("~/extra", { content: "more" })] }),
  },
  bundles: { here: bundle({ on: local(), candy: ["motd"] }) },
  ${more}
});
`;

const read = (path: string) => Deno.readTextFile(path);
const gone = (path: string) => assert.rejects(() => Deno.lstat(path), Deno.errors.NotFound);

Deno.test("charly plan shows steps and states, and changes nothing", async () => {
  await using it = await charlyProject(config());
  const before = await snapshotTree(it.home);
  const text = await it.charly("plan");
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, /^here on local \(asked just now/);
  assert.match(text.stdout, /\+ +1 {2}write ~\/motd \(0644\) {2}\(will run\)/);
  assert.match(text.stdout, /\+ +2 {2}run echo ran >> ~\/runs {2}\(will run: never done here, undo best effort\)/);
  const document = JSON.parse((await it.charly("plan", "--json", "here")).stdout);
  assert.deepEqual([document.bundle, document.changes, document.hosts.length], ["here", 2, 1]);
  assert.equal(document.hosts[0].steps[0].resource, `file:${it.home}/motd`);
  assert.match((await it.charly("plan", "--commands")).stdout, /^ +\| echo ran >> ~\/runs$/m);
  assert.equal((await it.charly("plan", "--exit-code")).code, 10);
  assert.deepEqual(await snapshotTree(it.home), before);
  assert.equal((await it.charly("deploy", "-y")).code, 0);
  assert.equal((await it.charly("plan", "--exit-code")).code, 0);
});

Deno.test("charly apply --plan applies exactly that file", async () => {
  await using it = await charlyProject(config());
  const file = it.dir.join("home/here.plan");
  assert.equal((await it.charly("plan", "--out", file)).code, 0);
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
  const applied = await it.charly("apply", "--plan", file, "-y");
  assert.equal(applied.code, 0, applied.stderr);
  assert.equal(await read(`${it.home}/motd`), "hi\n");
});

Deno.test("charly apply --plan takes a file from outside the project", async () => {
  await using it = await charlyProject(config());
  await using elsewhere = await charlyProject(config());
  const file = elsewhere.dir.join("here.plan");
  assert.equal((await it.charly("plan", "--out", file)).code, 0);
  const applied = await it.charly("apply", "--plan", file, "-y");
  assert.equal(applied.code, 0, applied.stderr);
});

Deno.test("charly apply --plan refuses when the target or the configuration changed since", async () => {
  await using it = await charlyProject(config());
  assert.equal((await it.charly("deploy", "-y")).code, 0);
  const file = it.dir.join("here.plan");
  const open = ["--with-services", "--allow-repo-changes", "--allow-root-tasks"];
  assert.equal((await it.charly("plan", "--out", file, ...open)).code, 0);
  await Deno.writeTextFile(`${it.home}/motd`, "edited\n");
  const drifted = await it.charly("apply", "--plan", file, "-y", ...open);
  assert.equal(drifted.code, 1, drifted.stdout);
  assert.match(
    drifted.stderr,
    /^error: apply the plan file on local: "write .*motd.*" was "up-to-date" then and is "drifted" now$/m,
  );
  assert.match(drifted.stderr, /^hint: write a new plan with `charly plan <bundle> --out FILE`/m);
  await it.configure(config("other"));
  const changed = await it.charly("apply", "--plan", file, "-y", ...open);
  assert.equal(changed.code, 1);
  assert.match(changed.stderr, /the configuration or the target's facts are not the same any more/);
  assert.equal(await read(`${it.home}/motd`), "edited\n");
  const none = await it.charly("apply", "--plan", it.dir.join("nowhere"), "-y");
  assert.deepEqual([none.code, /^error: read plan .*nowhere: /.test(none.stderr)], [2, true]);
});

Deno.test("charly deploy asks on a terminal and takes no for an answer", async () => {
  await using it = await charlyProject(config());
  const no = await it.onTerminal(["deploy"], [{ after: /\(y\/N\) /, type: "n\n" }]);
  assert.equal(no.code, 1, no.stdout);
  assert.match(no.stdout, /Apply 2 steps on local\? \(y\/N\) n\n/);
  assert.match(no.stdout, /declined local: nothing was changed/);
  await gone(`${it.home}/motd`);
  const yes = await it.onTerminal(["deploy"], [{ after: /\(y\/N\) /, type: "y\n" }]);
  assert.equal(yes.code, 0, yes.stdout);
  assert.equal(await read(`${it.home}/motd`), "hi\n");
});

Deno.test("charly deploy without a terminal ends with 3 and says -y", async () => {
  await using it = await charlyProject(config());
  const { code, stderr } = await it.charly("deploy");
  assert.equal(code, 3);
  assert.match(stderr, /^error: ask "Apply 2 steps on local\?": standard input is no terminal\nhint: .*-y$/m);
  await gone(`${it.home}/motd`);
});

Deno.test("bundle add, status, drift, ledger, rename, clean and del tell one story", async () => {
  await using it = await charlyProject(config());
  const before = await snapshotTree(it.home);
  assert.equal((await it.charly("status")).stdout, "here on local: not deployed\n");
  assert.equal((await it.charly("bundle", "add", "here", "-y")).code, 0);
  const again = await it.charly("bundle", "add", "here", "-y");
  assert.match(again.stdout, /done local: nothing to do \(2 up to date, 0 skipped\)/);
  assert.equal(await read(`${it.home}/runs`), "ran\n");
  assert.match((await it.charly("bundle", "status", "here")).stdout, /^here on local: deployed, 2 steps: motd, 20/);

  assert.equal((await it.charly("drift", "--exit-code")).code, 0);
  await Deno.writeTextFile(`${it.home}/motd`, "edited\n");
  const drift = await it.charly("drift", "--exit-code");
  assert.deepEqual(
    [drift.code, /1 of 1 resources differ\n {2}! write .*motd/.test(drift.stdout)],
    [10, true],
    drift.stdout,
  );
  assert.equal((await it.charly("deploy", "-y")).code, 0);
  assert.equal(await read(`${it.home}/motd`), "hi\n");

  const rows = (await it.charly("ledger", "show", "here")).stdout.trim().split("\n").map((row) => row.split("\t"));
  assert.deepEqual(rows.map(([host, bundle, candy, state]) => [host, bundle, candy, state]), [
    ["local", "here", "motd", "done"],
    ["local", "here", "motd", "done"],
  ]);
  assert.match((await it.charly("ledger", "repair", "here", "-y")).stdout, /nothing to mend/);
  const clean = await it.charly("clean", "here", "-y");
  assert.deepEqual([clean.code, clean.stderr.includes("unexpected")], [0, false], clean.stderr);

  await it.configure(config().replace("here: bundle", "there: bundle"));
  assert.match((await it.charly("status")).stdout, /^here on local: no config names it.*charly bundle del here/m);
  const renamed = await it.charly("bundle", "rename", "here", "there", "-y");
  assert.equal(renamed.code, 0, renamed.stderr);
  assert.equal((await it.charly("plan", "there", "--exit-code")).code, 0);
  const del = await it.charly("bundle", "del", "there", "-y");
  assert.equal(del.code, 0, del.stderr);
  await Deno.remove(`${it.home}/.local`, { recursive: true }); // the operator's side, in the same home here
  assert.deepEqual(await snapshotTree(it.home), before);
});

Deno.test("bundle del needs no configuration, and says so when there is nothing", async () => {
  await using it = await charlyProject(config());
  assert.equal((await it.charly("deploy", "-y")).code, 0);
  await Deno.remove(it.dir.join("charly.config.ts"));
  const del = await it.charly("bundle", "del", "here", "-y");
  assert.equal(del.code, 0, del.stderr);
  await gone(`${it.home}/motd`);
  assert.equal((await it.charly("bundle", "del", "here", "-y")).code, 0);
});

Deno.test("bundle add with a reference installs a candy under a name that is not declared; --add-candy adds one", async () => {
  await using it = await charlyProject(config());
  const tools = await it.charly("bundle", "add", "tools", "extra", "-y");
  assert.equal(tools.code, 0, tools.stderr);
  assert.equal(await read(`${it.home}/extra`), "more");
  assert.equal((await it.charly("bundle", "del", "tools", "-y")).code, 0);
  await gone(`${it.home}/extra`);
  const added = await it.charly("bundle", "add", "here", "--add-candy", "extra", "-y");
  assert.equal(added.code, 0, added.stderr);
  assert.deepEqual([await read(`${it.home}/extra`), await read(`${it.home}/motd`)], ["more", "hi\n"]);
  const unknown = await it.charly("bundle", "add", "tools", "extar", "-y");
  assert.equal(unknown.code, 2);
  assert.equal(unknown.stderr, `error: find candy: "extar" is not declared\nhint: did you mean extra?\n`);
});

Deno.test("unknown names, flags and verbs end with 2 and say what was meant", async () => {
  await using it = await charlyProject(config());
  for (
    const [words, message, hint] of [
      [["plan", "hre"], `find bundle: "hre" is not declared`, "did you mean here?"],
      [["plna"], `read command line: there is no verb "plna"`, "did you mean `charly plan`?"],
      [["plan", "--jsno"], "read command line: `charly plan` has no flag --jsno", "did you mean --json?"],
      [["run", "tset"], `run task: "tset" is not declared`, "add one under `tasks`"],
    ] as const
  ) {
    const { code, stdout, stderr } = await it.charly(...words);
    assert.deepEqual([code, stdout, stderr], [2, "", `error: ${message}\nhint: ${hint}\n`]);
  }
  const json = await it.charly("plan", "hre", "--json");
  assert.deepEqual([json.code, json.stderr], [2, ""]);
  assert.deepEqual(JSON.parse(json.stdout), {
    error: { message: `find bundle: "hre" is not declared`, hint: "did you mean here?", code: "unknown-bundle" },
  });
  const host = await it.charly("plan", "--host", "web9");
  assert.deepEqual([
    host.code,
    /^error: choose host: "web9" is not one of here\nhint: its hosts: local$/m.test(host.stderr),
  ], [2, true]);
});

Deno.test("a broken configuration tells every problem at once, for people and for programs", async () => {
  await using it = await charlyProject(
    config().replace(`candy: ["motd"]`, `candy: ["modt"]`).replace("on: local()", `on: local(), frob: 1`),
  );
  const { code, stderr } = await it.charly("plan");
  assert.equal(code, 2);
  assert.match(stderr, /modt/);
  assert.match(stderr, /frob/);
  assert.match(stderr, /motd/);
});

Deno.test("--json=events writes one JSON line per event, the result last", async () => {
  await using it = await charlyProject(config());
  const { code, stdout, stderr } = await it.charly("deploy", "-y", "--json=events");
  assert.equal(code, 0, stderr);
  const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(events.map(({ event }) => event).filter((name) => name !== "warning"), [
    ...[
      "connecting",
      "connected",
      "planned",
      "confirm",
      "step-begin",
      "step-end",
      "step-begin",
      "step-end",
      "host-end",
    ],
    "result",
  ]);
  assert.deepEqual([events.at(-1).result.ok, events.at(-1).result.hosts[0].ran], [true, 2]);
});

Deno.test("--json deploys and undoes with one document on stdout", async () => {
  await using it = await charlyProject(config());
  const deployed = JSON.parse((await it.charly("deploy", "-y", "--json")).stdout);
  assert.deepEqual([deployed.bundle, deployed.ok, deployed.hosts[0].result], ["here", true, "changed"]);
  const status = JSON.parse((await it.charly("status", "--json")).stdout);
  assert.deepEqual([status.deploys[0].state, status.deploys[0].candies], ["deployed", ["motd"]]);
  const undone = JSON.parse((await it.charly("bundle", "del", "here", "-y", "--json")).stdout);
  assert.deepEqual([undone.ok, undone.hosts[0].left], [true, []]);
});

Deno.test("charly doctor looks at programs and at the state directory, started with little", async () => {
  await using it = await charlyProject(config());
  const { code, stdout } = await it.charly("doctor");
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^ok +deno: \d/m);
  assert.match(stdout, /^ok +state directory: .*\/home\/\.local\/state\/charly$/m);
});

Deno.test("Ctrl-C lets the running step end, ends with 1, and the next run goes on", async () => {
  await using it = await charlyProject(`
import { bundle, candy, command, defineConfig, local, write } from "@charly/charly";
export default defineConfig({
  candies: { slow: candy({ version: "2026.300.0900", description: "takes its time", plan: [
    write("~/before", { content: "1" }),
    command("echo begun > ~/begun; while [ ! -e ~/go ]; do sleep 0.05; done; echo ended >> ~/ended", { undo: "rm -f ~/begun ~/ended" }),
    write("~/after", { content: "2" }),
  ] }) },
  bundles: { here: bundle({ on: local(), candy: ["slow"] }) },
});
`);
  const watcher = Deno.watchFs(it.home);
  const begun = async () => {
    for await (const _ of watcher) {
      if (await Deno.stat(`${it.home}/begun`).then(() => true, () => false)) return;
    }
  };
  const cut = await it.onTerminal(["deploy", "-y"], [
    { after: begun, type: "\x03" },
    { after: /stopping behind the step that runs now/, do: () => Deno.writeTextFile(`${it.home}/go`, "") },
  ]);
  assert.equal(cut.code, 1, cut.stdout);
  assert.match(cut.stdout, /failed local: 2 changed, 0 up to date/);
  assert.match(cut.stdout, /error: stopped as asked, behind the step that ran\n {2}hint: run the same command again/);
  assert.equal(await read(`${it.home}/ended`), "ended\n");
  await gone(`${it.home}/after`);
  const on = await it.charly("deploy", "-y");
  assert.equal(on.code, 0, on.stderr);
  assert.equal(await read(`${it.home}/after`), "2");
  await Deno.remove(`${it.home}/go`);
  assert.equal((await it.charly("bundle", "del", "here", "-y")).code, 0);
  await gone(`${it.home}/begun`);
});

/** A step that runs once only and ends its own run when it runs first. */
const onceConfig = `
import { bundle, candy, command, defineConfig, local } from "@charly/charly";
export default defineConfig({
  candies: { once: candy({ version: "2026.300.0900", description: "never twice", plan: [
    command("echo ran >> ~/ran; [ -e ~/fine ] || sleep 60", { once: true, timeout: "1s", undo: "echo undone >> ~/ran" }),
  ] }) },
  bundles: { here: bundle({ on: local(), candy: ["once"] }) },
});
`;

Deno.test("a step that runs once only and was cut waits for --rerun, --done or --undo", async () => {
  await using it = await charlyProject(onceConfig);
  const ran = () => read(`${it.home}/ran`);
  assert.equal((await it.charly("deploy", "-y")).code, 1);
  assert.match((await it.charly("plan")).stdout, /\? +1 {2}run echo ran .*\(needs an answer: was interrupted/);
  const asked = await it.charly("deploy", "-y");
  assert.equal(asked.code, 3, asked.stdout);
  assert.match(asked.stderr, /^error: apply on local: step 1 was interrupted, and runs once only: run echo ran/m);
  assert.match(asked.stderr, /^hint: .*--rerun 1 .*--done 1 .*--undo 1 /m);
  assert.equal(await ran(), "ran\n");
  const wrong = await it.charly("deploy", "-y", "--done", "2");
  assert.equal(wrong.code, 3, wrong.stderr);

  const undone = await it.charly("deploy", "-y", "--undo", "1");
  assert.equal(undone.code, 0, undone.stderr);
  assert.equal(await ran(), "ran\nundone\n");
  assert.equal((await it.charly("plan", "--exit-code")).code, 10, "it is new again");

  assert.equal((await it.charly("deploy", "-y")).code, 1);
  const done = await it.charly("deploy", "-y", "--done", "1");
  assert.equal(done.code, 0, done.stderr);
  assert.equal((await it.charly("plan", "--exit-code")).code, 0);
  const none = await it.charly("deploy", "-y", "--done", "1");
  assert.deepEqual(
    [none.code, /^error: apply: step 1 waits for no answer$/m.test(none.stderr)],
    [2, true],
    none.stderr,
  );
  assert.equal((await it.charly("bundle", "del", "here", "-y")).code, 0);
  assert.equal(await ran(), "ran\nundone\nran\nundone\n");

  assert.equal((await it.charly("deploy", "-y")).code, 1);
  await Deno.writeTextFile(`${it.home}/fine`, "");
  const rerun = await it.charly("deploy", "-y", "--rerun", "1");
  assert.equal(rerun.code, 0, rerun.stderr);
  assert.equal((await it.charly("plan", "--exit-code")).code, 0);
});
