/**
 * `deno task demo`: deploys `charly.config.ts` of this repository into a throw-away home, again, shows it, undoes it, and
 * proves that the home is byte for byte what it was. Needs no root and touches nothing else.
 */
import { fileURLToPath } from "node:url";
import { describeTree } from "./dev/describe_tree.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
/** The address `charly.config.ts` downloads from. */
const port = 47474;

const place = await Deno.makeTempDir({ prefix: "charly-demo-" });
const home = `${place}/home`;
const steps = 5;
let step = 0;

try {
  await makeHome();
  await using _server = await serveArchive();
  const before = await describeTree(home);
  await charly("what would happen", "plan", "dev");
  await charly("apply it", "deploy", "dev", "-y");
  await charly("apply it again: nothing to do", "deploy", "dev", "-y");
  await charly("what is deployed", "status", "dev");
  show(await Deno.readTextFile(`${home}/work/WELCOME`), "~/work/WELCOME");
  await charly("undo it", "bundle", "del", "dev", "-y");
  const after = await describeTree(home);
  if (before !== after) {
    console.error(`the home is not what it was.\n--- before\n${before}\n--- after\n${after}`);
    Deno.exitCode = 1;
  } else console.log(`\nThe home is what it was, byte for byte, with owners, modes and times:\n${before}`);
} finally {
  await Deno.remove(place, { recursive: true });
}

/** A home as people have it: a shell file of their own, and something they would miss. */
async function makeHome(): Promise<void> {
  await Deno.mkdir(`${home}/notes`, { recursive: true });
  await Deno.writeTextFile(`${home}/.bashrc`, "# my own\nexport LANG=C.UTF-8\n");
  await Deno.writeTextFile(`${home}/.editorconfig`, "root = true\n", { mode: 0o600 });
  await Deno.writeTextFile(`${home}/notes/todo`, "buy milk\n");
}

/** Packs two programs and serves them on loopback. */
async function serveArchive(): Promise<AsyncDisposable> {
  const bin = `${place}/charly-tools-1.0/bin`;
  await Deno.mkdir(bin, { recursive: true });
  await Deno.writeTextFile(`${bin}/greet`, '#!/bin/sh\necho "hello, $EDITOR user: ${CHARLY_GREETING}"\n', {
    mode: 0o755,
  });
  await Deno.writeTextFile(`${bin}/count`, "#!/bin/sh\nwc -l\n", { mode: 0o755 });
  const tar = new Deno.Command("tar", { args: ["-czf", `${place}/tools.tar.gz`, "-C", place, "charly-tools-1.0"] });
  const { success, stderr } = await tar.output();
  if (!success) throw new Error(`tar: ${new TextDecoder().decode(stderr)}`);
  const archive = await Deno.readFile(`${place}/tools.tar.gz`);
  try {
    return Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, () => new Response(archive));
  } catch (error) {
    throw new Error(`the demo serves its archive on 127.0.0.1:${port}, and that port is taken: end what uses it`, {
      cause: error,
    });
  }
}

/** Runs the command line as a user would, with the throw-away home. */
async function charly(what: string, ...words: string[]): Promise<void> {
  console.log(`\n[${++step}/${steps}] ${what}\n$ charly ${words.join(" ")}`);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--cwd", repository, "charly", ...words],
    env: {
      HOME: home,
      USER: Deno.env.get("USER") ?? "demo",
      XDG_STATE_HOME: `${place}/state`,
      XDG_DATA_HOME: `${place}/data`,
      DENO_DIR: await denoDir(),
    },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`charly ${words.join(" ")} ended with ${code}`);
}

/** The cache this process uses: the throw-away home has none. */
async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

function show(text: string, name: string): void {
  console.log(`\n${name}:\n${text.replace(/^/gm, "  ").trimEnd()}`);
}
