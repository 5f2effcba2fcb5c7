import assert from "node:assert/strict";
import fc from "fast-check";
import { batchProgram } from "../../../lib/deploy/program/batch.ts";
import type { BatchContext } from "../../../lib/deploy/program/context.ts";
import type { Act, ActBase, CommandAct, Content, FileAct } from "../../../lib/steps/act.ts";
import { bytesContent, textContent } from "../../../lib/steps/content.ts";
import { localDriver } from "../../shared/local_driver.ts";
import { tempDir } from "../../shared/tmp.ts";

const context: BatchContext = { secrets: new Map(), runIf: () => "always", fetchesItself: true };

function base(resource: string): ActBase {
  return { resource, step: 1, candy: "web", level: "user", summary: `want ${resource}`, reversibility: "exact" };
}

function file(path: string, content: Content, extra: Partial<FileAct> = {}): FileAct {
  return { ...base(`file:${path}`), type: "file", path, content, mode: "0644", ...extra };
}

function command(text: string, extra: Partial<CommandAct> = {}): CommandAct {
  return { ...base(`cmd:web:${text}`), type: "command", shell: "sh", text, env: {}, path: [], secrets: [], ...extra };
}

const numbered = (acts: readonly Act[]) => acts.map((act, index) => ({ n: index + 1, act }));
const programOf = (acts: readonly Act[], more: Partial<BatchContext> = {}) =>
  batchProgram(numbered(acts), { ...context, ...more });

/** Functions of the driver that act on act number `$1`. */
const acting =
  "do_file do_dir do_link put put_link command_act block_act packages_act unit_act cap_act sysctl_act account_act download_act reboot_act";
const quiet =
  "listen deaf poll looks pre_file pre_dir pre_link parents_rec parents_mk jsync seal have guard skip fail reload cover placed";

/** Runs a program with every function of the driver replaced by one that says how it was called. */
async function calls(text: string): Promise<string[][]> {
  const said = acting.split(" ").map((name) => `${name}() { printf '%s\\0' ${name} "$@"; printf '\\001\\0'; }`);
  const silent = quiet.split(" ").map((name) => `${name}() { :; }`);
  await using dir = await tempDir({ program: `RD=\n${[...said, ...silent].join("\n")}\n${text}` });
  const ran = await new Deno.Command("sh", { args: [dir.join("program")], clearEnv: true }).output();
  assert.equal(new TextDecoder().decode(ran.stderr), "");
  const words = new TextDecoder().decode(ran.stdout).split("\0");
  const found: string[][] = [[]];
  for (const word of words) {
    if (word === "\x01") found.push([]);
    else found.at(-1)!.push(word);
  }
  return found.slice(0, -1);
}

/** Names and texts as nobody should write them. */
const hostile = fc.oneof(
  fc.constantFrom(
    "-rf",
    "$(touch /tmp/x)",
    "`id`",
    "a'b",
    'a"b',
    "a\nb",
    "a\ndo_file 99 x",
    "'; do_file 99 '",
    "\\",
    "*",
    "~",
    "%s",
    "é ü",
  ),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
).map((text) => text.replaceAll("\0", "_").replaceAll("\x01", "_").toWellFormed());

