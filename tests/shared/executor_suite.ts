/** What every executor must do, run on each of them. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { quoteWord as quote } from "../../lib/command/quote.ts";
import { batchProgram } from "../../lib/deploy/program/batch.ts";
import type { ByteSource, DeployExecutor } from "../../lib/execute/executor.ts";
import type { Frame } from "../../lib/execute/frames.ts";
import { payloadText } from "../../lib/execute/frames.ts";
import type { Act, Content } from "../../lib/steps/act.ts";

/** What the suite runs on. */
export interface ExecutorSubject extends AsyncDisposable {
  readonly executor: DeployExecutor;
}

const encoder = new TextEncoder();
const noSecrets = { secrets: new Map<string, string>(), runIf: () => "always" as const, fetchesItself: true };

/** Pieces that break what quotes carelessly. */
const pieces = [
  ..."'\"`\\$!*?~#;&|<>()[]{}= \n\r\t%^\u0001\u007f",
  ...[
    "$(touch escaped)",
    "`touch escaped`",
    "';touch escaped;'",
    '";touch escaped;"',
    "\n. \n",
    "$HOME",
    "${x}",
    "-rf",
    "--",
  ],
  ...["é", "日本", "👩‍👩‍👧", "\u0301", "\u202e", "EOF\n", "%s%n", "\\n", "a", "Z", "0"],
];
const text = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 14 }).map((parts) => parts.join(""));
/** A name in a directory: any bytes of UTF-8 but `/` and NUL. */
const name = text.filter((it) => it !== "." && it !== "..").map((it) => [...it].slice(0, 60).join(""))
  .filter((it) => it !== "." && it !== "..");
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 3000, size: "max" }),
  text.map((it) => encoder.encode(it)),
  fc.constantFrom(new Uint8Array(), new Uint8Array([0, 255, 254, 0, 10]), encoder.encode("no end of line")),
);

