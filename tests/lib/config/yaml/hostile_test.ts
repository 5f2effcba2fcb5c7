import assert from "node:assert/strict";
import fc from "fast-check";
import { checkYaml, migrateProject } from "../../../../lib/config/yaml/mod.ts";
import { problemText } from "../../../../lib/config/yaml/problem.ts";
import { CharlyError } from "../../../../lib/base/errors.ts";
import { readCandyFiles } from "../../../../lib/plan/read_candy_files.ts";
import { tempDir } from "../../../shared/tmp.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Codes of everything wrong with a project whose root file has these bytes. It must not throw. */
async function codesOf(content: Uint8Array | string, files: Readonly<Record<string, string>> = {}): Promise<string[]> {
  await using dir = await tempDir({ "charly.yml": content, ...files });
  return checkYaml(dir.path, "charly.yml").problems.map(({ code }) => code);
}

/** A bit of everything: directives, kinds, steps, flow and block, anchors, quotes, comments, two documents. */
const sample = `# ours
version: 2026.174.1100
import: [{ lib: lib.yml }]
discover: [{ path: candy, recursive: false }]
tool: # a tool
  candy: { version: 2026.100.0900, description: "a \\u00fc tool" }
  tool-distro: { distro: { 'debian,ubuntu': { package: [&p tool, *p] } } }
  say: { run: say it, plugin: command, plugin_input: { command: |- } }
  look:
    check: it is there
    plugin: file
    plugin_input: { file: /usr/bin/tool, contains: [{ matches: "^x" }] }
---
web:
  local: { host: 'me@web1:22' }
  web-candy:
    candy: [tool, lib.other]
`;

Deno.test("checkYaml() reports something, and throws nothing, wherever a file is cut off", async () => {
  const whole = bytesOf(sample);
  await using dir = await tempDir({ "lib.yml": "other:\n  candy: { version: 2026.100.0900, description: x }\n" });
  for (let end = 0; end <= whole.length; end++) {
    await dir.write({ "charly.yml": whole.subarray(0, end) });
    const { problems } = checkYaml(dir.path, "charly.yml");
    for (const { at, message } of problems) assert.ok(at.line >= 1 && at.column >= 1 && message !== "");
  }
});

Deno.test("checkYaml() and migrateProject() throw nothing, whatever bytes of a file are changed", async () => {
  const whole = bytesOf(sample);
  await using dir = await tempDir();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 }),
      async (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const { at, byte } of changes) bytes[at] = byte;
        await dir.write({ "charly.yml": bytes });
        checkYaml(dir.path, "charly.yml").problems.map(problemText);
        migrateProject(dir.path);
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("checkYaml() throws nothing, whatever a map of words and kinds looks like", async () => {
  const word = fc.constantFrom(
    ...[
      "candy",
      "vm",
      "pod",
      "local",
      "group",
      "run",
      "check",
      "plan",
      "import",
      "discover",
      "defaults",
      "repo",
      "version",
    ],
    ...["__proto__", "constructor", "toString", "hasOwnProperty", "plugin", "plugin_input", "libvirt", "distro", "env"],
    ...["service", "package", "layer", "layers", "images", "deploy", "vms", "tasks", "x", ""],
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(null, true, 0, -1, 1e300, "", "x", "@", "@a.b/c/d", "..", "/etc", "a.b", "__proto__"),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(word, tie("tree"), { maxKeys: 4 }),
    ),
  }));
  await using dir = await tempDir();
  await fc.assert(
    fc.asyncProperty(fc.dictionary(word, tree, { maxKeys: 5 }), async (value) => {
      await dir.write({ "charly.yml": JSON.stringify(value) });
      checkYaml(dir.path, "charly.yml").problems.map(problemText);
      migrateProject(dir.path);
    }),
    { numRuns: 300 },
  );
});

Deno.test("checkYaml() refuses what is no UTF-8 text and takes a byte order mark", async () => {
  const utf16 = (order: "le" | "be") => {
    const text = `\ufeff${sample}`;
    const view = new DataView(new ArrayBuffer(text.length * 2));
    for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), order === "le");
    return new Uint8Array(view.buffer);
  };
  for (const bytes of [utf16("le"), utf16("be"), crypto.getRandomValues(new Uint8Array(4096)), bytesOf("a: \0\n")]) {
    assert.deepEqual(await codesOf(bytes), ["not-utf8"]);
  }
  assert.deepEqual(await codesOf(new Uint8Array([...bytesOf("a: "), 0xc3, 0x28, 10])), ["not-utf8"]);
  assert.deepEqual(await codesOf("\ufeffweb:\n  local: {}\n  c: { candy: [] }\n"), []);
});

