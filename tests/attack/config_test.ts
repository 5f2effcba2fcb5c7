/**
 * Cases 26, 27 and 3: hostile, enormous and oddly named configurations. What a config may do inside its sandbox is held by
 * tests/lib/config/sandbox/*_test.ts; here it is charly as a process that must end in time, small, and with the next step.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { formatIssues } from "../../lib/config/issue.ts";
import { loadProject } from "../../lib/config/load.ts";
import { parseConfig } from "../../lib/config/parse.ts";
import { compileBundle, type Compiled } from "../../lib/plan/compile.ts";
import { debianUser } from "../lib/steps/story.ts";
import { checkout } from "../shared/charly_process.ts";
import { needPackages } from "../shared/packages.ts";
import { run, tryRun } from "../shared/run.ts";
import { sample } from "../shared/sample.ts";
import { type TempDir, tempDir } from "../shared/tmp.ts";

await needPackages({ time: "/usr/bin/time" });

/** KiB of any one process: what the sandbox may take (768 MiB), and what it may take more between two looks at it. */
const mostMemory = (768 + 512) * 1024;

/** What a config does, its text, and what charly says of it. */
const hostile: readonly (readonly [what: string, config: string, said: RegExp])[] = [
  ["loops for ever", "for (;;) {}", /was still running after 10 s/],
  [
    // On a busy machine it is the time that ends it.
    "takes 4 GiB",
    "export default Array.from({ length: 64 }, () => new Uint8Array(2 ** 26).fill(1));",
    /took more memory than it may|was still running after 10 s/,
  ],
  ["prints 1 GiB", "for (const line = 'x'.repeat(2 ** 20);;) console.log(line);", /printed more than 1048576 bytes/],
  ["starts workers", "new Worker('data:text/javascript,for(;;){}');\nexport default {};", /Worker is not there/],
  ["ends its process", "Deno.exit(0);", /it ended the process itself/],
  [
    "imports from the web",
    'import x from "https://e.invalid/x.ts";\nexport default x;',
    /e\.invalid:443 is not on the list/,
  ],
  [
    "imports JSON outside the project",
    'import x from "/etc/os-release" with { type: "json" };\nexport default x;',
    /imports "\/etc\/os-release".*outside the project/,
  ],
  ["exports a getter", "export default { get candies() { return {}; } };", /candies: a getter/],
  ["exports a proxy", "export default new Proxy({}, { ownKeys() { throw 1; } });", /default export: a Proxy/],
  ["exports a ring", "const ring = {};\nring.candies = ring;\nexport default ring;", /an object that contains itself/],
  [
    "replaces what judges it",
    "JSON.stringify = () => '{}';\nObject.keys = () => [];\nArray.isArray = () => true;\n" +
    "Object.prototype.toJSON = () => 1;\nexport default { candies: { a: 7 } };",
    /candies\/a: expected an object, found 7/,
  ],
  [
    "pretends to be a promise of another",
    "export function then(yes) { yes({ default: {} }); }\nexport default { candies: { a: 7 } };",
    /candies\/a: expected an object, found 7/,
  ],
];

Deno.test("charly plan ends in time, small and with the next step, whatever its config does", async (t) => {
  await using dir = await project("");
  const { denoDir } = JSON.parse(await run([Deno.execPath(), "info", "--json"]));
  const env = { HOME: dir.join("home"), DENO_DIR: denoDir, NO_COLOR: "1" };
  for (const [what, config, said] of hostile) {
    await t.step(what, async () => {
      await dir.write({ "charly.config.ts": config });
      const ran = await tryRun([
        ...["/usr/bin/time", "-q", "-f", "%M", "-o", dir.join("memory")],
        ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "-P=start", `--allow-run=${Deno.execPath()},/bin/sh`],
        ...[`${checkout}/tasks/main.ts`, "plan"],
      ], { cwd: dir.path, env });
      assert.deepEqual([ran.code, ran.stdout], [2, ""], ran.stderr);
      assert.match(ran.stderr, said);
      assert.match(ran.stderr, /^hint: \S/m);
      assert.ok(ran.stderr.length < 2000, "a message is no dump");
      assert.ok(Number(await Deno.readTextFile(dir.join("memory"))) < mostMemory);
    });
  }
  assert.deepEqual(await leftBehind(dir), []);
});

/** A project with nothing but its config. */
function project(config: string): Promise<TempDir> {
  return tempDir({
    "deno.json": JSON.stringify({ imports: { "@charly/charly": `file://${checkout}/mod.ts` } }),
    "charly.config.ts": config,
    "home/.profile": "",
  });
}

/** Processes that still work in a directory. */
async function leftBehind(dir: TempDir): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    const cwd = /^\d+$/.test(name) ? await Deno.readLink(`/proc/${name}/cwd`).catch(() => "") : "";
    if (cwd === dir.path) found.push(name);
  }
  return found;
}

const candy = { version: "2026.300.0900", description: "it" };
const count = sample(2_000, 10_000);
const chain = 5_000;

/** So many numbered things. */
function numbered<T>(count: number, make: (n: number) => T): Record<string, T> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`c${n}`, make(n)]));
}

/** What a configuration comes to on this machine. */
function planned(data: Record<string, unknown>, bundle = "all"): Compiled {
  const parsed = parseConfig(data);
  if ("issues" in parsed) throw new Error(formatIssues(parsed.issues));
  const { config } = parsed;
  return compileBundle({ config, project: "p", bundle, facts: debianUser, target: "local", options: {}, files: {} });
}

/** What is wrong with a configuration. */
function problems(data: Record<string, unknown>): string {
  const parsed = parseConfig(data);
  return "issues" in parsed ? formatIssues(parsed.issues) : "";
}

