/** Charly as one ES module on a web server: its command line, and a recipe that imports its API and deploys over SSH. */
import assert from "node:assert/strict";
import { buildBundle } from "../../tasks/dev/bundle.ts";
import { type HttpServer, serveHttp } from "../shared/http.ts";
import { type Ran, tryRun } from "../shared/run.ts";
import { sshClient } from "../shared/ssh_client.ts";
import { startSshd } from "../shared/sshd.ts";
import { type TempDir, tempDir } from "../shared/tmp.ts";

const mod = new URL("../../mod.ts", import.meta.url).href;

/** A config with one file for a target. */
const config = (on: string) => `
import { bundle, candy, defineConfig, local, ssh, write } from "@charly/charly";
export default defineConfig({
  candies: {
    motd: candy({ version: "2026.300.0900", description: "a greeting", plan: [write("~/motd", { content: "it's $5\\n" })] }),
  },
  bundles: { here: bundle({ on: ${on}, candy: ["motd"] }) },
});
`;

/** The bundle, built once for this file and served; nothing of it is in Deno's cache afterwards. */
async function served(): Promise<
  & { server: HttpServer; deno(words: readonly string[], cwd: string, env?: Record<string, string>): Promise<Ran> }
  & AsyncDisposable
> {
  const cache = await tempDir();
  await buildBundle(cache.join("charly.js"));
  const server = serveHttp({ "/charly.js": await Deno.readFile(cache.join("charly.js")) });
  return {
    server,
    deno: (words, cwd, env = {}) =>
      tryRun([Deno.execPath(), ...words], { cwd, env: { DENO_DIR: cache.join("deno"), NO_COLOR: "1", ...env } }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await cache[Symbol.asyncDispose]();
    },
  };
}

/** A project whose config finds the words in this checkout. */
function project(files: Readonly<Record<string, string>>): Promise<TempDir> {
  return tempDir({ "deno.json": JSON.stringify({ imports: { "@charly/charly": mod } }), ...files });
}

Deno.test("the bundle is one module: a single request, and the words work with no permission at all", async () => {
  await using bundle = await served();
  await using dir = await tempDir({
    "words.ts":
      `import { candy } from "${bundle.server.url}/charly.js";\nconsole.log(candy({ version: "1", description: "d" }).version);\n`,
  });
  const host = new URL(bundle.server.url).host;
  const said = await bundle.deno(["run", "--quiet", "--no-prompt", `--allow-import=${host}`, "words.ts"], dir.path);
  assert.deepEqual([said.code, said.stdout, said.stderr], [0, "1\n", ""]);
  assert.equal(bundle.server.requests("/charly.js"), 1);
});

Deno.test("`deno run -A http://…/charly.js` plans, deploys and undoes a bundle here", async () => {
  await using bundle = await served();
  await using dir = await project({ "charly.config.ts": config("local()"), "home/.keep": "" });
  const charly = (...words: string[]) =>
    bundle.deno(["run", "-A", "--quiet", `${bundle.server.url}/charly.js`, ...words], dir.path, {
      HOME: dir.join("home"),
    });
  assert.match((await charly("--version")).stdout, /^charly \d+\.\d+\.\d+/);
  const plan = await charly("plan");
  assert.deepEqual([plan.code, /write ~\/motd/.test(plan.stdout)], [0, true], plan.stderr);
  const deploy = await charly("deploy", "-y");
  assert.equal(deploy.code, 0, deploy.stderr);
  assert.equal(await Deno.readTextFile(dir.join("home/motd")), "it's $5\n");
  const del = await charly("bundle", "del", "here", "-y");
  assert.equal(del.code, 0, del.stderr);
  await assert.rejects(() => Deno.stat(dir.join("home/motd")), Deno.errors.NotFound);
});

Deno.test("a recipe that imports the bundle deploys over SSH and undoes it, ssh2 included", async () => {
  await using server = await startSshd();
  await using client = await sshClient(server);
  await using bundle = await served();
  await using dir = await project({
    "charly.config.ts": config(`ssh(${JSON.stringify(server.target)})`),
    "recipe.ts": `
      import { apply, loadProject, plan, undo } from "${bundle.server.url}/charly.js";
      const project = await loadProject({ cwd: Deno.cwd() });
      const [host] = await plan(project, "here");
      console.log(host.host);
      console.log((await apply(project, "here")).ok, await Deno.readTextFile(Deno.args[0]));
      console.log((await undo(project, "here")).ok);
    `,
  });
  const said = await bundle.deno(["run", "-A", "--quiet", "recipe.ts", `${server.home}/motd`], dir.path, client.env);
  assert.equal(said.code, 0, said.stderr);
  assert.equal(said.stdout, `${server.target}\ntrue it's $5\n\ntrue\n`);
  await assert.rejects(() => Deno.stat(`${server.home}/motd`), Deno.errors.NotFound);
});
