/** Case 1 for the steps of the system: what they hand to its programs is one word each, whatever it holds. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { attackRig, escaped } from "../shared/attack_rig.ts";
import { fakeSystemctl } from "../shared/fake_systemctl.ts";
import { hostileName, hostileText } from "../shared/hostile_text.ts";
import { timeless } from "../shared/local_rig.ts";
import { sample } from "../shared/sample.ts";
import { diffTrees } from "../shared/tree.ts";

/** Programs that change nothing and write down what they were given, each word ended by NUL, each call by a line. */
const stubs = {
  useradd: "exit 0",
  groupadd: "exit 0",
  getent: "exit 2",
  getcap: "exit 0",
  setcap: 'case "$*" in *-v*) exit 1 ;; esac',
  "apt-get": "exit 0",
  "apt-mark": "exit 0",
  dpkg: "exit 0",
  "dpkg-query": "exit 0",
  curl: 'while [ $# -gt 0 ]; do [ "$1" = -o ] && echo : fetched >"$2"; shift; done',
};

/** This machine with such programs in front of its own. */
async function stubbed() {
  await using stack = new AsyncDisposableStack();
  const systemctl = stack.use(await fakeSystemctl());
  const log = `${systemctl.bin}/log`;
  for (const [name, body] of Object.entries(stubs)) {
    const note = `{ printf '%s\\0' ${name} "$@"; echo; } >>${log}`;
    await Deno.writeTextFile(`${systemctl.bin}/${name}`, `#!/bin/sh\n${note}\n${body}\n`, { mode: 0o755 });
  }
  const rig = stack.use(await attackRig("local", { env: { CHARLY_PATH_PREFIX: systemctl.bin } }));
  const kept = stack.move();
  return {
    systemctl,
    rig,
    /** Calls of a program so far: its words. */
    calls: async (program: string) =>
      (await Deno.readTextFile(log)).split("\0\n").map((line) => line.split("\0")).filter(([name]) => name === program)
        .map(([, ...words]) => words),
    forget: () => Deno.writeTextFile(log, ""),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const literal = (text: string) => !text.includes("$") && !text.startsWith("~");
const word = hostileText.map((it) => `x${it.replaceAll(/\s|\p{Z}|\ufeff/gu, "")}`).filter((it) => !/\$\{/.test(it));
const unit = word.map((it) => it.replaceAll(/[/*?[\]\\]/g, ""));
const path = hostileName.filter((it) => literal(it) && !/[\n\t]/.test(it)).map((it) => `x${it}`);

Deno.test("accounts, capabilities, packages, downloads and units get each word whole", async () => {
  await using it = await stubbed();
  const { rig } = it;
  const before = await rig.tree();
  await fc.assert(
    fc.asyncProperty(path, word, unit, hostileText.filter(literal), async (name, text, named, value) => {
      await it.forget();
      await it.systemctl.declare({ [`${named}.service`]: {} });
      const at = `${rig.home}/${name}`, url = `http://127.0.0.1:1/${text}`;
      const written = {
        candies: {
          probe: {
            package: [text],
            distro: { debian: { option: [`-o=${value}`.trim()] } },
            service: [{
              name: "s",
              scope: "user" as const,
              exec: "/bin/x",
              env: { A: value.replaceAll(/[\r\0]|\{\{/g, "") },
            }],
            plan: [
              { user: "jane", home: at, loginShell: `/bin/${name}` },
              { unixGroup: "team" },
              { write: at, content: "", runAs: "root" },
              { setcap: at, caps: "cap_net_raw=ep" },
              { download: url, to: `${at}.got`, extract: "none" as const },
              { download: url, extract: "sh" as const, env: { VALUE: value } },
              { service: named },
            ],
          },
        },
      };
      await rig.applied(written, { install: { withServices: true, allowRootTasks: true } });
      assert.deepEqual(await it.calls("useradd"), [["-m", "-d", at, "-s", `/bin/${name}`, "--", "jane"]]);
      assert.deepEqual((await it.calls("groupadd"))[0], ["--", "team"]);
      for (const words of await it.calls("setcap")) assert.deepEqual(words.slice(-2), ["cap_net_raw=ep", at]);
      for (const words of await it.calls("curl")) assert.equal(words.at(-1), url);
      const installed = (await it.calls("apt-get")).filter((words) => words[0] === "install" && words.includes("-y"));
      assert.deepEqual(installed.map((words) => words.slice(words.indexOf("--") + 1)), [[text]]);
      assert.ok(installed[0]!.includes(`-o=${value}`.trim()));
      assert.ok((await it.systemctl.unit(`${named}.service`)).enabled);
      const undone = await rig.del({ force: true });
      assert.deepEqual([undone.error, undone.left], [undefined, []]);
      assert.deepEqual(diffTrees(timeless(before), timeless(await rig.tree())), []);
      assert.deepEqual(await escaped(rig), []);
    }),
    { numRuns: sample(3, 60) },
  );
});