const all = (asked: readonly string[]) => ({ all: { on: { target: "local" }, candy: asked } });

Deno.test(`a config of ${count} candies is read and planned, twice the same`, async () => {
  await using dir = await project(`
    import { bundle, candy, defineConfig, local, mkdir } from "@charly/charly";
    const names = Array.from({ length: ${count} }, (_, n) => \`c\${n}\`);
    const one = (n: number) => candy({ version: "2026.300.0900", description: "it", plan: [mkdir(\`/d/\${n}\`)] });
    export default defineConfig({
      candies: Object.fromEntries(names.map((name, n) => [name, one(n)])),
      bundles: { all: bundle({ on: local(), candy: names as never }) },
    });`);
  const limits = { wallMs: 120_000 };
  const { config } = await loadProject({ cwd: dir.path, limits, verifyDeterministic: true });
  const digests = [1, 2].map(() => {
    const input = { project: "p", bundle: "all", facts: debianUser, target: "local", options: {}, files: {} } as const;
    const { acts, plan } = compileBundle({ config, ...input });
    assert.equal(acts.length, count);
    return plan.digest;
  });
  assert.equal(digests[0], digests[1]);
});

Deno.test("a chain of 5,000 candies is planned in its order, whether each needs the one before or is made of it", () => {
  const plan = (n: number) => [{ mkdir: `/d/${n}` }];
  for (const link of ["require", "candy"]) {
    const candies = numbered(
      chain,
      (n) => ({ ...candy, plan: plan(n), ...(n === 0 ? {} : { [link]: [`c${n - 1}`] }) }),
    );
    const { acts } = planned({ candies, bundles: all([`c${chain - 1}`]) });
    assert.deepEqual(acts.map(({ resource }) => resource), Array.from({ length: chain }, (_, n) => `dir:/d/${n}`));
  }
});

Deno.test("a cycle of 5,000 candies or tasks is told in a few words, with the next step", () => {
  const round = (n: number) => `c${(n + 1) % chain}`;
  const cyclic: Record<string, unknown>[] = [
    { candies: numbered(chain, (n) => ({ ...candy, require: [round(n)] })) },
    { candies: numbered(chain, (n) => ({ ...candy, candy: [round(n)] })) },
    { tasks: numbered(chain, (n) => ({ needs: [round(n)], run: "function" })) },
  ];
  for (const data of cyclic) {
    const said = problems(data);
    assert.match(said, /c0 → c1 → /);
    assert.match(said, /^ {2}hint: \S/m);
    assert.ok(said.length < 1000, `${said.length} characters`);
  }
});

Deno.test("names of every table that look the same and are written otherwise are told apart", () => {
  const names = ["caf\u00e9", "cafe\u0301"];
  const twice = <T>(value: T) => Object.fromEntries(names.map((name) => [name, value]));
  const on = { target: "local" };
  for (
    const data of [
      { candies: twice(candy) },
      { bundles: twice({ on }) },
      { tasks: twice({ run: "function" }) },
      { locals: twice({}) },
    ]
  ) {
    assert.match(problems(data), /looks the same as another .* written with other code points/, JSON.stringify(data));
  }
});

/** What objects and promises are looked up by. */
const odd = ["constructor", "then", "hasownproperty", "tostring", "valueof", "prototype", "length", "name"];

Deno.test("names that objects and promises are looked up by are names like any other", () => {
  for (const name of odd) {
    const candies = {
      [name]: {
        ...candy,
        env: { [name]: "1", constructor: "2", then: "3" },
        var: { THEN: "4" },
        secretAccept: [{ name: "CONSTRUCTOR", description: "s" }],
        plan: [{ command: `echo $${name} $CONSTRUCTOR` }, { write: "/then/${THEN}", content: name }],
      },
    };
    const { acts, plan } = planned({ candies, bundles: { [name]: { on: { target: "local" }, candy: [name] } } }, name);
    const command = acts.find((act) => act.type === "command");
    assert.deepEqual(plan.plans.map((one) => one.candy), [name]);
    assert.deepEqual(command?.env, { [name]: "1", constructor: "2", then: "3" });
    assert.deepEqual(command?.secrets, ["CONSTRUCTOR"]);
    assert.ok(acts.some(({ resource }) => resource === "file:/then/4"));
  }
});

Deno.test("facts named like what objects inherit are data", () => {
  const facts = { ...debianUser, hostname: "__proto__", user: "constructor", home: "/home/__proto__" };
  const { config } = parseConfig({
    candies: { a: { ...candy, plan: [{ write: "~/${USER}", content: "" }] } },
    bundles: all(["a"]),
  }) as { config: Parameters<typeof compileBundle>[0]["config"] };
  const { acts } = compileBundle({ config, project: "p", bundle: "all", facts, target: "ssh", options: {}, files: {} });
  assert.deepEqual(acts.map(({ resource }) => resource), ["file:/home/__proto__/constructor"]);
});

Deno.test("a file's content that looks like a template reaches the plan byte for byte", () => {
  const piece = fc.constantFrom(
    "{{.Home}}",
    "${HOME}",
    "${NOPE}",
    "$HOME",
    "~",
    "{{ x }}",
    "<%= x %>",
    "$(id)",
    "`id`",
    "%s",
    "\\",
    "'",
    '"',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: "grapheme" })), { maxLength: 6 }), (parts) => {
      const content = parts.join("").replaceAll("\0", "");
      const { acts } = planned({ candies: { a: { ...candy, plan: [{ write: "/f", content }] } }, bundles: all(["a"]) });
      const act = acts[0];
      assert.ok(act?.type === "file" && act.content.from.kind === "bytes");
      assert.equal(new TextDecoder().decode(act.content.from.bytes), content);
    }),
    { numRuns: sample(100, 2_000) },
  );
});
