import assert from "node:assert/strict";
import fc from "fast-check";
import type { Shell, ShellValue } from "../../../lib/entities/shell.ts";
import { localShell } from "../../../lib/tasks/local_shell.ts";
import { remoteShell } from "../../../lib/tasks/remote_shell.ts";
import { fromBase64 } from "../../../lib/tasks/protocol.ts";
import { renderScript } from "../../../lib/tasks/render.ts";

/** Prints its arguments, each followed by a NUL: what a program really got. */
const printer = "#!/bin/sh\nfor arg; do printf '%s\\0' \"$arg\"; done\n";

async function withShells(act: (shells: { local: Shell; remote: Shell }) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/args`, printer, { mode: 0o755 });
    const local = localShell({
      env: { PATH: "/usr/bin:/bin" },
      cwd: dir,
      programs: { args: `${dir}/args`, printf: "/usr/bin/printf", printenv: "/usr/bin/printenv" },
    });
    const remote = remoteShell("web", async (request, output) => {
      const script = renderScript(request);
      const child = new Deno.Command("/bin/sh", {
        args: ["-c", script],
        cwd: dir,
        env: { PATH: `${dir}:/usr/bin:/bin` },
        clearEnv: true,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const writer = child.stdin.getWriter();
      // A program that reads nothing may be gone already.
      await writer.write(fromBase64(request.stdin ?? "")).then(() => writer.close()).catch(() => {});
      const { code, stdout, stderr } = await child.output();
      output(1, stdout);
      output(2, stderr);
      return code;
    }, () => {});
    await act({ local, remote });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const argv = async (command: { bytes(): Promise<Uint8Array> }) =>
  new TextDecoder().decode(await command.bytes()).split("\0").slice(0, -1);

/** The same template in both shells. */
const forms: readonly ((shell: Shell, a: ShellValue, b: ShellValue) => { bytes(): Promise<Uint8Array> })[] = [
  ($, a, b) => $`args ${a} ${b}`,
  ($, a, b) => $`args --x=${a}${b}`,
  ($, a, b) => $`args "${a} and ${b}" end`,
  ($, a, b) => $`args 'x ${a}' y${b}`,
  ($, a, b) => $`args ${[a, b, "last"]}`,
  ($, a, b) => $`args ${a} && args ${b}`,
];

const nasty = [
  "",
  "-rf",
  "--",
  "$(touch x)",
  "`touch x`",
  "it's",
  '"',
  "\\",
  "a\nb",
  " ",
  "*",
  "~",
  "$HOME",
  "a=b",
  "é😀",
  "\x01\x7f",
  "\t",
  "!!",
  "'\"'\"'",
  "\\'",
  "${x}",
  "a;b",
  "#c",
  "|",
  "&",
  "\r\n",
];

Deno.test("$ and hosts.x.$ give a program the same words, exactly those that were written", async () => {
  await withShells(async ({ local, remote }) => {
    const value = fc.oneof(
      fc.constantFrom(...nasty),
      fc.string({ unit: "grapheme", maxLength: 30 }).filter((text) => !text.includes("\0")),
    );
    await fc.assert(
      fc.asyncProperty(value, value, fc.nat(forms.length - 1), async (a, b, form) => {
        const here = await argv(forms[form]!(local, a, b));
        const there = await argv(forms[form]!(remote, a, b));
        const meant =
          [[a, b], [`--x=${a}${b}`], [`${a} and ${b}`, "end"], [`x ${a}`, `y${b}`], [a, b, "last"], [a, b]][form];
        assert.deepEqual(there, meant);
        assert.deepEqual(here, meant);
      }),
      {
        numRuns: 150,
        examples: nasty.map((text, i) =>
          [text, nasty[(i + 7) % nasty.length]!, i % forms.length] as [string, string, number]
        ),
      },
    );
  });
});

Deno.test("$ and hosts.x.$ take numbers, booleans and arrays alike, and refuse the same values", async () => {
  await withShells(async ({ local, remote }) => {
    for (const $ of [local, remote]) {
      assert.deepEqual(await argv($`args ${1} ${true} ${["a b", 2]} x${[]}y`), ["1", "true", "a b", "2", "xy"]);
      assert.deepEqual(await argv($`args ${$.rawArg("a b")}`), ["a", "b"]);
      for (const bad of [null, undefined, {}, Promise.resolve("x")]) {
        assert.throws(() => $`args ${bad as never}`, `${bad}`);
      }
    }
  });
});

Deno.test("hosts.x.$ refuses a NUL byte, a value behind a redirection from a file, and a name that is no variable", async () => {
  await withShells(async ({ remote: $ }) => {
    await assert.rejects(async () => await $`args ${"a\0b"}`, /NUL/);
    assert.throws(() => $`args < ${"x"}`, /use .stdinText/);
    await assert.rejects(async () => await $`args`.env({ "A=1;touch x #": "b" }), /is no name of a variable/);
  });
});

Deno.test("hosts.x.$ gives text, lines, JSON, bytes and codes as dax does", async () => {
  await withShells(async ({ local, remote }) => {
    for (const $ of [local, remote]) {
      assert.equal(await $`printf ${"a\nb\n"}`.text(), "a\nb");
      assert.deepEqual(await $`printf ${"a\nb\n"}`.lines(), ["a", "b"]);
      assert.deepEqual(await $`printf %s ${'{"a":[1]}'}`.json(), { a: [1] });
      assert.equal((await $`exit 3`.noThrow()).code, 3);
      assert.equal((await $`exit 3`.noThrow(3)).code, 3);
      await assert.rejects(async () => await $`exit 4`.noThrow(3), /Exited with code: 4/);
      await assert.rejects(async () => await $`exit 3`, /Exited with code: 3/);
      assert.equal(await $`exit 5`.code(), 5);
      assert.equal(await $`printenv GREETING`.env("GREETING", "it's $5").text(), "it's $5");
      assert.equal(await $`pwd`.cwd("/").text(), "/");
      assert.equal(await $`cat`.stdinText("in\n").text(), "in");
    }
  });
});

Deno.test("hosts.x.$ passes output on that nobody captures, and keeps quiet when told to", async () => {
  const shown: string[] = [];
  const $ = remoteShell("web", (_request, output) => {
    output(1, new TextEncoder().encode("out"));
    output(2, new TextEncoder().encode("err"));
    return Promise.resolve(0);
  }, (stream, bytes) => shown.push(`${stream}${new TextDecoder().decode(bytes)}`));
  await $`x`;
  await $`x`.quiet();
  await $`x`.quiet("stdout");
  await $`x`.text();
  assert.deepEqual(shown, ["1out", "2err", "2err", "2err"]);
});
