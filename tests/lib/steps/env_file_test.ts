import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { renderEnvFile, renderFishEnvFile } from "../../../lib/steps/env_file.ts";
import { snippetBody } from "../../../lib/steps/shell_snippet.ts";
import { sourcingLoop } from "../../../lib/steps/sourcing_block.ts";

/** What a shell says after running a script, with PATH and HOME of its own. */
function run(shell: string, script: string, args: readonly string[] = []): string {
  const result = spawnSync(shell, ["-c", script, ...args], {
    env: { PATH: "/usr/bin:/bin", HOME: "/nowhere" },
    encoding: "buffer",
  });
  assert.equal(result.stderr.toString(), "");
  return result.stdout.toString();
}

const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.replaceAll("\0", "").replace(/\p{Cs}/gu, "")),
  fc.constantFrom("it's", "$(id)", "`id`", "a\nb\n", "-rf", "$HOME", "\\", '"', "'", "", " ", "ü𝕏", "!!", "a=b"),
);

Deno.test("renderEnvFile() keeps every value as it is, in sh", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const values = fc.uniqueArray(nasty, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(values, (list) => {
        const env = Object.fromEntries(list.map((value, at) => [`V${at}`, value]));
        Deno.writeTextFileSync(`${directory}/x.env`, renderEnvFile("x", env, []));
        const print = list.map((_, at) => `printf '%s\\0' "$V${at}"`).join("; ");
        assert.deepEqual(run("sh", `. "$0"; ${print}`, [`${directory}/x.env`]).split("\0").slice(0, -1), list);
      }),
      { numRuns: 60 },
    );
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("renderEnvFile() sorts, quotes only what needs it and puts PATH last", () => {
  assert.equal(
    renderEnvFile("motd", { GREETING: "it's $5", EDITOR: "vi" }, ["/home/ann/bin", "/opt/x"]),
    "# charly: environment of candy motd\nexport EDITOR=vi\nexport GREETING='it'\\''s $5'\n" +
      'export PATH="/home/ann/bin:/opt/x:$PATH"\n',
  );
});

Deno.test("renderEnvFile() is empty without variables and PATH entries", () => {
  assert.equal(renderEnvFile("x", {}, []), "");
  assert.equal(renderFishEnvFile("x", {}, []), "");
});

Deno.test("renderEnvFile() keeps a PATH entry from running anything and lets it name variables", () => {
  const text = renderEnvFile("x", {}, [
    "/a$(touch /tmp/never)/b",
    "/c`id`",
    "$GO/bin",
    "${GO}/x",
    '/q"',
    "/d\\",
    "/$1",
  ]);
  assert.equal(
    run("sh", `GO=/go; ${text} printf %s "$PATH"`),
    '/a$(touch /tmp/never)/b:/c`id`:/go/bin:/go/x:/q":/d\\:/$1:/usr/bin:/bin',
  );
});

Deno.test("sourcingLoop() reads env.d in bash and says nothing when it is empty", () => {
  const directory = Deno.makeTempDirSync({ prefix: "env d's" });
  try {
    const loop = sourcingLoop("bash", directory);
    assert.equal(run("bash", `${loop}\necho "[$A]"`), "[]\n");
    Deno.writeTextFileSync(`${directory}/b.env`, renderEnvFile("b", { A: "b" }, ["/b"]));
    Deno.writeTextFileSync(`${directory}/a.env`, renderEnvFile("a", { A: "a" }, ["/a"]));
    assert.equal(run("bash", `${loop}\necho "$A $PATH"`), "b /b:/a:/usr/bin:/bin\n");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("snippetBody() appends to PATH in the shell's own way, before the snippet", () => {
  const snippet = { snippet: "echo {{.Home}}\n\n", pathAppend: ["{{.Home}}/bin"] };
  assert.equal(
    snippetBody({ ...snippet, shell: "bash" }, "/home/ann"),
    'export PATH="$PATH:/home/ann/bin"\necho /home/ann',
  );
  assert.equal(
    snippetBody({ ...snippet, shell: "fish" }, "/home/ann"),
    "fish_add_path -gP '/home/ann/bin'\necho /home/ann",
  );
});
