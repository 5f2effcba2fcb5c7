import assert from "node:assert/strict";
import fc from "fast-check";
import type { Bundle } from "../../../lib/entities/bundle.ts";
import type { Candy } from "../../../lib/entities/candy.ts";
import { canonicalJson } from "../../../lib/base/canonical_json.ts";
import { compileBundle, type CompileInput } from "../../../lib/plan/compile.ts";
import { plainAct } from "../../../lib/plan/digest.ts";
import type { Act } from "../../../lib/steps/act.ts";
import { textContent } from "../../../lib/steps/content.ts";
import { debianUser } from "../steps/story.ts";

const local = { on: { target: "local" } } as const;

/** A bundle `web` of these candies, all asked for unless the bundle says otherwise. */
function input(candies: Readonly<Record<string, Partial<Candy>>>, rest: Partial<CompileInput> = {}, bundle?: Bundle) {
  const full = Object.entries(candies).map(([name, fields]): [string, Candy] => [
    name,
    { version: "2026.300.0900", description: name, ...fields },
  ]);
  return {
    config: {
      candies: Object.fromEntries(full),
      bundles: { web: bundle ?? { ...local, candy: Object.keys(candies) } },
    },
    project: "shop",
    bundle: "web",
    facts: debianUser,
    target: "ssh",
    options: {},
    files: {},
    ...rest,
  } satisfies CompileInput;
}

function commands(acts: readonly Act[]) {
  return acts.filter((act) => act.type === "command");
}

Deno.test("compileBundle() groups a candy's steps in the reference's order", () => {
  const { plan } = compileBundle(input({
    all: {
      reboot: true,
      apk: [{ package: "org.x" }],
      shell: { bash: { init: "x" } },
      service: [{ name: "s", exec: "s" }],
      plan: [{ command: "b" }, { mkdir: "/a" }, { check: "c", probe: { file: "/a" } }],
      localpkg: { deb: "pkg" },
      externalBuilder: "odd",
      package: ["git"],
      env: { A: "1" },
    },
  }));
  assert.deepEqual(plan.plans[0]?.steps.map(({ kind }) => kind), [
    "ShellHook",
    "SystemPackages",
    "Builder",
    "LocalPkgInstall",
    "Op",
    "Op",
    "ServiceCustom",
    "ShellSnippet",
    "ApkInstall",
    "Reboot",
  ]);
});

Deno.test("compileBundle() takes the template's candies, the bundle's, then the added ones", () => {
  const given = input({ a: { package: ["a"] }, b: { package: ["b"] }, c: { package: ["c"] } }, {}, {
    ...local,
    from: "base",
    candy: ["b"],
    addCandy: ["@host/org/c:v1"],
  });
  const config = { ...given.config, locals: { base: { candy: ["a"], installOpts: { verify: true } } } };
  const { plan } = compileBundle({ ...given, config });
  assert.deepEqual(plan.plans.map(({ candy }) => candy), ["a", "b", "c"]);
  assert.deepEqual(plan.plans[0]?.addCandies, ["c"]);
  const replaced = compileBundle({ ...given, config, addCandy: [] }).plan;
  assert.deepEqual(replaced.plans.map(({ candy }) => candy), ["a", "b"]);
});

Deno.test("compileBundle() opens a gate for the template's options as for the call's", () => {
  const given = input({ a: { plan: [{ command: "true", runAs: "root" }] } }, {}, {
    ...local,
    from: "base",
    candy: ["a"],
  });
  const closed = { ...given.config, locals: { base: { candy: [] } } };
  const open = { ...given.config, locals: { base: { candy: [], installOpts: { allowRootTasks: true } } } };
  assert.equal(compileBundle({ ...given, config: closed }).skipped[0]?.gate, "allow-root-tasks");
  assert.deepEqual(compileBundle({ ...given, config: open }).skipped, []);
});