/** Registers the suite for one executor; `subject` builds it anew for each test. */
export function executorSuite(title: string, subject: () => Promise<ExecutorSubject>): void {
  const test = (does: string, body: (executor: DeployExecutor, place: string) => Promise<void>) =>
    Deno.test(`${title} ${does}`, async () => {
      await using built = await subject();
      const { executor } = built;
      const home = /^home=(.*)$/m.exec(await executor.probe("user"))?.[1] ?? "";
      const place = `${home === "/" ? "" : home}/executor suite's "place"`;
      await ask(executor, `mkdir -p -- ${quote(place)}`);
      try {
        await body(executor, place);
        assert.equal(await ask(executor, `cd ${quote(place)} && find . -name escaped -o -name '.charly-*'`), "");
      } finally {
        await ask(executor, `rm -rf -- ${quote(place)}; unlock; store_remove`);
      }
    });

  test("says what it runs on", async (executor) => {
    const hello = await executor.probe("user");
    assert.match(hello, /^uid=\d+$/m);
    assert.match(hello, /^home=\//m);
    assert.equal(executor.isOpen("user"), true);
    assert.equal(executor.isOpen("root"), false);
    assert.notEqual(executor.venue, "");
  });

  test("runs programs one after the other in one shell, with their journal numbers", async (executor) => {
    const end = await executor.run("KEPT=1; SEQ=$((SEQ + 2))", { level: "user", seq: 40 });
    assert.deepEqual(end, { reason: "done", seq: 42 });
    assert.equal(await ask(executor, "echo kept $KEPT"), "kept 1\n");
    assert.equal((await executor.run("HALT=failed", { level: "user" })).reason, "failed");
    assert.equal((await executor.run(":", { level: "user" })).reason, "done");
  });

  test("reads nothing of the target's while a listener takes its time", async (executor) => {
    const order: string[] = [];
    await executor.run("fr V 0 one one; fr V 0 two two", {
      level: "user",
      onFrame: async (frame) => {
        order.push(`begin ${payloadText(frame)}`);
        await Promise.resolve();
        order.push(`end ${payloadText(frame)}`);
      },
    });
    assert.deepEqual(order, ["begin one", "end one", "begin two", "end two"]);
  });

  test("puts and gets any bytes under any name", async (executor, place) => {
    await fc.assert(
      fc.asyncProperty(name, bytes, async (file, content) => {
        const path = `${place}/${file}`;
        await executor.put(path, source(content), { level: "user", mode: "0640", sha256: sha256(content) });
        assert.deepEqual(await got(executor, path), content);
        assert.equal(await ask(executor, `cd / && stat -c %a -- ${quote(path)}`), "640\n");
      }),
      { numRuns: 15 },
    );
  });

  test("puts and gets 3 MiB, the second time from where the first was cut", async (executor, place) => {
    const content = patterned(3 * 1024 * 1024 + 17);
    const path = `${place}/small`, options = { level: "user", mode: "0755", sha256: sha256(content) } as const;
    const left = `${place}/.charly-put-${options.sha256.slice(0, 24)}`;
    await ask(executor, `: >${quote(path)}; dd if=/dev/zero bs=1 count=1 2>/dev/null >${quote(left)}`);
    assert.deepEqual(await executor.put(path, source(content), options), { resumed: 1 });
    assert.equal(sha256(await got(executor, path)), options.sha256);
    await ask(executor, `echo damaged >${quote(left)}`); // not a beginning of these bytes
    assert.deepEqual(await executor.put(path, source(content), options), { resumed: 0 });
    assert.equal(sha256(await got(executor, path)), options.sha256);
  });

  test("puts 21 MiB in parts, the second time without those that were whole", async (executor, place) => {
    const content = patterned(21 * 1024 * 1024 + 17), part = 4 * 1024 * 1024;
    const path = `${place}/large`, options = { level: "user", mode: "0640", sha256: sha256(content) } as const;
    const left = quote(`${place}/.charly-put-${options.sha256.slice(0, 24)}`);
    assert.deepEqual(await executor.put(path, source(content), options), { resumed: 0 });
    assert.equal(sha256(await got(executor, path)), options.sha256);
    // the first, the third and the last part are whole; a note that was cut, and what is none, says nothing
    const notes = (...lines: string[]) => `printf '%s\\n' ${lines.map(quote).join(" ")} >${left}.p`;
    await ask(
      executor,
      `cp -- ${quote(path)} ${left}; ${notes("0 4194304", "32 4194304", "80 1048593", "48 41", "x")}`,
    );
    assert.deepEqual(await executor.put(path, source(content), options), { resumed: 2 * part + 1048593 });
    assert.equal(sha256(await got(executor, path)), options.sha256);
    await ask(
      executor,
      `dd if=/dev/zero of=${left} bs=1048576 count=21 2>/dev/null; ${notes("0 4194304", "16 4194304")}`,
    );
    assert.deepEqual(await executor.put(path, source(content), options), { resumed: 0 });
    assert.equal(sha256(await got(executor, path)), options.sha256);
    await ask(executor, `dd if=/dev/zero of=${left} bs=1048576 count=40 2>/dev/null`); // longer than the file, nothing noted
    await executor.put(path, source(content), options);
    assert.equal(await ask(executor, `cd / && stat -c '%a %s' -- ${quote(path)}`), `640 ${content.length}\n`);
  });

  test("says that a source has other bytes than it announced", async (executor, place) => {
    const content = patterned(9 * 1024 * 1024);
    const put = (size: number) =>
      executor.put(`${place}/f`, { ...source(content), size }, {
        level: "user",
        mode: "0600",
        sha256: sha256(content),
      });
    for (const size of [content.length - 1, content.length + 1]) await assert.rejects(put(size), { code: "blob-size" });
    await ask(executor, `rm -f ${quote(place)}/.charly-put-*`);
  });

  test("shows neither a half nor a wrong file to anybody", async (executor, place) => {
    await executor.put(`${place}/f`, source(encoder.encode("before")), {
      level: "user",
      mode: "0600",
      sha256: sha256(encoder.encode("before")),
    });
    const wrong = { level: "user", mode: "0644", sha256: sha256(encoder.encode("announced")) } as const;
    await assert.rejects(executor.put(`${place}/f`, source(encoder.encode("sent")), wrong), {
      code: "put-failed",
      message: `put ${place}/f: other bytes arrived than were sent`,
    });
    assert.equal(new TextDecoder().decode(await got(executor, `${place}/f`)), "before");
  });

  test("says why a file cannot be put or got, and goes on", async (executor, place) => {
    const options = { level: "user", mode: "0644", sha256: sha256(new Uint8Array()) } as const;
    const put = (path: string) => executor.put(path, source(new Uint8Array()), options);
    await assert.rejects(put(`${place}/no/f`), {
      code: "put-failed",
      message: `put ${place}/no/f: no directory ${place}/no`,
    });
    await assert.rejects(put(place), { code: "put-failed", message: `put ${place}: a directory is there` });
    await assert.rejects(put("relative"), { code: "put-failed" });
    await assert.rejects(got(executor, `${place}/no`), {
      code: "get-failed",
      message: `get ${place}/no: no such file`,
    });
    await ask(executor, `mkfifo ${quote(`${place}/fifo`)}`);
    for (const path of [place, `${place}/fifo`]) {
      await assert.rejects(got(executor, path), { message: `get ${path}: that is no regular file` });
    }
    await put(`${place}/empty`);
    assert.deepEqual(await got(executor, `${place}/empty`), new Uint8Array());
  });

  test("copies a file to another name at once, and lets go of one that is read no further", async (executor, place) => {
    const content = crypto.getRandomValues(new Uint8Array(65536));
    const large = new Uint8Array(50 * 65536);
    for (let at = 0; at < large.length; at += content.length) large.set(content, at);
    const options = { level: "user", mode: "0644", sha256: sha256(large) } as const;
    await executor.put(`${place}/a`, source(large), options);
    const stream = executor.get(`${place}/a`, { level: "user" });
    await executor.put(`${place}/b`, { size: large.length, open: () => stream }, options);
    assert.equal(sha256(await got(executor, `${place}/b`)), options.sha256);
    for await (const _chunk of executor.get(`${place}/a`, { level: "user" })) break;
    assert.equal(await ask(executor, "echo still here"), "still here\n");
  });

  test("holds back a file that is read slowly", async (executor, place) => {
    await ask(executor, `dd if=/dev/zero of=${quote(`${place}/large`)} bs=1048576 count=160 2>/dev/null`);
    const reader = executor.get(`${place}/large`, { level: "user" }).getReader();
    await reader.read();
    const before = Deno.memoryUsage().rss;
    await executor.run("sleep 1", { level: "user" }); // time in which 160 MiB would have come
    assert.ok(Deno.memoryUsage().rss - before < 48 * 1024 * 1024);
    await reader.cancel();
  });

  test("takes names, contents, link targets, values and bodies as they are", async (executor, place) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(name, name, bytes, text, text, async (file, link, content, target, value) => {
        const at = `${place}/${++run}`, out = `${at}/out`;
        const acts: Act[] = [
          { ...act, type: "file", path: `${at}/d ${file}/${file}`, content: contentOf(content), mode: "0600" },
          { ...act, type: "link", path: `${at}/l ${link}`, target },
          { ...act, ...command, text: `printf %s "$VALUE" >${quote(out)}`, env: { VALUE: value } },
          // No piece begins like the tag: dash 0.5.12 itself loses the byte after such a beginning if it is not ASCII.
          { ...act, ...command, text: `cat >${quote(`${out}2`)} <<'RARE TAG'\n${value}\nRARE TAG\n` },
          block(`${at}/block`, value.replaceAll(/[\n\r]/g, " ").trim() || "-"),
        ];
        const ends = await runActs(executor, run, acts);
        assert.deepEqual(ends, ["1 ok", "2 ok", "3 ok", "4 ok", "5 ok"]);
        assert.deepEqual(await got(executor, `${at}/d ${file}/${file}`), content);
        assert.equal(await ask(executor, `readlink -- ${quote(`${at}/l ${link}`)}`), `${target}\n`);
        assert.deepEqual(await got(executor, out), encoder.encode(value));
        assert.deepEqual(await got(executor, `${out}2`), encoder.encode(`${value}\n`));
        const line = value.replaceAll(/[\n\r]/g, " ").trim() || "-";
        assert.deepEqual(await got(executor, `${at}/block`), encoder.encode(`# begin\n${line}\n# end\n`));
      }),
      { numRuns: 8 },
    );
  });

  test("carries strings of 1 MiB", async (executor, place) => {
    const long = "l'été $(x) `y` \\\n".repeat(70_000).slice(0, 1024 * 1024);
    const ends = await runActs(executor, 1, [
      { ...act, type: "file", path: `${place}/f`, content: contentOf(encoder.encode(long)), mode: "0644" },
      { ...act, ...command, text: `printf %s "$LONG" >${quote(`${place}/v`)}`, env: { LONG: long } },
      { ...act, ...command, text: `printf %s ${quote(long)} >${quote(`${place}/t`)}` },
    ]);
    assert.deepEqual(ends, ["1 ok", "2 ok", "3 ok"]);
    for (const file of ["f", "v", "t"]) {
      assert.equal(sha256(await got(executor, `${place}/${file}`)), sha256(encoder.encode(long)), file);
    }
  });

  test("is closed twice without harm, and does nothing afterwards", async (executor) => {
    // the end of the test asks once more, so it is another executor's turn to be closed
    await using other = await subject();
    await other.executor.probe("user");
    await other.executor.close();
    await other.executor.close();
    await assert.rejects(other.executor.put("/tmp/x", source(new Uint8Array()), {
      level: "user",
      mode: "0644",
      sha256: sha256(new Uint8Array()),
    }));
    assert.equal(await ask(executor, "echo here"), "here\n");
  });
}