const path = fc.array(hostile.map((part) => part.replaceAll("/", "_")), { minLength: 1, maxLength: 3 })
  .map((parts) => `/${parts.join("/")}`);

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(path, hostile).map(([at, text]): Act => file(at, textContent(text))),
  path.map((at): Act => ({ ...base(`dir:${at}`), type: "dir", path: at, mode: "0755" })),
  fc.tuple(path, hostile).map(([at, target]): Act => ({ ...base(`link:${at}`), type: "link", path: at, target })),
  fc.tuple(hostile, fc.option(hostile, { nil: undefined })).map(([text, unless]): Act =>
    command(text, unless === undefined ? {} : { unless })
  ),
  fc.tuple(path, hostile).map(([at, body]): Act => (
    { ...base(`block:${at}:x`), type: "block", path: at, begin: "# b", end: "# e", body, mode: "0644" }
  )),
  hostile.map((unit): Act => (
    { ...base(`unit:system:${unit}`), type: "unit", unit, manager: "system", enable: true, custom: true }
  )),
  fc.tuple(path, hostile).map(([at, caps]): Act => ({ ...base(`cap:${at}`), type: "cap", path: at, caps })),
  fc.tuple(hostile, hostile).map(([key, value]): Act => ({ ...base(`sysctl:${key}`), type: "sysctl", key, value })),
  fc.tuple(path, path, hostile).map(([at, creates, tool]): Act =>
    file(at, textContent("x"), { creates, needsTool: tool, reload: "system" })
  ),
);

Deno.test("batchProgram() keeps the order of the plan whatever the acts are", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyAct, { minLength: 1, maxLength: 12 }), async (acts) => {
      const { text } = await programOf(acts);
      const order = (await calls(text)).map((call) => Number(call[1]));
      assert.deepEqual(order, acts.map((_, index) => index + 1));
    }),
    { numRuns: 40 },
  );
});

Deno.test("batchProgram() hands paths, targets and texts over as they are", async () => {
  await fc.assert(
    fc.asyncProperty(path, hostile, hostile, async (at, target, value) => {
      const { text } = await programOf([
        file(at, textContent(value)),
        { ...base(`link:${at}x`), type: "link", path: `${at}x`, target },
        { ...base("sysctl:k"), type: "sysctl", key: target, value },
        command("true", { creates: at }),
      ]);
      const [first, link, sysctl, ran] = await calls(text);
      assert.deepEqual(first, ["put", "1", at, "0644", "-", `=${value}`]);
      assert.deepEqual(link, ["put_link", "2", `${at}x`, target]);
      assert.deepEqual(sysctl?.slice(-2), [target, value]);
      assert.equal(ran?.at(-1), at);
    }),
    { numRuns: 30 },
  );
});

Deno.test("batchProgram() gives a hundred files one look and one sync", async () => {
  const acts = Array.from({ length: 100 }, (_, index) => file(`/srv/${index}`, textContent("x")));
  const { text } = await programOf(acts);
  assert.equal(text.match(/^looks /gm)?.length, 1);
  assert.equal(text.match(/^jsync$/gm)?.length, 1);
});

Deno.test("batchProgram() lets neighbours in one directory move together, in rows that end where a directory is made", async () => {
  const dir: Act = { ...base("dir:/b"), type: "dir", path: "/b", mode: "0755" };
  const { text } = await programOf([
    ...["/a/1", "/a/2", "/a/3", "/a/4", "/other"].map((path) => file(path, textContent("x"))),
    dir,
    file("/b/1", textContent("x")),
    dir,
    file("/b/2", textContent("x")),
    { ...base("link:/b/3"), type: "link", path: "/b/3", target: "2" },
  ]);
  assert.deepEqual(text.split("\n").filter((line) => /^(put|placed|do_)/.test(line)), [
    "put 1 /a/1 0644 - '=x' 1",
    "put 2 /a/2 0644 - '=x' 1",
    "put 3 /a/3 0644 - '=x' 1",
    "put 4 /a/4 0644 - '=x' 1",
    "put 5 /other 0644 - '=x'",
    "placed",
    "do_dir 6 /b 0755 -",
    "do_file 7 /b/1 0644 - '=x'",
    "do_dir 8 /b 0755 -",
    "put 9 /b/2 0644 - '=x'",
    "put_link 10 /b/3 2",
    "placed",
  ]);
});

Deno.test("batchProgram() looks again when an act goes through what an earlier one makes", async () => {
  const { text } = await programOf([
    { ...base("link:/srv/current"), type: "link", path: "/srv/current", target: "/srv/2" },
    file("/srv/current/conf", textContent("x")),
    file("/srv/current/conf", textContent("y")),
  ]);
  assert.equal(text.match(/^looks /gm)?.length, 3);
});

