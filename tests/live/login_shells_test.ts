/** env.d as real login shells read it: bash, zsh and fish, each with the file and the loop it gets. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { renderEnvFile, renderFishEnvFile } from "../../lib/steps/env_file.ts";
import { sourcingLoop } from "../../lib/steps/sourcing_block.ts";

const env = { GREETING: 'it\'s "$5" \\ $(id)\nsecond line', EDITOR: "vi" };
const path = ["/home/ann's/bin", "$GOPATH/bin"];

for (const shell of ["bash", "zsh", "fish"] as const) {
  Deno.test(`${shell} reads env.d as it was meant, and an empty env.d without a word`, () => {
    const directory = Deno.makeTempDirSync();
    try {
      const say = (script: string) => {
        const started = spawnSync(shell, ["-c", `${sourcingLoop(shell, directory)}\n${script}`], {
          env: { PATH: "/usr/bin:/bin", HOME: directory, GOPATH: "/go" },
          encoding: "utf8",
        });
        assert.equal(started.error, undefined, `${shell} is needed for this test: apt-get install ${shell}`);
        assert.equal(started.stderr, "");
        return started.stdout;
      };
      assert.equal(say("echo quiet"), "quiet\n");
      Deno.writeTextFileSync(`${directory}/motd.env`, renderEnvFile("motd", env, path));
      Deno.writeTextFileSync(`${directory}/motd.fish`, renderFishEnvFile("motd", env, path));
      const joined = shell === "fish" ? "(string join : $PATH)" : '"$PATH"';
      assert.equal(
        say(`printf '%s|%s|%s' "$GREETING" "$EDITOR" ${joined}`),
        `${env.GREETING}|vi|/home/ann's/bin:/go/bin:/usr/bin:/bin`,
      );
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
}
