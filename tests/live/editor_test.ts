/** What an editor shows in a project that imports charly: completion of names, docs of fields, squiggles under names. */
import assert from "node:assert/strict";
import { atCursor, covered, type Diagnostic, LanguageClient } from "../shared/lsp.ts";
import { type TempDir, tempDir } from "../shared/tmp.ts";

const mod = new URL("../../mod.ts", import.meta.url).href;
const deno = JSON.stringify({
  imports: { "@charly/charly": mod },
  compilerOptions: { exactOptionalPropertyTypes: true },
});

/** A config around one line; names are declared next to it. */
function config(parts: { candy?: string; bundle?: string; vm?: string; task?: string; tail?: string }): string {
  return `import { box, bundle, candy, defineConfig, local, task, vm, vmTarget } from "@charly/charly";

export default defineConfig({
  candies: {
    ripgrep: candy({ version: "2026.300.0900", description: "fast grep", package: ["ripgrep"] }),
    plain: { version: "2026.300.0900", description: "no helper" },
    motd: candy({ version: "2026.300.0900", description: "a greeting", ${parts.candy ?? ""} }),
  },
  vms: { arch: vm({ ram: "8GiB" }), deb: vm({ ram: "2GiB" }), other: vm({ ${parts.vm ?? ""} }) },
  bundles: { here: bundle({ on: local(), candy: ["ripgrep"] }), dev: bundle({ ${parts.bundle ?? "on: local()"} }) },
  tasks: { test: task({ run: () => {} }), release: task({ ${parts.task ?? ""} run: () => {} }) },
  ${parts.tail ?? ""}
});
`;
}

/** A project, and a server on it; both end together. */
async function editor(): Promise<{ client: LanguageClient; path: string } & AsyncDisposable> {
  const dir: TempDir = await tempDir({ "deno.json": deno, "charly.config.ts": "" });
  const client = await LanguageClient.start(dir.path);
  return {
    client,
    path: dir.join("charly.config.ts"),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** What is underlined in red. The language's own errors come last, so one of them says that all are there. */
async function errors({ client, path }: { client: LanguageClient; path: string }): Promise<Diagnostic[]> {
  const isError = ({ source, severity }: Diagnostic) => source === "deno-ts" && severity === 1;
  return (await client.diagnostics(path, (found) => found.some(isError))).filter(({ severity }) => severity === 1);
}

const candies = ["motd", "plain", "ripgrep"], vms = ["arch", "deb", "other"];

Deno.test("an editor offers the declared names inside every reference", async () => {
  await using project = await editor();
  const offered = async (parts: Parameters<typeof config>[0]) => {
    const { text, position } = atCursor(config(parts));
    await project.client.open(project.path, text);
    return (await project.client.complete(project.path, position)).map(({ label }) => label).sort();
  };
  assert.deepEqual(await offered({ candy: `require: ["|"]` }), candies);
  assert.deepEqual(await offered({ candy: `candy: ["ripgrep", "|"]` }), candies);
  assert.deepEqual(await offered({ bundle: `on: local(), candy: ["|"]` }), candies);
  assert.deepEqual(await offered({ bundle: `on: local(), addCandy: ["|"]` }), candies);
  assert.deepEqual(await offered({ bundle: `on: vmTarget("|")` }), vms);
  assert.deepEqual(await offered({ bundle: `on: { target: "vm", vm: "|" }` }), vms);
  assert.deepEqual(await offered({ task: `needs: ["|"],` }), ["release", "test"]);
  assert.deepEqual(await offered({ tail: `defaults: { bundle: "|" },` }), ["dev", "here"]);
});

Deno.test("an editor offers the fields of a candy and the hosts of a task", async () => {
  await using project = await editor();
  const offered = async (marked: string) => {
    const { text, position } = atCursor(marked);
    await project.client.open(project.path, text);
    return (await project.client.complete(project.path, position)).map(({ label }) => label.replace("?", ""));
  };
  const fields = await offered(config({ candy: `|` }));
  for (const field of ["require", "pathAppend", "plan", "distro"]) {
    assert.ok(fields.includes(field), `${field} of ${fields}`);
  }
  assert.ok(!fields.includes("version"), "what is written already is offered again");
  const hosts = await offered(
    config({ task: `needs: ["test"],` }).replace(
      'release: task({ needs: ["test"], run: () => {} })',
      "release: task({ run: ({ hosts }) => { hosts.| } })",
    ),
  );
  assert.deepEqual(hosts.filter((name) => /^\w+$/.test(name)).sort(), ["dev", "here"]);
});

Deno.test("an editor underlines a misspelt name, and nothing else, with a suggestion", async () => {
  await using project = await editor();
  const found = async (parts: Parameters<typeof config>[0]) => {
    const text = config(parts);
    await project.client.open(project.path, text);
    const problems = await errors(project);
    return problems.map(({ range, message }) => [covered(text, range), /Did you mean '"(\w+)"'/.exec(message)?.[1]]);
  };
  assert.deepEqual(await found({ candy: `require: ["ripgrepp"]` }), [[`"ripgrepp"`, "ripgrep"]]);
  assert.deepEqual(await found({ bundle: `on: local(), candy: ["ripgrep", "mootd"]` }), [[`"mootd"`, "motd"]]);
  assert.deepEqual(await found({ bundle: `on: vmTarget("archh")` }), [[`"archh"`, undefined]]);
  assert.deepEqual(await found({ task: `needs: ["tests"],` }), [[`"tests"`, "test"]]);
});

Deno.test("an editor is silent about a config whose names are all declared", async () => {
  await using project = await editor();
  const text = config({
    candy: `require: ["ripgrep", "plain"]`,
    bundle: `on: vmTarget("deb"), candy: ["motd"]`,
    task: `needs: ["test"],`,
  });
  // the one mistake shows that the server is done
  await project.client.open(project.path, `${text}export const mistake: string = 1;\n`);
  const problems = await errors(project);
  assert.deepEqual(problems.map(({ range }) => covered(`${text}export const mistake: string = 1;\n`, range)), [
    "mistake",
  ]);
});

Deno.test("an editor shows the docs of a field", async () => {
  await using project = await editor();
  const shown = async (parts: Parameters<typeof config>[0]) => {
    const { text, position } = atCursor(config(parts));
    await project.client.open(project.path, text);
    return await project.client.hover(project.path, position);
  };
  assert.match(await shown({ candy: `path|Append: ["~/bin"]` }), /Directories added to PATH/);
  assert.match(await shown({ candy: `requ|ire: ["ripgrep"]` }), /Candies that must be there first/);
  assert.match(await shown({ bundle: `on: local(), wa|s: ["old"]` }), /Names this bundle had before/);
});
