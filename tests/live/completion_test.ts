import assert from "node:assert/strict";
import { needPackages } from "../shared/packages.ts";

await needPackages({ zsh: "/usr/bin/zsh", fish: "/usr/bin/fish" });

/** A `charly` on PATH that needs no configuration: completion of verbs and flags. Its words are noted in a file. */
async function withCharly(
  act: (run: (shell: string, script: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  const main = new URL("../../tasks/main.ts", import.meta.url).pathname;
  const program = `#!/bin/sh\nexec '${Deno.execPath()}' run --quiet -A '${main}' "$@"\n`;
  try {
    await Deno.writeTextFile(`${dir}/charly`, program, { mode: 0o755 });
    await act(async (shell, script) => {
      const args = { bash: ["--norc", "-c"], zsh: ["-f", "-c"], fish: ["--no-config", "-c"] }[shell]!;
      const { stdout, stderr } = await new Deno.Command(shell, {
        args: [...args, script],
        cwd: dir,
        env: { PATH: `${dir}:/usr/bin:/bin`, HOME: dir, TERM: "dumb" },
      }).output();
      assert.equal(new TextDecoder().decode(stderr), "");
      return new TextDecoder().decode(stdout);
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("completion works in bash", async () => {
  await withCharly(async (run) => {
    const ask = (line: string) =>
      run(
        "bash",
        `source <(charly completion bash)
COMP_LINE='${line}' COMP_POINT=${line.length} COMPREPLY=()
_charly_complete charly
printf '%s\\n' "\${COMPREPLY[@]}"`,
      );
    assert.equal(await ask("charly bu"), "bundle\n");
    assert.equal(await ask("charly bundle "), "add\nconfirm\ndel\npath\nrename\nreset\nrollback\nset\nshow\nstatus\n");
    assert.equal(await ask("charly plan --exit"), "--exit-code\n");
    // `=` breaks words in bash: only what stands behind it is put in.
    assert.equal(await ask("charly plan --json=e"), "events\n");
    assert.match(
      await run("bash", "source <(charly completion bash); complete -p charly"),
      /-F _charly_complete charly/,
    );
  });
});

Deno.test("completion works in zsh", async () => {
  await withCharly(async (run) => {
    // `_describe` needs the line editor: what it is handed is what the menu shows.
    const ask = (words: string) =>
      run(
        "zsh",
        `autoload -Uz compinit; compinit -u -D
source <(charly completion zsh)
_describe() { print -rl -- "\${(@P)2}" }
_files() { print files }
words=(${words}); CURRENT=$#words
_charly`,
      );
    assert.equal(await ask("charly bu"), "bundle:deploy, undo, list and rename bundles\n");
    assert.match(await ask("charly plan --exit"), /^--exit-code:End with 10/);
    assert.equal(await ask("charly plan --out ''"), "files\n");
    assert.match(
      await run("zsh", "autoload -Uz compinit; compinit -u -D; source <(charly completion zsh); print $_comps[charly]"),
      /^_charly$/m,
    );
  });
});

Deno.test("completion works in fish", async () => {
  await withCharly(async (run) => {
    const ask = (line: string) => run("fish", `charly completion fish | source; complete -C '${line}'`);
    assert.equal(await ask("charly bu"), "bundle\tdeploy, undo, list and rename bundles\n");
    assert.equal(
      (await ask("charly bundle ")).split("\n").map((line) => line.split("\t")[0]).join(" "),
      "add confirm del path rename reset rollback set show status ",
    );
    assert.match(await ask("charly plan --exit"), /^--exit-code\tEnd with 10/);
  });
});