Deno.test("checkYaml() refuses a file of 100 MB by its size, without reading it", async () => {
  await using dir = await tempDir({ "charly.yml": "import: [big.yml]\n", "candy/x/charly.yml": "" });
  for (const path of ["big.yml", "layer.yml"]) {
    using file = await Deno.open(dir.join(path), { write: true, create: true });
    await file.truncate(100 * 1024 * 1024);
  }
  const before = Deno.memoryUsage().rss;
  assert.deepEqual(checkYaml(dir.path, "charly.yml").problems.map(({ code, at }) => [code, at.file]), [[
    "too-large",
    "big.yml",
  ]]);
  migrateProject(dir.path);
  assert.ok(Deno.memoryUsage().rss - before < 90 * 1024 * 1024);
});

Deno.test("checkYaml() refuses a pipe instead of waiting for it", async () => {
  await using dir = await tempDir({ "charly.yml": "import: [pipe.yml, candy]\n", "candy/charly.yml/x": "" });
  const { code } = await new Deno.Command("mkfifo", { args: [dir.join("pipe.yml")] }).output();
  assert.equal(code, 0);
  assert.deepEqual(checkYaml(dir.path, "charly.yml").problems.map(({ code }) => code), ["not-found", "not-found"]);
});

Deno.test("checkYaml() refuses what is nested without end, flow and block, open and closed", async () => {
  const deep = 40_000;
  for (
    const text of [
      ...[
        "[".repeat(deep),
        "{a: ".repeat(deep),
        "[".repeat(deep) + "]".repeat(deep),
        "- ".repeat(deep),
        "? ".repeat(deep),
      ],
      Array.from({ length: 2000 }, (_, n) => `${" ".repeat(n)}a:\n`).join(""),
      `a: ${"[".repeat(150)}${"]".repeat(150)}`,
    ]
  ) {
    const codes = await codesOf(text);
    assert.ok(codes.some((code) => code === "too-deep" || code === "syntax"), `${text.slice(0, 12)}: ${codes}`);
  }
});

