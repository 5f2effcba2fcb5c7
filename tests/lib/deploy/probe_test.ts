import assert from "node:assert/strict";
import { type Numbered, probeProgram, type Verdict, Verdicts } from "../../../lib/deploy/probe.ts";
import type { Act, ActBase } from "../../../lib/steps/act.ts";
import { textContent } from "../../../lib/steps/content.ts";
import { localDriver } from "../../shared/local_driver.ts";

function base(resource: string): ActBase {
  return { resource, step: 1, candy: "web", level: "user", summary: resource, reversibility: "exact" };
}
const command = (extra: Partial<Act> = {}) =>
  ({
    ...base("cmd:web:x"),
    type: "command",
    shell: "sh",
    text: "exit 9",
    env: {},
    path: [],
    secrets: [],
    ...extra,
  }) as Act;

/** What a real driver finds of these acts in a home with these files. */
async function verdicts(
  files: Readonly<Record<string, string>>,
  acts: (home: string) => readonly Act[],
  guards = true,
): Promise<Verdict[]> {
  await using driver = await localDriver({ files, hold: false });
  await Deno.symlink("target of it", `${driver.home}/link`);
  const numbered = acts(driver.home).map((act, index): Numbered => ({ n: index + 1, act }));
  const all = new Verdicts();
  const { frames, reason } = await driver.run(probeProgram(numbered, { guards }));
  assert.equal(reason, "done");
  for (const frame of frames) all.take(frame);
  return numbered.map((it) => all.of(it, { uid: 0, gid: 0 }));
}

Deno.test("Verdicts.of() tells files that are as wanted, differ in content or mode, are of another type, are gone", async () => {
  const found = await verdicts({ a: "text", b: "xxxx", c: "longer text" }, (home) => {
    const file = (path: string, mode = "0644"): Act => (
      { ...base(`file:${path}`), type: "file", path: `${home}/${path}`, content: textContent("text"), mode }
    );
    return [file("a"), file("b"), file("c"), file("a", "0600"), file("link"), file("gone"), file("")];
  });
  assert.deepEqual(found, [
    { kind: "same" },
    { kind: "differs", found: "other content" },
    { kind: "differs", found: "other content (11 bytes)" },
    { kind: "differs", found: "mode 0644" },
    { kind: "differs", found: "a link is there" },
    { kind: "absent" },
    { kind: "differs", found: "a dir is there" },
  ]);
});

Deno.test("Verdicts.of() tells links and blocks", async () => {
  const text = "one\n# b\nbody of it\n# e\n";
  const found = await verdicts({ rc: text }, (home) => {
    const link = (path: string, target: string): Act => (
      { ...base(`link:${path}`), type: "link", path: `${home}/${path}`, target }
    );
    const block = (path: string, body: string, begin = "# b"): Act => (
      { ...base(`block:${path}`), type: "block", path: `${home}/${path}`, begin, end: "# e", body, mode: "0644" }
    );
    return [
      link("link", "target of it"),
      link("link", "another"),
      link("gone", "x"),
      block("rc", "body of it"),
      block("rc", "new"),
      block("rc", "x", "# other"),
      block("gone", "x"),
    ];
  });
  assert.deepEqual(found.map(({ kind }) => kind), ["same", "differs", "absent", "same", "differs", "absent", "absent"]);
});

Deno.test("Verdicts.of() takes a guard, a path that exists and an absent tool for what they are", async () => {
  const found = await verdicts({ there: "" }, (home) => [
    command({ unless: "true" }),
    command({ unless: "exit 1" }),
    command({ creates: `${home}/there` }),
    command({ creates: `${home}/gone` }),
    command({ needsTool: "no-such-tool-here" }),
  ]);
  assert.deepEqual(found.map((it) => it.kind === "unknown" ? it.why : it.kind), [
    "guarded",
    "only the record can say",
    "guarded",
    "only the record can say",
    "no-such-tool-here is not installed",
  ]);
});

Deno.test("probeProgram() runs no guard unless it is asked to, and writes nothing", async () => {
  const found = await verdicts({}, (home) => [command({ unless: `touch ${home}/ran` })], false);
  assert.deepEqual(found, [{ kind: "unknown", why: "only the record can say" }]);
});

Deno.test("probeProgram() has somebody hear the heartbeat while guards run, and nobody where there are none", () => {
  const text = (act: Act, guards: boolean) => probeProgram([{ n: 1, act }], { guards }).split("\n");
  const lines = text(command({ unless: "true" }), true);
  assert.deepEqual(lines.filter((line) => /listen|v_guard|deaf/.test(line)), [
    "warden && listen",
    "v_guard 1.g sh",
    "deaf",
  ]);
  assert.equal(text(command({ unless: "true" }), false).includes("deaf"), false);
  assert.equal(text(command(), true).includes("deaf"), false);
});
