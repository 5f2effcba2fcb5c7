import assert from "node:assert/strict";
import { charly, hostPlan, planned, project } from "../../shared/cli.ts";

Deno.test("runCli() prints the version, for people and for programs", async () => {
  const version = (JSON.parse(Deno.readTextFileSync("deno.json")) as { version: string }).version;
  assert.equal((await charly(["--version"])).stdout, `charly ${version}\n`);
  assert.deepEqual(JSON.parse((await charly(["--version", "--json"])).stdout), { version });
});

Deno.test("runCli() explains itself and ends with 2 when nothing was asked", async () => {
  const asked = await charly(["--help"]);
  assert.equal(asked.code, 0);
  assert.match(asked.stdout, /bundle … +deploy, undo, list and rename bundles/);
  assert.doesNotMatch(asked.stdout, /__complete/);
  const silent = await charly([]);
  assert.deepEqual([silent.code, silent.stdout, silent.stderr], [2, "", asked.stdout]);
});

Deno.test("runCli() explains every verb with a paragraph", async () => {
  const { table } = await import("../../../tasks/main.ts");
  for (const { name, summary, load } of table.verbs) {
    const verb = (await load()).default;
    assert.deepEqual([verb.name, verb.summary.length > 10], [name, true]);
    if (name !== "__complete") assert.equal(verb.summary, summary, "the roll-call and the verb say the same");
    const help = name === "__complete" ? undefined : await charly([...name.split(" "), "--help"]);
    if (help !== undefined) assert.ok(help.stdout.includes(verb.description), name);
  }
});

Deno.test("runCli() names the verb, the nested verb or the flag that was meant", async () => {
  for (
    const [words, message, hint] of [
      [["pln"], 'there is no verb "pln"', "did you mean `charly plan`?"],
      [["bundle", "ad"], 'there is no verb "bundle ad"', "did you mean `charly bundle add`?"],
      [["plan", "--exitcode"], "has no flag --exitcode", "did you mean --exit-code?"],
      [["--jsn", "plan"], "no flag --jsn", "did you mean --json?"],
      [["deploy", "--format", "tabel"], '--format is not "tabel"', "did you mean table?"],
      [["plan", "--rerun", "0"], '--rerun got "0": expected a whole number from 1', "run `charly plan --help`"],
      [["plan", "--x"], "has no flag --x", "write -- in front"],
      [["plan", "a", "b"], 'does not expect "b"', "run `charly plan --help`"],
      [["bundle", "del"], "needs <name>", "run `charly bundle del --help`"],
      [["plan", "--out"], "--out needs a value", "run `charly plan --help`"],
    ] as const
  ) {
    const { code, stdout, stderr } = await charly(words);
    assert.deepEqual([code, stdout], [2, ""], words.join(" "));
    assert.ok(stderr.startsWith("error: read command line: ") && stderr.includes(message), stderr);
    assert.ok(stderr.split("\n")[1]!.startsWith(`hint: ${hint}`), stderr);
  }
});

Deno.test("runCli() takes global flags in front of the verb, between its words and behind it", async () => {
  const api = { planBundle: () => Promise.resolve([hostPlan([planned(1)])]) };
  for (const words of [["--json", "plan", "web"], ["plan", "--json", "web"], ["plan", "web", "--json=document"]]) {
    const { stdout, code } = await charly(words, { api, project: project() });
    assert.deepEqual([code, JSON.parse(stdout).changes], [0, 1], words.join(" "));
  }
  const status = await charly(["bundle", "--json", "status"], { api: { statusOf: () => Promise.resolve([]) } });
  assert.deepEqual(JSON.parse(status.stdout), { deploys: [] });
});

Deno.test("runCli() leaves words behind -- alone", async () => {
  const { stderr } = await charly(["plan", "--", "--json"], { project: project() });
  assert.match(stderr, /find bundle: "--json" is not declared/);
});

Deno.test("runCli() prints an error as one JSON document when a program listens", async () => {
  const { code, stdout, stderr } = await charly(["plan", "wbe", "--json"], { project: project() });
  assert.deepEqual([code, stderr], [2, ""]);
  assert.deepEqual(JSON.parse(stdout), {
    error: { message: 'find bundle: "wbe" is not declared', hint: "did you mean web?", code: "unknown-bundle" },
  });
});

Deno.test("runCli() shows a stack for surprises only, and calls them a bug", async () => {
  const api = { planBundle: () => Promise.reject(new RangeError("index 7")) };
  const { code, stderr } = await charly(["plan", "web"], { api, project: project() });
  assert.equal(code, 1);
  assert.match(stderr, /^error: unexpected RangeError: index 7\nhint: this is a bug in charly/);
  assert.match(stderr, /\n {4}at /);
  const known = await charly(["plan", "nope"], { api, project: project() });
  assert.doesNotMatch(known.stderr, /\n {4}at /);
});
