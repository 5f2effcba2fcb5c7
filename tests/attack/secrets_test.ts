/** Case 13: a secret is in the environment of the step that names it, and where that step puts it. Nowhere else, in no spelling. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { eventJson } from "../../lib/cli/reporter.ts";
import type { PlanEntry } from "../../lib/entities/plan_entry.ts";
import { type AttackRig, attackRig, venues } from "../shared/attack_rig.ts";
import { charlyProject } from "../shared/charly_process.ts";
import type { Written } from "../shared/local_rig.ts";
import { filesWith, foundIn } from "../shared/spellings.ts";
import { systemLock } from "../shared/system_lock.ts";
import { watchProcesses } from "../shared/watch_processes.ts";

/** Secrets that were never used before: short, long, and full of what programs spell otherwise. */
function canaries() {
  const word = () => randomBytes(9).toString("base64url");
  return {
    SHORT: `k${word().slice(0, 7)}!`,
    LONG: Array.from({ length: 200 }, word).join("-"),
    ODD: `${word()} 'q' "d" $(x) \`y\` \\ %s & <é>\nsecond line ${word()}\t`,
  };
}
type Canaries = ReturnType<typeof canaries>;

/** Puts them where the operator keeps secrets. */
async function keep(dir: string, secrets: Readonly<Record<string, string>>): Promise<void> {
  await Deno.mkdir(`${dir}/charly/secret`, { recursive: true, mode: 0o700 });
  for (const [name, value] of Object.entries(secrets)) {
    await Deno.writeTextFile(`${dir}/charly/secret/${name}`, `${value}\n`, { mode: 0o600 });
  }
}

/** What a program of the step, its shell and all its ancestors show of themselves to whoever may look. */
const ancestors = String.raw`
echo "== a program of the step"
cat /proc/self/environ | tr '\0' '\n'
p=$$
while [ "$p" -gt 1 ]; do
  echo "== $p $(tr '\0' ' ' <"/proc/$p/cmdline" | cut -c1-4000)"
  tr '\0' '\n' <"/proc/$p/environ" 2>/dev/null
  p=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$p/status")
done
`;

const needs = Object.keys(canaries()).map((name) => ({ name, description: name }));
const plan: readonly PlanEntry[] = [
  // by name in the text, by name in the list; printed in every way a careless script does
  { command: 'printf %s "$SHORT" >~/short', undo: 'test -n "$SHORT" && rm ~/short' },
  { command: "printf '%s' \"$LONG\" >~/long", secret: ["LONG"], shell: "sh", undo: 'test -n "$LONG" && rm ~/long' },
  { command: 'umask 077; printf %s "$ODD" >~/odd', touches: ["~/odd"] },
  {
    command:
      'set -x; echo "token: $SHORT $ODD"; printf %s "$LONG" | base64 -w0; env; printf %s "$ODD" | od -An -tx1 | tr -d " \\n"',
    secret: ["SHORT", "LONG", "ODD"],
    undo: 'echo "undone with $ODD"; echo "$SHORT" >&2',
  },
  {
    command: `{ ${ancestors} } >~/with; stat -c '%a %n' "$0" "$(dirname "$0")" >~/modes`,
    secret: ["SHORT"],
    undo: "rm ~/with ~/modes",
  },
  { command: `{ ${ancestors} } >~/without`, undo: "rm ~/without" },
];
const broken: PlanEntry = { command: 'echo "cannot log in with $ODD" >&2; echo "$SHORT" "$LONG"; exit 3' };

function candy(...more: readonly PlanEntry[]): Written {
  return { candies: { it: { secretRequire: needs, plan: [...plan, ...more] } } };
}

/** Everything charly told, as its JSON lines and as its objects. */
function told(rig: AttackRig): Uint8Array {
  const text = rig.events.map((event) => `${JSON.stringify(eventJson(event))}\n${JSON.stringify(event)}`).join("\n");
  const output = rig.events.flatMap((event) => event.kind === "step-output" ? [...event.bytes] : []);
  return new Uint8Array([...new TextEncoder().encode(text), ...output]);
}

/** The environment of the step's own program. */
const ownPart = (dump: string) => dump.split(/^== /m)[1] ?? "";

for (const venue of venues) {
  Deno.test(`${venue}: secrets reach the steps that name them and nobody else`, async () => {
    const secrets: Canaries = canaries();
    await using rig = await attackRig(venue, { sshd: { shell: "/bin/bash" } });
    await keep(`${rig.place}/data/secret`, secrets);
    const watch = await watchProcesses(secrets);
    const text = async (path: string) => new TextDecoder().decode(await rig.read(path));

    const failed = await rig.add(candy(broken));
    assert.deepEqual([failed.result, failed.error?.code], ["failed", "step-failed"]);
    assert.deepEqual(foundIn(new TextEncoder().encode(JSON.stringify(failed)), secrets), []);
    await rig.applied(candy());
    assert.deepEqual(await Promise.all(["short", "long", "odd"].map(text)), Object.values(secrets));

    const [withOne, without] = [await text("with"), await text("without")];
    assert.ok(ownPart(withOne).includes(`SHORT=${secrets.SHORT}`));
    const { SHORT: _short, ...others } = secrets;
    assert.deepEqual(foundIn(new TextEncoder().encode(withOne), others), []);
    assert.deepEqual(foundIn(new TextEncoder().encode(withOne.replace(ownPart(withOne), "")), secrets), []);
    assert.deepEqual(foundIn(new TextEncoder().encode(without), secrets), []);
    const modes = (await text("modes")).split("\n").map((line) => line.split(" ")[0]);
    assert.deepEqual(modes.slice(0, 2), ["600", "700"]);

    assert.deepEqual(await rig.drift(candy()), []);
    const undone = await rig.del();
    assert.deepEqual([undone.error, undone.left], [undefined, []]);

    // A process that was named a secret has it in its environment, and so have the programs it starts; no command line has.
    const seen = await watch.seen();
    assert.deepEqual(seen.filter(({ where }) => where === "cmdline"), []);
    const drivers = seen.filter(({ command }) => /^(\S*\/)?(sudo|sshd:?|deno|ssh)(\s|$)|trap : PIPE/.test(command));
    assert.deepEqual(drivers, []);

    assert.deepEqual(foundIn(told(rig), secrets), []);
    const masked = new TextDecoder().decode(told(rig));
    assert.ok(masked.includes("token: *** ***") && masked.includes("undone with ***"), "the output itself was shown");
    const left = await filesWith(
      [rig.home, rig.place, "/dev/shm", "/run/user", "/var/log", "/root/.bash_history"],
      secrets,
      [
        `${rig.place}/data/secret`,
      ],
    );
    assert.deepEqual(left, []);
    if (rig.sshd !== undefined) {
      assert.deepEqual(foundIn(new TextEncoder().encode(await rig.sshd.log()), secrets), []);
    }
  });
}