const act = {
  resource: "test:one",
  step: 1,
  candy: "test",
  level: "user",
  summary: "test",
  reversibility: "none",
} as const;
const command = { type: "command", shell: "sh", env: {}, path: [], secrets: [] } as const;
const block = (path: string, body: string): Act => ({
  ...act,
  type: "block",
  path,
  begin: "# begin",
  end: "# end",
  body,
  mode: "0644",
});

/** Runs acts as a run does, and gives how each ended. */
export async function runActs(executor: DeployExecutor, run: number, acts: readonly Act[]): Promise<string[]> {
  const numbered = acts.map((it, index) => ({ n: index + 1, act: { ...it, resource: `${it.resource}${index}` } }));
  const { text, blobs } = await batchProgram(numbered, noSecrets);
  const id = `r${String(run).padStart(8, "0")}-00000000`;
  const frames: Frame[] = [];
  const onFrame = (frame: Frame) => void frames.push(frame);
  const opened = await executor.run(`RUN=${id}\nhold 5 test && run_open || HALT=failed`, { level: "user", onFrame });
  assert.equal(opened.reason, "done", frames.map((it) => `${it.type} ${payloadText(it)}`).join("\n"));
  await executor.run(text, { level: "user", blobs, onFrame });
  await executor.run("exec 6>&-; RD=; unlock", { level: "user" });
  return frames.filter((it) => it.type === "E").map((it) =>
    `${it.step} ${it.args[1]}${it.payload.length === 0 ? "" : `: ${payloadText(it)}`}`
  );
}

/** What shell text prints. */
export async function ask(executor: DeployExecutor, script: string): Promise<string> {
  let said = "";
  const { reason } = await executor.run(`_x=$({ ${script}\n} 2>&1; echo .)\nfr V 0 "\${_x%.}" said\n`, {
    level: "user",
    onFrame: (frame) => void (said += payloadText(frame)),
  });
  assert.equal(reason, "done");
  return said;
}

async function got(executor: DeployExecutor, path: string): Promise<Uint8Array> {
  return new Uint8Array(await new Response(executor.get(path, { level: "user" })).arrayBuffer());
}

function patterned(size: number): Uint8Array {
  const content = new Uint8Array(size);
  for (let at = 0; at < size; at += 4096) content[at] = at >> 12;
  return content;
}

function source(content: Uint8Array): ByteSource {
  return {
    size: content.length,
    async *open() {
      await Promise.resolve();
      for (let at = 0; at < content.length; at += 65536) yield content.subarray(at, at + 65536);
    },
  };
}

function contentOf(content: Uint8Array): Content {
  return { sha256: sha256(content), size: content.length, from: { kind: "bytes", bytes: content } };
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