Deno.test("compileBundle() puts environment and PATH of candies so far before a user's command, not root's", () => {
  const { acts } = compileBundle(input(
    {
      a: { env: { A: "a", BOTH: "a" }, pathAppend: ["~/a"] },
      b: {
        env: { BOTH: "b", GO: "~/go" },
        pathAppend: ["$GO/bin"],
        plan: [{ command: "1" }, { command: "2", runAs: "root" }],
      },
      c: { env: { C: "c" } },
    },
    { options: { assumeYes: true } },
    { ...local, candy: ["a", "b", "c"], env: { FROM: "${HOME}/x" } },
  ));
  const [user, root] = commands(acts);
  assert.deepEqual(user?.env, { A: "a", BOTH: "b", FROM: "/home/ann/x", GO: "/home/ann/go" });
  assert.deepEqual(user?.path, ["/home/ann/go/bin", "/home/ann/a"]);
  assert.deepEqual([root?.level, root?.env, root?.path], ["root", { FROM: "/home/ann/x" }, []]);
});

Deno.test("compileBundle() brings one sourcing block, with the first candy that has something to source", () => {
  const blocks = (candies: Readonly<Record<string, Partial<Candy>>>) =>
    compileBundle(input(candies)).acts.filter((act) => act.type === "block").map((
      { candy, resource },
    ) => [candy, resource]);
  assert.deepEqual(blocks({ a: { package: ["a"] }, b: { env: { A: "1" } }, c: { env: { B: "1" } } }), [
    ["b", "block:/home/ann/.bashrc:opencharly"],
  ]);
  assert.deepEqual(blocks({ a: { package: ["a"] } }), []);
});

Deno.test("compileBundle() numbers steps over all plans and keeps acts in order", () => {
  const { acts } = compileBundle(
    input({ a: { plan: [{ mkdir: "/a" }, { mkdir: "/b" }] }, b: { plan: [{ mkdir: "/c" }] } }),
  );
  assert.deepEqual(acts.map(({ step, resource }) => [step, resource]), [[1, "dir:/a"], [2, "dir:/b"], [3, "dir:/c"]]);
});

Deno.test("compileBundle() tells equal commands of one candy apart", () => {
  const { acts } = compileBundle(
    input({ a: { plan: [{ command: "true" }, { command: "true" }, { command: "x", id: "x" }] } }),
  );
  assert.deepEqual(acts.map(({ resource }) => resource), ["cmd:a:b5bea41b6c62", "cmd:a:b5bea41b6c62#2", "cmd:a:x"]);
});

Deno.test("compileBundle() knows secrets by name and gives each command only those it names", () => {
  const { plan, acts } = compileBundle(input({
    a: {
      secretRequire: [{ name: "TOKEN", description: "t" }, { name: "TOKEN_TWO", description: "t" }],
      secretAccept: [{ name: "PIN", description: "p", default: "0000", key: "charly/a/pin" }],
      plan: [{ command: "use ${TOKEN:?}" }, { command: "use it", secret: ["PIN"] }, { command: "echo TOKEN" }],
    },
    b: { secretAccept: [{ name: "TOKEN", description: "t" }] },
  }));
  assert.deepEqual(commands(acts).map(({ secrets }) => secrets), [["TOKEN"], ["PIN"], []]);
  assert.deepEqual(plan.secrets, [
    { name: "PIN", required: false, default: "0000", key: "charly/a/pin" },
    { name: "TOKEN", required: true },
    { name: "TOKEN_TWO", required: true },
  ]);
});

Deno.test("compileBundle() refuses a secret no candy declares", () => {
  assert.throws(() => compileBundle(input({ a: { plan: [{ command: "x", secret: ["NOPE"] }] } })), {
    message: 'candy "a": the secret NOPE is not declared',
  });
});

Deno.test("compileBundle() leaves out entries for other distributions and says so", () => {
  const { acts, notes } = compileBundle(input({ a: { plan: [{ mkdir: "/x", distro: ["fedora"] }] } }));
  assert.deepEqual([acts, notes], [[], ['candy "a": an entry for fedora is left out here']]);
});