Deno.test("checkYaml() does not write out aliases that would fill the memory", async () => {
  const levels = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(10).fill(`*l${n}`).join(", ")}]`);
  const began = performance.now();
  assert.ok((await codesOf(`l0: &l0 [x, x, x]\n${levels.join("\n")}\n`)).includes("too-large"));
  assert.ok((await codesOf("a: &a [*a]\n")).includes("syntax"));
  assert.ok((await codesOf("a: *b\nb: &b 1\n")).includes("syntax"));
  assert.ok(performance.now() - began < 10_000);
});

Deno.test("checkYaml() ends on directories that import or link to each other", async () => {
  const circle = {
    "a/charly.yml": "import: [../b]\ndiscover: [../b]\n",
    "b/charly.yml": "import: [../a]\ndiscover: [../a]\n",
  };
  assert.deepEqual(await codesOf("import: [a]\ndiscover: [., a, b]\n", circle), ["cycle"]);
  await using dir = await tempDir({ "charly.yml": "discover: [x]\n", "x/y/charly.yml": "" });
  await Deno.symlink("..", dir.join("x/y/up"));
  await Deno.symlink("self", dir.join("x/self"));
  assert.deepEqual(checkYaml(dir.path, "charly.yml").problems, []);
});

Deno.test("checkYaml() refuses paths that leave the project, in import and discover, written or linked", async () => {
  await using dir = await tempDir({
    "out/charly.yml": "web:\n  local: {}\n",
    "in/charly.yml":
      'import: [../out/charly.yml, ../../../../etc/passwd, /etc/passwd, "a\\0b", link.yml, dir/charly.yml]\n' +
      "discover: [../out, /etc, linked, { path: ., manifest: ../out/charly.yml }]\n",
  });
  await Deno.symlink("../out/charly.yml", dir.join("in/link.yml"));
  await Deno.symlink("../out", dir.join("in/dir"));
  await Deno.symlink("../out", dir.join("in/linked"));
  const { entities, problems } = checkYaml(dir.join("in"), "charly.yml");
  assert.deepEqual(entities, []);
  assert.deepEqual(problems.map(({ code }) => code).filter((code) => code === "outside-project").length >= 8, true);
  assert.ok(problems.every(({ code }) => code === "outside-project"), problems.map(problemText).join("\n"));
});

Deno.test("a `copy` out of its candy's directory is refused, written or linked, from a fetched repository too", async () => {
  await using dir = await tempDir({ "p/candy/x/a": "a", "secret": "s", "repo/candy/y/b": "b", "repo/top": "t" });
  await Deno.symlink("../../../secret", dir.join("p/candy/x/link"));
  await Deno.symlink("../../../secret", dir.join("repo/candy/y/link"));
  const base = { version: "2026.100.0900" as const, description: "x" };
  const read = (copy: string, at?: string) =>
    readCandyFiles(dir.join("p"), {
      x: { ...base, ...(at === undefined ? {} : { dir: at }), plan: [{ copy, to: "~/x" }] },
    }, { "git.example/me/r": dir.join("repo") });
  const refused = (error: unknown) => error instanceof CharlyError && error.code === "outside-project";
  for (const copy of ["../../../secret", "/etc/passwd", "link"]) await assert.rejects(read(copy), refused, copy);
  const elsewhere = "@git.example/me/r/candy/y";
  for (const copy of ["../../top", "/etc/passwd", "link"]) await assert.rejects(read(copy, elsewhere), refused, copy);
  assert.equal((await read("b", elsewhere))["x"]!.files[0]!.name, "b");
  await assert.rejects(read("b", "@git.example/me/other/candy/y"), { code: "not-fetched" });
  for (const out of ["/etc", "../..", "candy/../../.."]) await assert.rejects(read("passwd", out), refused, out);
});

Deno.test("checkYaml() reports a key that is there twice, at any depth, and keeps the first", async () => {
  assert.deepEqual(
    await codesOf("web:\n  local: {}\n  web: { candy: [], candy: [x] }\nweb:\n  local: {}\nversion: 1\nversion: 2\n"),
    ["duplicate-key", "duplicate-key", "duplicate-key"],
  );
});

Deno.test("checkYaml() treats names like __proto__ and constructor as the names they are", async () => {
  await using dir = await tempDir({
    "charly.yml":
      "constructor:\n  local: {}\n  c: { candy: [] }\n__proto__:\n  local: { host: me@h, __proto__: 1, constructor: 2 }\n" +
      "toString:\n  vm: { __proto__: { x: 1 } }\nweb:\n  __proto__: {}\n",
  });
  const { entities, problems } = checkYaml(dir.path, "charly.yml");
  assert.deepEqual(entities.map(({ table, name }) => `${table} ${name}`), [
    "locals constructor",
    "bundles __proto__",
    "vms toString",
  ]);
  // no table has such a name, and that is said
  assert.deepEqual(problems.map(({ code }) => code), [
    ...["config", "unknown-field", "unknown-field", "unknown-field", "no-discriminator"],
  ]);
  assert.equal(({} as Record<string, unknown>)["x"], undefined);
});

Deno.test("checkYaml() takes no more than seconds for names without end and for names without number", async () => {
  const began = performance.now();
  for (const text of [`${"a".repeat(4_000_000)}: 1\n`, `web:\n  local: { ${"hots".repeat(500_000)}: 1 }\n`]) {
    assert.ok((await codesOf(text)).length > 0);
  }
  const many = Array.from({ length: 6_000 }, (_, n) => `n${n}: { locla: {} }`).join("\n");
  assert.equal((await codesOf(many)).length, 6_000);
  const refs = Array.from(
    { length: 4_000 },
    (_, n) => `b${n}: { local: a${n} }\nc${n}: { local: {}, c: { candy: [] } }`,
  );
  assert.equal((await codesOf(refs.join("\n"))).length, 4_000);
  const circles = Array.from({ length: 1500 }, (_, n) => {
    const require = n === 1499 ? Array.from({ length: 1499 }, (_, k) => `c${k}`).join(", ") : `c${n + 1}`;
    return `c${n}:\n  candy: { version: 2026.1.0900, description: x }\n  r: { require: [${require}] }\n`;
  });
  assert.ok((await codesOf(circles.join(""))).length <= 100);
  assert.ok(performance.now() - began < 60_000);
});
