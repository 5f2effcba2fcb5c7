/** Tasks of a configuration when charly itself is one module on a web server, and a recipe under no more than it needs. */
import assert from "node:assert/strict";
import { buildBundle } from "../../tasks/dev/bundle.ts";
import { serveHttp } from "../shared/http.ts";
import { tryRun } from "../shared/run.ts";
import { tempDir } from "../shared/tmp.ts";

Deno.test("`charly run` of the bundle runs tasks here and on hosts, in processes with declared permissions", async () => {
  await using cache = await tempDir();
  await buildBundle(cache.join("charly.js"));
  await using server = serveHttp({ "/charly.js": await Deno.readFile(cache.join("charly.js")) });
  const url = `${server.url}/charly.js`;
  await using dir = await tempDir({
    // the words come from the served module as well: there is no checkout
    "deno.json": JSON.stringify({ imports: { "@charly/charly": url } }),
    "charly.config.ts": `
      import { bundle, defineConfig, local, task } from "@charly/charly";
      export default defineConfig({
        bundles: { here: bundle({ on: local() }) },
        tasks: {
          both: task({ run: async ({ $, hosts }) => {
            await $\`echo \${"it's"} here\`;
            await hosts.here.$\`printf '%s\\n' \${"it's there; $HOME"}\`;
          } }),
          reads: task({ run: () => { Deno.readTextFileSync("/etc/passwd"); } }),
        },
      });
    `,
    "home/.keep": "",
  });
  const deno = (...words: string[]) =>
    tryRun([Deno.execPath(), ...words], {
      cwd: dir.path,
      env: { DENO_DIR: cache.join("deno"), HOME: dir.join("home"), NO_COLOR: "1" },
    });
  const charly = (...words: string[]) => deno("run", "-A", "--quiet", url, ...words);
  const unlocked = await charly("run", "both");
  assert.match(unlocked.stderr, /deno\.lock does not list what the project imports/);
  const [, ...install] = /^hint: run `deno ([^`]+)`/m.exec(unlocked.stderr)![0].slice("hint: run `".length, -1).split(
    " ",
  );
  assert.equal((await deno(...install, `--allow-import=${new URL(url).host}`)).code, 0);
  const said = await charly("run", "both");
  assert.deepEqual([said.code, said.stdout, said.stderr], [0, "it's here\nit's there; $HOME\n", ""]);
  const denied = await charly("run", "reads");
  assert.equal(denied.code, 1);
  assert.match(denied.stderr, /^error: run task reads: Requires read access to "\/etc\/passwd"/);
  assert.match((await charly("run", "--list")).stdout, /^both/m);
});