Deno.test("batchProgram() reloads the manager once, before the unit that needs it", async () => {
  const { text } = await programOf([
    file("/etc/systemd/system/a.service", textContent("a"), { reload: "system" }),
    file("/etc/systemd/system/b.service", textContent("b"), { reload: "system" }),
    {
      ...base("unit:system:a.service"),
      type: "unit",
      unit: "a.service",
      manager: "system",
      enable: true,
      custom: true,
    },
  ]);
  const lines = text.split("\n").map((line) => line.split(" ").slice(0, 2).join(" "));
  assert.deepEqual(lines.filter((line) => /^(put|placed|reload|unit_act)/.test(line)), [
    "put 1",
    "put 2",
    "placed",
    "reload system",
    "unit_act 3",
  ]);
});

Deno.test("batchProgram() forgets that package lists are fresh after a repository file", async () => {
  const packages: Act = {
    ...base("pkg:deb:web/x"),
    type: "packages",
    format: "deb",
    names: ["x"],
    options: [],
    exclude: [],
    refresh: true,
    replaces: [],
  };
  const { text } = await programOf([packages, file("/etc/apt/sources.list.d/x.list", textContent("deb x")), packages]);
  const lines = text.split("\n").map((line) => line.split(" ")[0]);
  assert.deepEqual(lines.filter((line) => /^(REFRESHED=|packages_act|do_file)/.test(line ?? "")), [
    "packages_act",
    "REFRESHED=",
    "do_file",
    "packages_act",
  ]);
});

Deno.test("batchProgram() sends bytes no shell word can carry as blobs, and others inline", async () => {
  const big = "x".repeat(70_000);
  const { text, blobs } = await programOf([
    file("/a", bytesContent(new Uint8Array([65, 0, 66]))),
    file("/b", bytesContent(new Uint8Array([0xff, 0xfe]))),
    file("/c", textContent(big)),
    file("/d", textContent("plain")),
  ]);
  assert.deepEqual(blobs.map(({ name, size }) => [name, size]), [["f1", 3], ["f2", 2], ["f3", 70_000]]);
  assert.match(text, /^put 1 \/a 0644 - @f1 1$/m);
  assert.match(text, /^put 4 \/d 0644 - '=plain' 1$/m);
  assert.equal(text.includes(big), false);
});

Deno.test("batchProgram() gives a secret to the command that names it and to no other", async () => {
  const { text } = await programOf([command("echo one", { secrets: ["TOKEN"] }), command("echo two")], {
    secrets: new Map([["TOKEN", "s3cr'et"], ["OTHER", "unasked"]]),
  });
  assert.equal(text.split("s3cr").length, 2);
  assert.equal(text.includes("unasked"), false);
});

Deno.test("a batch writes, links, runs and guards what its acts say, byte for byte", async () => {
  const odd = 'it\'s $HOME `id` \\ "q"\nsecond line without end';
  const bytes = new Uint8Array([0, 1, 2, 255, 10, 39]);
  await using driver = await localDriver();
  const { home } = driver;
  const { text, blobs } = await programOf([
    file(`${home}/new dir/odd 'name'`, textContent(odd), { mode: "0600" }),
    file(`${home}/bytes`, bytesContent(bytes)),
    { ...base("link:l"), type: "link", path: `${home}/link`, target: "-rf $(x)" },
    command(`printf '%s' "$WORD" >"$HOME/word"; cat /ctx/more >>"$HOME/word"; ls /ctx >"$HOME/list"`, {
      env: { WORD: "a 'b' /ctx/more $c " },
      ctx: [{ name: "more", content: textContent("from the candy"), mode: "0644" }],
    }),
    command("exit 3", { unless: `[ -e "$HOME/word" ]` }),
    command("exit 4", { creates: `${home}/bytes` }),
    file(`${home}/never`, textContent("x"), { needsTool: "no-such-tool-here" }),
  ]);
  const { reason, ended } = await driver.run(text, blobs);
  assert.equal(reason, "done");
  assert.deepEqual([...ended].map(([n, { state }]) => [n, state]), [
    [1, "ok"],
    [2, "ok"],
    [3, "ok"],
    [4, "ok"],
    [5, "skip"],
    [6, "skip"],
    [7, "skip"],
  ]);
  assert.equal(await Deno.readTextFile(`${home}/new dir/odd 'name'`), odd);
  assert.equal((await Deno.stat(`${home}/new dir/odd 'name'`)).mode! & 0o777, 0o600);
  assert.deepEqual(await Deno.readFile(`${home}/bytes`), bytes);
  assert.equal(await Deno.readLink(`${home}/link`), "-rf $(x)");
  assert.equal(await Deno.readTextFile(`${home}/word`), "a 'b' /ctx/more $c from the candy");
  assert.equal(await Deno.readTextFile(`${home}/list`), "more\n");
});

