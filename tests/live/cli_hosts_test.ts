/** The command line with hosts over real SSH: several at once, one that is away, and tasks that run there. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { charlyProject } from "../shared/charly_process.ts";
import { sshFleet } from "../shared/ssh_fleet.ts";

/** A file per host; `failing` hosts have a step that fails. */
const config = (hosts: readonly string[], more = "") => `
import { bundle, candy, command, defineConfig, ssh, task, write } from "@charly/charly";
export default defineConfig({
  candies: { motd: candy({ version: "2026.300.0900", description: "a greeting", plan: [
    write("~/motd", { content: "it's $5\\n" }),
    command("test ! -e ~/broken", { undo: "true" }),
  ] }) },
  bundles: { web: bundle({ on: ssh(${JSON.stringify(hosts)}), candy: ["motd"] }) },
  ${more}
});
`;

const exists = (path: string) => Deno.lstat(path).then(() => true, () => false);

Deno.test("a bundle goes to all its hosts, the one that is away is named, and the exit code is 1", async () => {
  await using fleet = await sshFleet(["web1", "web2"], "away");
  await using it = await charlyProject(config(["web1", "away", "web2"]), {}, fleet.env);
  const deployed = await it.charly("deploy", "-y");
  assert.equal(deployed.code, 1);
  assert.match(deployed.stdout, /^done web1: 2 changed/m);
  assert.match(deployed.stdout, /^done web2: 2 changed/m);
  assert.match(deployed.stdout, /^unreachable away\n {2}error: connect to .*\n {2}hint: /m);
  const status = await it.charly("status", "--json");
  assert.equal(status.code, 1);
  assert.deepEqual(
    JSON.parse(status.stdout).deploys.map((row: { host: string; state: string }) => [row.host, row.state]).sort(),
    [["away", "unreachable"], ["web1", "deployed"], ["web2", "deployed"]],
  );
  const some = await it.charly("bundle", "del", "web", "--host", "web1", "-y");
  assert.equal(some.code, 0, some.stderr);
  assert.deepEqual(
    [await exists(`${fleet.servers.web1.home}/motd`), await exists(`${fleet.servers.web2.home}/motd`)],
    [false, true],
  );
  const rest = await it.charly("bundle", "del", "web", "--host", "web2", "-y");
  assert.equal(rest.code, 0, rest.stderr);
});

Deno.test("--serial waits for each wave, and --max-fail begins no further host", async () => {
  await using fleet = await sshFleet(["one", "two", "three"]);
  await using it = await charlyProject(config(["one", "two", "three"]), {}, fleet.env);
  await Deno.writeTextFile(`${fleet.servers.one.home}/broken`, "");
  const { code, stdout } = await it.charly("deploy", "-y", "--serial", "1", "--max-fail", "0");
  assert.equal(code, 1);
  assert.match(stdout, /^failed one: 1 changed/m);
  assert.match(stdout, /^not run two\nnot run three$/m);
  assert.equal(await exists(`${fleet.servers.two.home}/motd`), false);
  await Deno.remove(`${fleet.servers.one.home}/broken`);
  const again = await it.charly("deploy", "-y", "--parallel", "2");
  assert.equal(again.code, 0, again.stdout);
  assert.match(again.stdout, /^done one: 1 changed, 1 up to date/m);
  assert.equal((await it.charly("bundle", "del", "web", "-y")).code, 0);
});

Deno.test("bundle del finds the hosts of a bundle that left the configuration", async () => {
  await using fleet = await sshFleet(["web1"]);
  await using it = await charlyProject(config(["web1"]), {}, fleet.env);
  assert.equal((await it.charly("deploy", "-y")).code, 0);
  await it.configure(`import { defineConfig } from "@charly/charly";\nexport default defineConfig({});\n`);
  const del = await it.charly("bundle", "del", "web", "-y");
  assert.equal(del.code, 0, `${del.stdout}${del.stderr}`);
  assert.equal(await exists(`${fleet.servers.web1.home}/motd`), false);
});

Deno.test("a task's words reach a host over SSH as they are written here, whatever is in them", async () => {
  await using fleet = await sshFleet(["web1"]);
  const word = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom("-rf", "$(id)", "a\nb", "'\"`\\", "*", "~", ""),
  )
    .filter((text) => !text.includes("\0") && !/[\ud800-\udfff]/u.test(text));
  const words = fc.sample(fc.array(word, { minLength: 1, maxLength: 5 }), 40);
  await using it = await charlyProject(
    config(
      ["web1"],
      `tasks: {
      say: task({ description: "says words", permissions: { run: ["printf"], read: ["words.json"] }, run: async ({ $, hosts }) => {
        const differences = [];
        for (const words of JSON.parse(Deno.readTextFileSync("words.json"))) {
          const there = await hosts.web.$\`printf '<%s>' \${words}\`.quiet().text();
          const here = await $\`printf '<%s>' \${words}\`.text();
          const wanted = words.map((word) => "<" + word + ">").join("");
          if (there !== wanted || here !== wanted) differences.push({ words, there, here });
        }
        console.log(JSON.stringify(differences));
      } }),
      fail: task({ needs: ["say"], run: async ({ hosts }) => { await hosts.web.$\`exit 7\`; } }),
    },`,
    ),
    { "words.json": JSON.stringify(words) },
    fleet.env,
  );
  const said = await it.charly("run", "say");
  assert.deepEqual([said.code, said.stdout, said.stderr], [0, "[]\n", ""]);
  const failed = await it.charly("run", "fail");
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /^error: run task fail: .*7/m);
  assert.match((await it.charly("run", "--list")).stdout, /^say {2}says words\nfail {2} {2}needs say$/m);
});