Deno.test("compileBundle() leaves out what is excluded here, what is for the running machine, and what only an agent can do", () => {
  const { acts, notes } = compileBundle(input({
    a: {
      plan: [
        { mkdir: "/x", excludeDistro: ["debian"] },
        { mkdir: "/y", context: ["runtime"] },
        { agentRun: "look around" },
        { agentCheck: "it is tidy" },
        { include: "candy:b" },
        { mkdir: "/z", excludeDistro: ["fedora"], context: ["deploy", "runtime"] },
      ],
    },
  }));
  assert.deepEqual(acts.map(({ resource }) => resource), ["dir:/z"]);
  assert.deepEqual(notes, [
    'candy "a": an entry not for debian is left out here',
    'candy "a": an entry for the running machine is no part of a deploy',
    'candy "a": "look around" is kept and not acted on',
    'candy "a": "it is tidy" is kept and not acted on',
    'candy "a": "candy:b" is kept and not acted on',
  ]);
});

Deno.test("compileBundle() keeps the supervisor only in a container without systemd", () => {
  const candies = { app: { require: ["supervisord"], package: ["app"] }, supervisord: { package: ["supervisor"] } };
  const names = (rest: Partial<CompileInput>) =>
    compileBundle(input(candies, rest, { ...local, candy: ["app"] })).plan.plans.map(({ candy }) => candy);
  assert.deepEqual(names({ target: "local" }), ["app"]);
  assert.deepEqual(names({ target: "nested" }), ["app"]);
  assert.deepEqual(names({ target: "nested", facts: { ...debianUser, systemd: false } }), ["supervisord", "app"]);
});

Deno.test("compileBundle() follows the target's facts, never the operator's", () => {
  const given = input({ a: { package: ["git"], env: { A: "1" } } }, {
    facts: {
      ...debianUser,
      home: "/root",
      user: "root",
      uid: 0,
      gid: 0,
      distro: ["arch"],
      format: "pac",
      loginShell: "/bin/zsh",
    },
  });
  assert.deepEqual(compileBundle(given).acts.map(({ resource }) => resource), [
    "file:/root/.config/opencharly/env.d/a.env",
    "block:/root/.zshenv:opencharly",
    "pkg:pac:a/packages",
  ]);
});

Deno.test("compileBundle() names an unknown bundle, template and candy", () => {
  assert.throws(() => compileBundle(input({}, { bundle: "wbe" })), { code: "unknown-bundle", hint: "declared: web" });
  assert.throws(() => compileBundle(input({}, {}, { ...local, from: "base" })), { code: "unknown-local-template" });
  assert.throws(() => compileBundle(input({}, {}, { ...local, candy: ["x"] })), { code: "unknown-candy" });
});

Deno.test("compileBundle() refuses packages where no package manager is known, unless told to skip them", () => {
  const { format: _, ...unknown } = debianUser;
  const given = input({ a: { package: ["git"] } }, { facts: { ...unknown, distro: ["plan9"] } });
  assert.throws(() => compileBundle(given), { code: "unknown-format" });
  assert.deepEqual(compileBundle({ ...given, options: { skipIncompatible: true } }).acts, []);
});

Deno.test("compileBundle() digests what acting depends on, and not which programs happen to be installed", () => {
  const base = input({ a: { plan: [{ write: "/x", content: "1" }] } });
  const digest = (given: CompileInput) => compileBundle(given).plan.digest;
  const one = digest(base);
  assert.match(one, /^[0-9a-f]{64}$/);
  assert.equal(digest({ ...base, facts: { ...debianUser, tools: [], glibc: "9" } }), one);
  const others = [
    digest(input({ a: { plan: [{ write: "/x", content: "2" }] } })),
    digest(input({ a: { plan: [{ write: "/x", content: "1", mode: "0600" }] } })),
    digest({ ...base, facts: { ...debianUser, home: "/home/bob" } }),
    digest({ ...base, options: { assumeYes: true } }),
    digest({ ...base, target: "local" }),
    digest({ ...base, project: "other" }),
  ];
  assert.equal(new Set([one, ...others]).size, 7);
});

