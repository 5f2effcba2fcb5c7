import assert from "node:assert/strict";
import { charly, project } from "../../shared/cli.ts";

const offers = async (...words: string[]) =>
  (await charly(["__complete", ...words], { project: project() })).stdout.trimEnd().split("\n").map((line) =>
    line.split("\t")[0]
  );

Deno.test("__complete offers verbs, then nested verbs, and flags only behind a dash", async () => {
  assert.deepEqual(await offers("bu"), ["bundle"]);
  assert.deepEqual(await offers("bundle", ""), [
    "add",
    "confirm",
    "del",
    "path",
    "rename",
    "reset",
    "rollback",
    "set",
    "show",
    "status",
  ]);
  assert.ok((await offers("")).includes("deploy"));
  assert.ok((await offers("")).every((value) => !value!.startsWith("-")));
  assert.deepEqual(await offers("bundle", "add", "web", "--with"), ["--with-services"]);
  assert.deepEqual(await offers("--js"), ["--json"]);
});

Deno.test("__complete offers names of the configuration with what they are", async () => {
  assert.equal(
    (await charly(["__complete", "plan", ""], { project: project() })).stdout,
    "web\tthe shop\nweb2\t\n",
  );
  assert.deepEqual(await offers("run", ""), ["release", "test"]);
  assert.deepEqual(await offers("deploy", "web", "--add-candy", "m"), ["motd"]);
  assert.deepEqual(await offers("--host", "deploy@web2"), ["deploy@web2"]);
  assert.deepEqual(await offers("plan", "--host=deploy@web1"), ["--host=deploy@web1"]);
  assert.deepEqual(await offers("--config", "other.ts", "plan", "w"), ["web", "web2"]);
});

Deno.test("__complete offers values of a choice, and nothing for words that belong to a task", async () => {
  assert.deepEqual(await offers("deploy", "--format", ""), ["json", "table"]);
  assert.deepEqual(await offers("plan", "--json=e"), ["--json=events"]);
  assert.deepEqual(await offers("run", "test", "--js"), [""]);
  assert.deepEqual(await offers("plan", "--", "--js"), [""]);
});

Deno.test("__complete says nothing and ends with 0 when there is no configuration, or a flag nobody knows", async () => {
  assert.deepEqual(await charly(["__complete", "plan", ""]), { code: 0, stdout: "", stderr: "" });
  assert.deepEqual(await charly(["__complete", "nope", "--what", ""]), { code: 0, stdout: "", stderr: "" });
});
