import assert from "node:assert/strict";
import { type LocalDriver, localDriver, runName } from "../../shared/local_driver.ts";

const shells = ["/usr/bin/dash", "/usr/bin/bash", "/usr/bin/busybox"];

/** Looks and captures for files `numbers` in `dir`, as a batch has them. */
function captured(dir: string, numbers: readonly number[]): string {
  return [
    `looks ${numbers.map((n) => `${n} ${dir}/${n} 1`).join(" ")}`,
    ...numbers.map((n) => `pre_file ${n} file:${n} ${dir}/${n} x 0644 -`),
    "jsync",
  ].join("\n");
}
const puts = (dir: string, numbers: readonly number[]) =>
  numbers.map((n) => `put ${n} ${dir}/${n} 0644 - '=text ${n}' ${numbers[0]}`).join("\n");
const names = (path: string) => Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
const modeOf = (path: string) => (Deno.lstatSync(path).mode! & 0o7777).toString(8);
const states = async (driver: LocalDriver, program: string) => {
  const { reason, ended } = await driver.run(program);
  return { reason, states: Object.fromEntries([...ended].map(([n, { state }]) => [n, state])), ended };
};

for (const sh of shells) {
  Deno.test(`a row of files and links moves with one mv; each has its B before and its E behind it (${sh})`, async () => {
    await using driver = await localDriver({ sh, files: { "real/inside": "", "d/keep": "", "d/2": "old" } });
    const dir = `${driver.home}/d`;
    await Deno.symlink(`${driver.home}/real`, `${dir}/4`);
    const program = [
      `looks 1 ${dir}/1 1 2 ${dir}/2 1 3 ${dir}/3 - 4 ${dir}/4 -`,
      `pre_file 1 file:1 ${dir}/1 x 0640 -`,
      `pre_file 2 file:2 ${dir}/2 x 0755 -`,
      `pre_link 3 link:3 ${dir}/3 /elsewhere`,
      `pre_file 4 file:4 ${dir}/4 x 0640 -`,
      "jsync",
      "moves=0",
      'mv() { moves=$((moves + 1)); command mv "$@"; }',
      `put 1 ${dir}/1 0640 - '=one' 1`,
      `put 2 ${dir}/2 0755 ${Deno.uid()}:${Deno.gid()} '=two' 1`,
      `put_link 3 ${dir}/3 /elsewhere 1`,
      `put 4 ${dir}/4 0640 - '=' 1`,
      "placed",
      "unset -f mv",
      'fr C moves "$moves"',
    ].join("\n");
    const { reason, ended, frames } = await driver.run(`${program}\n`);
    assert.equal(reason, "done");
    assert.deepEqual([...ended].map(([n, { state }]) => `${n} ${state}`), ["1 ok", "2 ok", "3 ok", "4 ok"]);
    assert.deepEqual(
      frames.filter(({ type }) => type === "C").map(({ payload }) => new TextDecoder().decode(payload)),
      [
        "1",
      ],
    );
    assert.deepEqual(names(dir), ["1", "2", "3", "4", "keep"]);
    assert.deepEqual(["1", "2"].map((name) => Deno.readTextFileSync(`${dir}/${name}`)), ["one", "two"]);
    assert.deepEqual(["1", "2", "4"].map((name) => modeOf(`${dir}/${name}`)), ["640", "755", "640"]);
    assert.equal(Deno.readLinkSync(`${dir}/3`), "/elsewhere");
    assert.equal(Deno.lstatSync(`${dir}/4`).isFile, true);
    assert.deepEqual(names(`${driver.home}/real`), ["inside"]);
    assert.deepEqual((await driver.journal()).filter((record) => /^[BE] /.test(record)), [
      ...["B 1", "B 2", "B 3", "B 4"],
      ...["E 1 0 ok 0", "E 2 0 ok 0", "E 3 0 ok 0", "E 4 0 ok 0"],
    ]);
  });

  Deno.test(`a member of a row that cannot take its place fails, and is the only one that does (${sh})`, async () => {
    await using driver = await localDriver({ sh, files: { "d/keep": "" } });
    const dir = `${driver.home}/d`;
    const row = [1, 2, 3, 4];
    const given = await states(
      driver,
      `${captured(dir, row)}\n${puts(dir, row)}\ncommand mkdir ${dir}/3\nplaced\nput 5 ${dir}/5 0644 - =x\nplaced\n`,
    );
    assert.equal(given.reason, "failed");
    assert.deepEqual(given.states, { 1: "ok", 2: "ok", 3: "fail", 4: "ok" });
    assert.equal(given.ended.get(3)?.message, "a directory is there");
    assert.deepEqual(names(dir), ["1", "2", "3", "4", "keep"]);
    assert.deepEqual(names(`${dir}/3`), []);
  });

  Deno.test(`what cannot be written fails when those before it are in place, and nothing behind it begins (${sh})`, async () => {
    await using driver = await localDriver({ sh, files: { "d/keep": "" } });
    const dir = `${driver.home}/d`;
    const row = [1, 2, 3, 4];
    const program = `${captured(dir, [...row, 5, 6])}\n${puts(dir, row)}\nput 5 ${dir}/none/5 0644 - =x\n` +
      `put 6 ${dir}/6 0644 - =x\nplaced\n`;
    const given = await states(driver, program);
    assert.deepEqual(given.states, { 1: "ok", 2: "ok", 3: "ok", 4: "ok", 5: "fail" });
    assert.match(given.ended.get(5)?.message ?? "", /^cannot write beside /);
    assert.deepEqual(names(dir), ["1", "2", "3", "4", "keep"]);
  });

  Deno.test(`a row whose owner is refused says whose, after those it could give away (${sh})`, async () => {
    await using driver = await localDriver({ sh, files: { "d/keep": "" } });
    const dir = `${driver.home}/d`;
    const program = `${captured(dir, [1, 2])}\nput 1 ${dir}/1 0600 ${Deno.uid()}:${Deno.gid()} =x 1\n` +
      `put 2 ${dir}/2 0600 no-such-user =x 1\nplaced\n`;
    const given = await states(driver, program);
    assert.deepEqual(given.states, { 1: "ok", 2: "fail" });
    assert.equal(given.ended.get(2)?.message, "cannot give the file to no-such-user");
    assert.deepEqual(names(dir), ["1", "keep"]);
  });

  Deno.test(`nothing of a row moves when its B records cannot be written, and nothing of it stays (${sh})`, async () => {
    await using driver = await localDriver({ sh, files: { "d/keep": "" } });
    const dir = `${driver.home}/d`;
    const row = [1, 2, 3, 4];
    const given = await states(
      driver,
      `${captured(dir, row)}\n${puts(dir, row)}\nexec 6>/dev/full\nplaced\nexec 6>>"$RD/journal"\n`,
    );
    assert.equal(given.reason, "journal");
    assert.deepEqual(given.states, {});
    assert.deepEqual(names(dir), ["keep"]);
  });

  Deno.test(`un_path and un_dir remove what is ours together, and keep what was edited (${sh})`, async () => {
    await using driver = await localDriver({ sh, files: { "d/1": "x", "d/2": "edited", "d/3": "x", "e/left": "" } });
    const { home } = driver;
    const x = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    const item = (n: number) => `un_path ${n} file:${n} ${home}/d/${n} absent file ${x}`;
    const { reason, ended } = await driver.run(
      [
        "FORCE= KEEPING= UNQ=1 UL=' '",
        "removals=0",
        'rm() { case $* in *"$HOME"/[de]/*) removals=$((removals + 1)) ;; esac; command rm "$@"; }',
        `un_look 1 ${home}/d/1 2 ${home}/d/2 3 ${home}/d/3 4 ${home}/d/4`,
        ...[1, 3, 4, 2].map(item),
        `un_dir 5 dir:e ${home}/e absent 0755`,
        `un_dir 6 dir:none ${home}/none absent 0755`,
        "un_flush",
        "UNQ=",
        "unset -f rm",
        'warn 0 "$removals"',
      ].join("\n") + "\n",
    ).then((given) => {
      assert.deepEqual(given.warnings, ["1"]);
      return given;
    });
    assert.equal(reason, "done");
    assert.deepEqual(Object.fromEntries([...ended].map(([n, { state }]) => [n, state])), {
      1: "undone",
      3: "undone",
      4: "gone",
      2: "kept:edited",
      5: "released",
      6: "gone",
    });
    assert.deepEqual(names(`${home}/d`), ["2"]);
    assert.deepEqual((await driver.journal()).filter((record) => /^[UV] /.test(record)).slice(0, 4), [
      "U 1 file:1",
      "U 3 file:3",
      "V 1 undone",
      "V 3 undone",
    ]);
  });

  Deno.test(`litter takes what a killed run left beside a place, and nothing else (${sh})`, async () => {
    const of = (n: number) => `.charly-${runName}-${n}`;
    await using driver = await localDriver({
      sh,
      files: { [`d/${of(1)}`]: "", [`d/${of(1)}.d/1`]: "", [`d/${of(1)}.p`]: "", [`d/${of(10)}`]: "", "d/1": "mine" },
    });
    await driver.run(`litter ${runName} 1 ${driver.home}/d/1\n`);
    assert.deepEqual(names(`${driver.home}/d`), [of(10), "1"]);
  });
}