Deno.test("compileBundle() gives the same bytes for the same input, however its tables are ordered", () => {
  const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 });
  const entry = fc.oneof(
    fc.string().map((command) => ({ command })),
    fc.record({ write: fc.constant("~/f"), content: fc.string() }),
    fc.record({ mkdir: fc.constantFrom("/x", "~/y") }),
  );
  const world = fc.tuple(
    names,
    fc.array(entry, { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("A", "B"), fc.string()),
  );
  const nul = (text: string) => text.replaceAll("\0", "");
  fc.assert(
    fc.property(world, ([list, plan, env]) => {
      const clean = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, nul(value)]));
      const of = (order: readonly string[]) => {
        const candies = Object.fromEntries(order.map((name) => [name, { env: clean, plan, package: [name] }]));
        const { plan: compiled, acts, skipped, notes } = compileBundle(input(candies));
        return canonicalJson({ compiled, acts: acts.map(plainAct), skipped, notes });
      };
      assert.equal(of(list), of(list.toReversed()));
    }),
    { numRuns: 60 },
  );
});

const hostile: readonly (readonly [what: string, candy: Partial<Candy>, code: string])[] = [
  ["a variable's name that is shell text", { env: { "A; touch /x": "1" } }, "bad-variable-name"],
  ["an entry's variable that is shell text", { plan: [{ command: "x", env: { "$(id)": "1" } }] }, "bad-variable-name"],
  ["a command with a NUL byte", { plan: [{ command: "a\0b" }] }, "nul-in-text"],
  ["a value with a NUL byte", { env: { A: "a\0b" } }, "nul-in-word"],
  ["a path with a NUL byte", { plan: [{ mkdir: "/a\0b" }] }, "bad-path"],
  [
    "a repository named like a path",
    { distro: { debian: { repo: [{ name: "../x", url: "https://x" }] } } },
    "bad-repository",
  ],
  [
    "a repository whose address brings a line of its own",
    { distro: { debian: { repo: [{ name: "x", url: "https://x\ndeb https://evil" }] } } },
    "bad-repository",
  ],
  ["a download that is no web address", { plan: [{ download: "file:///etc/shadow", to: "/x" }] }, "bad-address"],
  ["a copy of a file that is not there", { plan: [{ copy: "nope", to: "/x" }] }, "no-such-source"],
  ["a builder entry, which only images have", { plan: [{ build: "all" }] }, "image-only-verb"],
  ["a path that is not absolute", { plan: [{ write: "etc/motd", content: "" }] }, "bad-path"],
  ["a path with an unknown variable", { plan: [{ write: "/opt/${NOPE}", content: "" }] }, "unknown-variable"],
];

for (const [what, candy, code] of hostile) {
  Deno.test(`compileBundle() refuses ${what}`, () => {
    assert.throws(() => compileBundle(input({ it: candy }, { options: { assumeYes: true } })), { code });
  });
}

Deno.test("compileBundle() runs root's entries as root in every spelling, everybody else's as the login user", () => {
  const levels = (runAs: string) => {
    const plan = [{ mkdir: "/x", runAs }];
    return compileBundle(input({ it: { plan } })).acts.map(({ level }) => level).join();
  };
  assert.deepEqual(["root", "0", "0:0", "root:root", ""].map(levels), ["root", "root", "root", "root", "root"]);
  assert.deepEqual(["${USER}", "ann", "postgres", "1000:1000"].map(levels), ["user", "user", "user", "user"]);
});

Deno.test("compileBundle() keeps a login as root at its own level, so that its commands need no gate", () => {
  const facts = { ...debianUser, user: "root", uid: 0, gid: 0, home: "/root" };
  const { acts, skipped } = compileBundle(input({ it: { plan: [{ command: "true" }] } }, { facts }));
  assert.deepEqual([acts.map(({ level }) => level), skipped], [["user"], []]);
});

Deno.test("compileBundle() copies a candy's directory whole, with what is executable", () => {
  const file = (name: string, executable: boolean) => ({ name, executable, content: textContent(name) });
  const files = { it: { dir: "candy/it", builderFiles: [], files: [file("bin/x", true), file("readme", false)] } };
  const { acts } = compileBundle(input({ it: { plan: [{ copy: ".", to: "~/it" }] } }, { files }));
  assert.deepEqual(acts.map((act) => [act.resource, act.type === "file" || act.type === "dir" ? act.mode : ""]), [
    ["dir:/home/ann/it", "0755"],
    ["file:/home/ann/it/bin/x", "0755"],
    ["file:/home/ann/it/readme", "0644"],
  ]);
});
