/** Cases 2, 3 and 5: a target that prints what charly itself would print decides nothing by it. */
import assert from "node:assert/strict";
import { parseConfig } from "../../lib/config/parse.ts";
import type { PlanEntry } from "../../lib/entities/plan_entry.ts";
import { type AttackRig, attackRig, type Venue, venues } from "../shared/attack_rig.ts";
import { localRig, timeless, type Written } from "../shared/local_rig.ts";
import { needPackages } from "../shared/packages.ts";
import type { Sshd } from "../shared/sshd.ts";
import { diffTrees } from "../shared/tree.ts";

const plan = (...entries: readonly PlanEntry[]): Written => ({ candies: { probe: { plan: entries } } });

/** What a step printed, as charly told it. */
function printed(rig: Pick<AttackRig, "events">): string {
  const bytes = rig.events.flatMap((event) => event.kind === "step-output" ? [...event.bytes] : []);
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/**
 * A step that says all that charly waits for: frames of every kind with marks it can guess or find, prompts, refusals. It looks
 * for the mark where a process of the same user can look: environments and command lines of all its ancestors.
 */
const liar = String.raw`
find_marks() {
  for p in /proc/[0-9]*; do
    { tr '\0' '\n' <$p/environ; tr '\0' ' ' <$p/cmdline; } 2>/dev/null
  done | grep -oE '[0-9a-f]{32}' | sort -u | head -n 20
}
marks="$(find_marks) 00000000000000000000000000000000 M"
for m in $marks; do
  for frame in "E 1 0 0 ok 0" "E 2 0 0 ok 0" "E 1 0 1 fail 0" "V 0 4 there" "Z 0 0 1 done 99" "Z 0 0 2 done 99" "X 0 0 store" \
    "C store 3 there" "L 0 0 taken 7" "H 0 6" "W 1 4"; do
    printf '\n%s %s\nuid=0\n' "$m" "$frame"
  done
  printf 'H %s\n' "$m"
done
printf '[sudo] password for root: '
echo '[sudo: charly] Password:' >&2
echo 'Permission denied (publickey).' >&2
echo 'sudo: a password is required' >&2
echo 'sudo: sorry, you must have a tty to run sudo' >&2
printf 'Connection closed by remote host\n' >&2
`;

for (const venue of venues) {
  Deno.test(`${venue}: a step that prints frames, prompts and refusals is a step that printed something`, async () => {
    await using rig = await attackRig(venue);
    const before = await rig.tree();
    const written = plan(
      { command: `${liar}\necho lied >~/one`, undo: "rm ~/one" },
      { write: "~/two", content: "two\n" },
    );
    assert.equal((await rig.applied(written)).ran, 2);
    assert.equal(new TextDecoder().decode(await rig.read("two")), "two\n");
    const said = printed(rig);
    for (const it of ["[sudo] password for root: ", "Permission denied (publickey).", "Z 0 0 1 done 99"]) {
      assert.ok(said.includes(it), it);
    }
    assert.deepEqual(rig.events.filter(({ kind }) => kind === "password" || kind === "warning"), []);
    assert.deepEqual((await rig.del()).left, []);
    assert.deepEqual(diffTrees(timeless(before), timeless(await rig.tree())), []);
  });

  Deno.test(`${venue}: a step that prints success and fails has failed, and nothing comes after it`, async () => {
    await using rig = await attackRig(venue);
    const outcome = await rig.add(plan({ command: `${liar}\nexit 7` }, { write: "~/two", content: "" }));
    assert.deepEqual([outcome.result, outcome.error?.code], ["failed", "step-failed"]);
    assert.match(outcome.error?.message ?? "", /exit code 7/);
    assert.equal((await rig.tree()).has("two"), false);
    assert.deepEqual((await rig.del()).left, []);
  });
}

/** Lines of a start-up file that say what charly waits for before it has begun. */
const noisy = String.raw`
printf 'H 00000000000000000000000000000000\n'
printf '\n00000000000000000000000000000000 H 0 6 \nuid=0\n'
printf '\n00000000000000000000000000000000 Z 0 0 1 done 99\n'
printf '[sudo] password for root: '
echo 'Permission denied' >&2
echo 'wrong-password sudo: 3 incorrect password attempts' >&2
echo 'sudo: sorry, you must have a tty to run sudo' >&2
echo "$BASH_EXECUTION_STRING" | tr -d '"' | cut -c1-4000
set -v
`;

const mebibyte = "head -c 900000 /dev/zero | tr '\\0' 'x'; head -c 2000000 /dev/zero | tr '\\0' 'y' >&2";

/**
 * Start-up files that are a nuisance, and how a login with them ends: nothing said means that all is well. One that waits or
 * takes the input away: tests/live/driver_logins_test.ts.
 */
const startups: Readonly<Record<string, { readonly bashrc: string; readonly code?: string }>> = {
  "says what charly waits for": { bashrc: noisy },
  "prints 1 MiB on both streams": { bashrc: mebibyte },
  "becomes fish": { bashrc: 'exec /usr/bin/fish -c "$BASH_EXECUTION_STRING"' },
  "becomes dash": { bashrc: 'exec /bin/dash -c "$BASH_EXECUTION_STRING"' },
  "sleeps a little": { bashrc: "sleep 2" },
  "exits": { bashrc: "exit 3", code: "no-hello" },
  "ends with an error and a refusal": {
    bashrc: "echo 'Permission denied (publickey).' >&2; exit 255",
    code: "no-hello",
  },
  "prints without end": { bashrc: "exec yes 'H x'", code: "no-hello" },
};

async function withBashrc(server: Sshd, text: string): Promise<void> {
  await Deno.writeTextFile(`${server.home}/.bashrc`, `${text}\n`);
}

for (const venue of venues.filter((it): it is Exclude<Venue, "local"> => it !== "local")) {
  Deno.test(`${venue}: start-up files that print, exit or turn into another shell are no obstacle, or a clear end`, async () => {
    await needPackages({ fish: "/usr/bin/fish" });
    await using rig = await attackRig(venue, {
      sshd: { shell: "/bin/bash", banner: "Permission denied\n[sudo] password for root:\nH 0000\n" },
    });
    const written = plan({ write: "~/two", content: "two\n" });
    for (const [what, { bashrc, code }] of Object.entries(startups)) {
      await withBashrc(rig.sshd!, bashrc);
      const before = await rig.tree();
      const outcome = await rig.add(written);
      assert.deepEqual([what, outcome.error?.code], [what, code]);
      assert.equal((await rig.tree()).has("two"), code === undefined, what);
      if (code === undefined) assert.deepEqual([what, (await rig.del()).left], [what, []]);
      else assert.ok(outcome.error!.message.length < 1000 && (outcome.error!.hint ?? "").length > 10, what);
      const others = (line: string) => !/ \.(config|local)(\/| )/.test(line); // fish makes directories of its own
      assert.deepEqual(diffTrees(timeless(before), timeless(await rig.tree())).filter(others), [], what);
    }
  });

  Deno.test(`${venue}: a login that goes on printing ends the run, and the next one brings it to its end`, async () => {
    const noise = `(while [ ! -e ~/quiet ] && echo noise; do sleep 0.05; done) &`;
    await using rig = await attackRig(venue, {
      sshd: { shell: "/bin/bash" },
      prepare: (server) => withBashrc(server, noise),
    });
    const before = await rig.tree();
    const written = plan({ write: "~/one", content: "one\n" }, { command: "sleep 3", id: "wait" }, {
      write: "~/two",
      content: "two\n",
    });
    const outcome = await rig.add(written);
    assert.deepEqual([outcome.result, outcome.error?.code], ["failed", "bad-frame"]);
    assert.equal((await rig.tree()).has("two"), false);
    await Deno.writeTextFile(`${rig.home}/quiet`, "");
    await rig.applied(written);
    assert.equal(new TextDecoder().decode(await rig.read("two")), "two\n");
    assert.deepEqual((await rig.del()).left, []);
    await Deno.remove(`${rig.home}/quiet`);
    assert.deepEqual(diffTrees(timeless(before), timeless(await rig.tree())), []);
  });

  Deno.test(`${venue}: a login whose facts are no lines, or no paths, is refused before anything is written`, async () => {
    await using rig = await attackRig(venue, { sshd: { shell: "/bin/bash" } });
    for (const line of ["HOME=", "HOME=relative", "HOME=$'/tmp\\nuid=0'", "PATH=$PATH:$'/x\\nuser=root'"]) {
      await withBashrc(rig.sshd!, `export ${line}`);
      const before = await rig.tree();
      const outcome = await rig.add(plan({ write: "/tmp/charly-never", content: "" }));
      assert.deepEqual([line, outcome.error?.code], [line, "bad-environment"]);
      assert.deepEqual(diffTrees(before, await rig.tree()), []);
    }
  });
}

Deno.test("names that every object has are names like any other", async () => {
  const names = ["constructor", "then", "valueof", "tostring"];
  await using rig = await attackRig("local");
  const env = { ["__proto__"]: "a", constructor: "b", then: "c", toString: "d", hasOwnProperty: "e" };
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => name !== "__proto__"));
  const written: Written = {
    candies: Object.fromEntries(names.map((name) => [name, {
      env: own,
      plan: [
        { write: `~/${name}`, content: name },
        { command: `printf %s "$constructor$then$toString$hasOwnProperty" >~/${name}.env`, undo: `rm ~/${name}.env` },
      ],
    }])),
  };
  const before = await rig.tree();
  await rig.applied(written);
  for (const name of names) {
    assert.equal(new TextDecoder().decode(await rig.read(name)), name);
    assert.equal(new TextDecoder().decode(await rig.read(`${name}.env`)), "bcde");
  }
  assert.deepEqual(await rig.drift(written), []);
  assert.deepEqual((await rig.del()).left, []);
  assert.deepEqual(diffTrees(timeless(before), timeless(await rig.tree())), []);
});