Deno.test("a batch writes P before B before E for each act", async () => {
  await using driver = await localDriver({ files: { old: "was there" } });
  const { home } = driver;
  const { text, blobs } = await programOf([
    file(`${home}/old`, textContent("new")),
    command("true", { touches: [`${home}/touched`] }),
  ]);
  await driver.run(text, blobs);
  const kinds = (await driver.journal()).map((line) => line.split(" ").slice(0, 2).join(" "));
  assert.deepEqual(kinds.filter((kind) => /^[PBE] /.test(kind)), ["P 1", "B 1", "E 1", "P 2", "B 2", "E 2"]);
});

Deno.test("a command does not run when one of several files it touches cannot be preserved", async () => {
  await using driver = await localDriver({ files: { bad: "precious", good: "too" } });
  const { home } = driver;
  const { text, blobs } = await programOf([command(`rm "$HOME/bad"`, { touches: [`${home}/bad`, `${home}/good`] })]);
  const broken = `cp() { case $* in */bad\\ *) return 1 ;; *) command cp "$@" ;; esac; }\n`;
  const { reason, ended } = await driver.run(broken + text, blobs);
  assert.equal(reason, "failed");
  assert.match(ended.get(1)?.message ?? "", /cannot preserve/);
  assert.equal(await Deno.readTextFile(`${home}/bad`), "precious");
});

Deno.test("a batch ends with its first failing act", async () => {
  await using driver = await localDriver();
  const { text, blobs } = await programOf([command("exit 7"), file(`${driver.home}/after`, textContent("x"))]);
  const { reason, ended } = await driver.run(text, blobs);
  assert.equal(reason, "failed");
  assert.deepEqual([...ended], [[1, { code: 7, state: "fail", message: "" }]]);
  await assert.rejects(Deno.stat(`${driver.home}/after`), Deno.errors.NotFound);
});

Deno.test("FileAct.refuseIfExists refuses with its hint when a package brings the unit, and only then", async () => {
  await using driver = await localDriver({ files: { "lib/nginx.service": "[Unit]" } });
  const { home } = driver;
  const unit = (name: string) =>
    file(`${home}/etc/${name}`, textContent("[Service]"), {
      refuseIfExists: {
        paths: [`${home}/lib/${name}`, `${home}/usr/${name}`],
        hint: `a package brings ${name}: use_packaged`,
      },
    });
  const { text, blobs } = await programOf([unit("own.service"), unit("nginx.service")]);
  const { reason, ended } = await driver.run(text, blobs);
  assert.equal(reason, "failed");
  assert.equal(ended.get(1)?.state, "ok");
  assert.deepEqual(ended.get(2), { code: 1, state: "fail", message: "a package brings nginx.service: use_packaged" });
  await assert.rejects(Deno.stat(`${home}/etc/nginx.service`), Deno.errors.NotFound);
});
