import assert from "node:assert/strict";
import { localDriver, runName } from "../../shared/local_driver.ts";

const shells = ["/usr/bin/dash", "/usr/bin/bash"];

for (const sh of shells) {
  Deno.test(`do_file replaces a link to a directory, and writes nothing into the directory (${sh})`, async () => {
    await using driver = await localDriver({ sh, files: { "real/inside": "" } });
    const { home } = driver;
    await Deno.symlink(`${home}/real`, `${home}/it`);
    const { ended } = await driver.run(
      `looks 1 ${home}/it -\npre_file 1 file:it ${home}/it x 0644 -\njsync\ndo_file 1 ${home}/it 0644 - =new`,
    );
    assert.equal(ended.get(1)?.state, "ok");
    assert.equal(await Deno.readTextFile(`${home}/it`), "new");
    assert.equal((await Deno.lstat(`${home}/it`)).isFile, true);
    assert.deepEqual((await Array.fromAsync(Deno.readDir(`${home}/real`))).map(({ name }) => name), ["inside"]);
  });

  Deno.test(`do_link replaces a link to a directory (${sh})`, async () => {
    await using driver = await localDriver({ sh, files: { "real/inside": "" } });
    const { home } = driver;
    await Deno.symlink(`${home}/real`, `${home}/it`);
    const { ended } = await driver.run(
      `looks 1 ${home}/it -\npre_link 1 link:it ${home}/it /elsewhere\njsync\ndo_link 1 ${home}/it /elsewhere`,
    );
    assert.equal(ended.get(1)?.state, "ok");
    assert.equal(await Deno.readLink(`${home}/it`), "/elsewhere");
  });

  Deno.test(`what a program prints unasked does not fall between the frames (${sh})`, async () => {
    await using driver = await localDriver({ sh });
    const { reason } = await driver.run("echo this is no frame\necho nor this >&2\nwarn 1 seen\n");
    assert.equal(reason, "done");
    assert.match(await Deno.readTextFile(`${driver.store}/runs/${runName}/stderr`), /this is no frame\nnor this\n/);
  });

  Deno.test(`parents_mk makes nothing when its records could not be written (${sh})`, async () => {
    await using driver = await localDriver({ sh });
    const { home } = driver;
    const { reason } = await driver.run(
      `exec 6>/dev/full\nparents_rec 1 ${home}/a dir:a ${home}/a/b dir:b\njsync\nparents_mk ${home}/a ${home}/a/b\n` +
        `exec 6>>"$RD/journal"\n`,
    );
    assert.equal(reason, "journal");
    await assert.rejects(Deno.stat(`${home}/a`), Deno.errors.NotFound);
  });

  Deno.test(`an act whose prior state cannot be written down fails, and none after it begins (${sh})`, async () => {
    await using driver = await localDriver({ sh });
    const { reason, ended } = await driver.run(
      "jsync() { return 1; }\nBODY=true UNLESS= TOUCH=\ncommand_act 1 kill 10 sh always ''\ncommand_act 2 kill 10 sh always ''\n",
    );
    assert.equal(reason, "failed");
    assert.equal(ended.get(1)?.state, "fail");
    assert.match(ended.get(1)?.message ?? "", /cannot record what is there now/);
    assert.equal(ended.has(2), false);
  });

  Deno.test(`the lock is free as soon as unlock returns, though the shell lives on (${sh})`, async () => {
    await using driver = await localDriver({ sh });
    await driver.run(":\n");
    await driver.run('exec 6>&-\nrm -rf "$RD" "$BL"\nRD=\nunlock\n');
    const lock = `${driver.home}/.config/opencharly/installed/.lock`;
    const taken = await new Deno.Command("flock", { args: ["-n", lock, "true"] }).output();
    assert.equal(taken.code, 0);
    const again = await driver.run(`RUN=r00000002-00c0ffee\nhold 0 test && run_open\n`);
    assert.deepEqual(again.frames.filter(({ type }) => type === "L").map(({ args }) => args[0]), ["taken"]);
  });

  Deno.test(`hold starts a warden that holds the lock even when one watched over a guard before (${sh})`, async () => {
    await using driver = await localDriver({ sh, hold: false });
    await driver.run("warden\n");
    await driver.run(`RUN=${runName}\nhold 5 test && run_open && fr C lockers "$(ls -l /proc/$WPID/fd)"\n`).then(
      ({ frames }) => {
        const [lockers] = frames.filter(({ type }) => type === "C");
        assert.match(new TextDecoder().decode(lockers?.payload), /installed\/\.lock/);
      },
    );
  });
}

Deno.test("store_make answers instead of searching for ever when no directory of the home exists", async () => {
  await using driver = await localDriver({ hold: false });
  const { frames } = await driver.run(
    "STORE=/no-such-top/engine GO=\nmkdir() { return 1; }\nif store_make; then fr C made yes; else fr C made no; fi\nunset -f mkdir\n",
  );
  assert.deepEqual(frames.filter(({ type }) => type === "C").map(({ payload }) => new TextDecoder().decode(payload)), [
    "no",
  ]);
});

Deno.test("lock_dir takes the lock of an owner that is gone, and leaves that of one that lives", async () => {
  await using driver = await localDriver({ hold: false });
  const dir = driver.dir.join("l.d");
  const boot = (await Deno.readTextFile("/proc/sys/kernel/random/boot_id")).trim();
  const stat = await Deno.readTextFile(`/proc/${Deno.pid}/stat`);
  const start = stat.slice(stat.lastIndexOf(") ") + 2).split(" ")[19];
  const lock = `LOCK=${
    driver.dir.join("l")
  } STORE=${driver.home}\nif lock_dir 0; then fr C got yes; else fr C got no; fi\n`;
  const answer = async () =>
    (await driver.run(lock)).frames.filter(({ type }) => type === "C").map(({ payload }) =>
      new TextDecoder().decode(payload)
    );
  await driver.dir.write({ "l.d/owner": `${boot} ${Deno.pid} ${start}\n` });
  assert.deepEqual(await answer(), ["no"]);
  assert.match(await Deno.readTextFile(`${dir}/owner`), new RegExp(` ${Deno.pid} `));
  await driver.dir.write({ "l.d/owner": `${boot} ${Deno.pid} 1\n` });
  assert.deepEqual(await answer(), ["yes"]);
  assert.match(await Deno.readTextFile(`${dir}/owner`), /^\S+ \d+ \d+\n$/);
});