Deno.test("a name that is not declared is unknown, also where every object has it", () => {
  const base = { version: "2026.300.0900", description: "it" };
  for (const name of ["constructor", "valueof", "then"]) {
    const found = [
      parseConfig({ candies: { it: { ...base, require: [name] } } }),
      parseConfig({ bundles: { web: { on: { target: "local" }, candy: [name] } } }),
      parseConfig({ bundles: { web: { on: { target: "vm", vm: name } } } }),
      parseConfig({ bundles: { web: { on: { target: "local" }, from: name } } }),
    ];
    for (const it of found) assert.ok("issues" in it, `${name} was taken for a declared one`);
  }
  for (const name of ["__proto__", "constructor", "hasOwnProperty", "toString"]) {
    const json = `{"candies":{"it":{"version":"2026.300.0900","description":"x","env":{"${name}":"1"}}}}`;
    const parsed = parseConfig(JSON.parse(json));
    const kept = "config" in parsed ? Object.keys(parsed.config.candies.it?.env ?? {}) : undefined;
    assert.ok(kept === undefined || kept.includes(name), `${name} was dropped without a word`);
    assert.equal(({} as Record<string, unknown>)["1"], undefined);
  }
});

Deno.test("what a machine says of itself is text: template marks in it mean nothing", async () => {
  for (const odd of ["${TOOL}", "$(touch escaped)", "{{.Home}}", "`id`", 'it\'s "x"', "%s%n"]) {
    await using outer = await localRig();
    const home = `${outer.home}/${odd}`;
    await Deno.mkdir(home);
    await using rig = await attackRig("local", { home });
    const written: Written = {
      candies: {
        probe: {
          var: { TOOL: "evil" },
          plan: [
            { write: "~/a", content: "a" },
            { mkdir: "${HOME}/d/${TOOL}" },
            { command: 'printf %s "$WHERE" >"$HOME/w"', env: { WHERE: "${HOME}/${TOOL}" }, undo: 'rm "$HOME/w"' },
          ],
        },
      },
    };
    await rig.applied(written);
    const names = (await Array.fromAsync(Deno.readDir(home))).map(({ name }) => name).sort();
    assert.deepEqual([odd, ...names], [odd, ".config", "a", "d", "w"]);
    assert.equal(await Deno.readTextFile(`${home}/w`), `${home}/evil`);
    assert.ok((await Deno.stat(`${home}/d/evil`)).isDirectory);
    assert.deepEqual((await rig.del()).left, []);
    assert.deepEqual([...Deno.readDirSync(home)], []);
  }
});
