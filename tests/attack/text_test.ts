/** Case 1: what people write reaches a target as it is, through the whole engine and back, and is never read as a program. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { quoteWord } from "../../lib/command/quote.ts";
import { type AttackRig, attackRig, escaped, venues } from "../shared/attack_rig.ts";
import { hostileBytes, hostileName, hostileText, hostileWords, longText } from "../shared/hostile_text.ts";
import type { Written } from "../shared/local_rig.ts";
import { timeless } from "../shared/local_rig.ts";
import { sample } from "../shared/sample.ts";
import { diffTrees, type Tree } from "../shared/tree.ts";

const encoder = new TextEncoder();
/** Home is put in where it is named; everything else of a value stays. */
const isLiteral = (text: string) => !text.includes("$HOME") && !text.startsWith("~");
const value = hostileText.filter(isLiteral);
const name = hostileName.filter(isLiteral);

/** One candy with a text in every place of a user's steps that takes one. */
function candyOf(rig: AttackRig, of: {
  readonly dir: string;
  readonly file: string;
  readonly target: string;
  readonly value: string;
  readonly words: string;
}): Written {
  const out = `${rig.home}/${of.dir}/out`;
  return {
    candies: {
      probe: {
        description: of.words,
        env: { HOSTILE: of.value },
        shell: { bash: { init: `HOSTILE_INIT=${quoteWord(of.value)}` } },
        plan: [
          { mkdir: `~/${of.dir}/made ${of.file}`, description: of.words },
          { write: `~/${of.dir}/${of.file}`, content: of.value, mode: "0600" },
          { copy: "bytes", to: `~/${of.dir}/copy of ${of.file}` },
          { link: `~/${of.dir}/link ${of.file}`, target: of.target },
          {
            command: `printf %s "$VALUE" >"$OUT"\nprintf %s ${quoteWord(of.value)} >"$OUT.literal"`,
            env: { VALUE: of.value, OUT: out },
            unless: `test -e "$OUT" || ! test ${quoteWord(of.value)} = ${quoteWord(of.value)}`,
            undo: `test "$VALUE" = ${quoteWord(of.value)} && rm -f -- "$OUT" "$OUT.literal"`,
          },
        ],
      },
    },
  };
}

/** What a shell says after it has read a file. */
async function sourced(shell: string, file: string, variable: string): Promise<string> {
  const { stdout } = await new Deno.Command(shell, {
    args: ["-c", `. "$1" >/dev/null 2>&1; printf %s "$${variable}"`, shell, file],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent" },
    cwd: "/",
  }).output();
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(stdout);
}

for (const venue of venues) {
  Deno.test(`${venue}: any text goes through config, plan, apply, drift and undo and stays what it is`, async () => {
    await using rig = await attackRig(venue);
    await Deno.writeTextFile(`${rig.home}/.bashrc`, "");
    if (rig.sshd !== undefined) await chownTo(rig.sshd.user, `${rig.home}/.bashrc`);
    const before = await rig.tree();
    await fc.assert(
      fc.asyncProperty(name, name, hostileWords.filter(isLiteral), value, hostileBytes, hostileWords, async (
        dir,
        file,
        target,
        text,
        bytes,
        words,
      ) => {
        fc.pre(dir !== file && !/\$\{[A-Za-z_]/.test(target));
        await cleared(rig, before); // of a run that failed: a shorter example of it must not fail for another reason
        await Deno.mkdir(`${rig.root}/candy/probe`, { recursive: true });
        await Deno.writeFile(`${rig.root}/candy/probe/bytes`, bytes);
        const written = candyOf(rig, { dir, file, target, value: text, words });
        await rig.applied(written);
        const read = async (path: string) => Array.from(await rig.read(`${dir}/${path}`));
        assert.deepEqual(await read(file), Array.from(encoder.encode(text)));
        assert.deepEqual(await read(`copy of ${file}`), Array.from(bytes));
        assert.deepEqual(await read("out"), Array.from(encoder.encode(text)));
        assert.deepEqual(await read("out.literal"), Array.from(encoder.encode(text)));
        assert.equal(await Deno.readLink(`${rig.home}/${dir}/link ${file}`), target);
        assert.ok((await Deno.stat(`${rig.home}/${dir}/made ${file}`)).isDirectory);
        assert.equal(await sourced("sh", `${rig.home}/.config/opencharly/env.d/probe.env`, "HOSTILE"), text);
        assert.equal(await sourced("bash", `${rig.home}/.bashrc`, "HOSTILE_INIT"), text);
        assert.deepEqual(await rig.drift(written), []);
        assert.equal((await rig.applied(written)).result, "unchanged");
        const undone = await rig.del();
        assert.deepEqual([undone.result, undone.error, undone.left], ["changed", undefined, []]);
        assert.deepEqual(diffTrees(timeless(before), timeless(await rig.tree())), []);
        assert.deepEqual(await escaped(rig), []);
      }),
      { numRuns: venue === "local" ? sample(5, 200) : sample(2, 40) },
    );
  });
}

/** The home with nothing but the files that were there before. */
async function cleared(rig: AttackRig, before: Tree): Promise<void> {
  for await (const { name } of Deno.readDir(rig.home)) {
    if (!before.has(name)) await Deno.remove(`${rig.home}/${name}`, { recursive: true });
  }
  await Deno.truncate(`${rig.home}/.bashrc`);
}

async function chownTo(user: string, path: string): Promise<void> {
  const { success } = await new Deno.Command("chown", { args: [`${user}:`, path] }).output();
  assert.ok(success);
}

// On openssh in the whole attack only: what a transport may do to long texts, tests/live/executor_ssh_test.ts holds for both.
for (const venue of venues.slice(0, sample(2, 3))) {
  Deno.test(`${venue}: texts of 64 KiB and 1 MiB go there and back`, async () => {
    await using rig = await attackRig(venue);
    const before = await rig.tree();
    const kib64 = longText(64 * 1024), mib = longText(1024 * 1024);
    const written: Written = {
      candies: {
        probe: {
          description: mib,
          env: { LONG: kib64 },
          shell: { bash: { init: `: ${quoteWord(mib.replaceAll("\n", " "))}` } },
          plan: [
            { write: "~/a", content: mib },
            {
              command: `printf %s ${quoteWord(mib)} >~/b`,
              undo: `test ${quoteWord(mib)} != x && rm ~/b`,
              description: mib,
            },
            { command: `printf %s "$LONG" >~/c`, env: { LONG: kib64 }, undo: "rm ~/c" },
          ],
        },
      },
    };
    await rig.applied(written);
    assert.deepEqual(
      await Promise.all(["a", "b", "c"].map(async (it) => new TextDecoder().decode(await rig.read(it)))),
      [mib, mib, kib64],
    );
    assert.ok(new TextDecoder().decode(await rig.read(".bashrc")).includes(quoteWord(mib.replaceAll("\n", " "))));
    assert.equal(await sourced("sh", `${rig.home}/.config/opencharly/env.d/probe.env`, "LONG"), kib64);
    assert.deepEqual(await rig.drift(written), []);
    assert.equal((await rig.applied(written)).result, "unchanged");
    assert.deepEqual((await rig.del()).left, []);
    assert.deepEqual(diffTrees(timeless(before), timeless(await rig.tree())), []);
    assert.deepEqual(await escaped(rig), []);
  });
}