for (const venue of ["ssh2", "openssh"] as const) {
  Deno.test(`${venue}: the password of sudo is in no process, log, store or text`, async () => {
    await using _lock = await systemLock();
    for (const way of ["asked", "environment"] as const) {
      const secrets = { PASSWORD: `pw ${randomBytes(9).toString("base64url")} 'x'` };
      await using rig = await attackRig(venue, {
        sshd: { sudo: "ALL=(ALL) ALL", password: secrets.PASSWORD },
        password: () => way === "asked" ? secrets.PASSWORD : undefined,
        ...(way === "environment" ? { env: { CHARLY_SUDO_PASSWORD: secrets.PASSWORD } } : {}),
      });
      const place = `/srv/charly-attack-${rig.sshd!.user}`;
      const written: Written = {
        candies: {
          it: {
            plan: [
              { command: `{ ${ancestors} } >${place}`, runAs: "root", touches: [place] },
              { command: `echo 'the password is pw'; exit 3`, runAs: "root" },
            ],
          },
        },
      };
      const watch = await watchProcesses(secrets);
      const outcome = await rig.add(written, { install: { allowRootTasks: true } });
      assert.equal(outcome.error?.code, "step-failed", JSON.stringify(outcome.error));
      assert.deepEqual(foundIn(await Deno.readFile(place), secrets), []);
      assert.deepEqual((await rig.del()).left, []);
      assert.deepEqual(await watch.seen(), []);
      const bytes = new TextEncoder().encode(`${JSON.stringify(outcome)}${await rig.sshd!.log()}`);
      assert.deepEqual([foundIn(bytes, secrets), foundIn(told(rig), secrets)], [[], []]);
      const left = await filesWith(
        [rig.home, rig.place, "/var/lib/opencharly", "/dev/shm", "/run/user", "/var/log"],
        secrets,
      );
      assert.deepEqual(left, []);
    }
  });
}

Deno.test("no verb of the command line shows a secret, in text, JSON or a file", async () => {
  const secrets: Canaries = canaries();
  const entries = JSON.stringify([...plan, { write: "~/plain", content: "plain\n" }]);
  const config = (more: string) =>
    `import { defineConfig } from "@charly/charly";
export default defineConfig({
  candies: { it: { version: "2026.300.0900", description: "it", secretRequire: ${JSON.stringify(needs)},
    plan: [...${entries}, ${more}] } },
  bundles: { web: { on: { target: "local" }, candy: ["it"] } },
  defaults: { bundle: "web" },
} as never);
`;
  await using it = await charlyProject(config(JSON.stringify(broken)));
  await keep(`${it.home}/.local/share/charly/secret`, secrets);
  const watch = await watchProcesses(secrets);
  const out = it.dir.join("plan.json");
  const said: string[] = [];
  const charly = async (...words: string[]) => {
    const { code, stdout, stderr } = await it.charly(...words);
    const text = `${stdout}${stderr}`;
    assert.deepEqual([words.join(" "), foundIn(new TextEncoder().encode(text), secrets)], [words.join(" "), []]);
    said.push(text);
    return code;
  };
  assert.equal(await charly("plan", "--commands"), 0);
  assert.equal(await charly("plan", "--json", "--commands", "--out", out), 0);
  assert.equal(await charly("deploy", "-y"), 1); // fails on purpose, and shows the end of what the step said
  await it.configure(config(""));
  assert.equal(await charly("deploy", "-y", "-v"), 0);
  assert.equal(await charly("deploy", "-y", "--json"), 0);
  await Deno.writeTextFile(`${it.home}/plain`, "edited\n");
  await charly("drift");
  await charly("drift", "--json");
  await charly("status", "--json");
  await charly("ledger", "show");
  await charly("ledger", "show", "--json");
  await charly("doctor");
  assert.equal(await charly("bundle", "del", "web", "-y", "-v", "--force"), 0);
  assert.ok(said.join("").includes("export SHORT=***"), "the commands were shown");
  assert.ok(said.join("").includes("cannot log in with ***"), "the output of the failed step was shown");
  const seen = await watch.seen();
  assert.deepEqual(seen.filter(({ where, command }) => where === "cmdline" || /deno|trap : PIPE/.test(command)), []);
  const allowed = [`${it.home}/.local/share/charly/secret`];
  assert.deepEqual(await filesWith([it.dir.path, "/dev/shm", "/var/log"], secrets, allowed), []);
});
