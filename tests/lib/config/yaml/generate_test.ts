import assert from "node:assert/strict";
import fc from "fast-check";
import { literal, print } from "../../../../lib/config/yaml/generate/code.ts";
import { generateProject } from "../../../../lib/config/yaml/generate/project_code.ts";
import { parseDocument } from "../../../../lib/config/yaml/parse_nodes.ts";
import { Problems } from "../../../../lib/config/yaml/problem.ts";
import { readYaml } from "../../../../lib/config/yaml/read.ts";
import { readEntities } from "../../../../lib/config/yaml/read_entity.ts";

function entitiesOf(text: string) {
  const problems = new Problems();
  const { documents } = readYaml(new TextEncoder().encode(text), "charly.yml", problems);
  const nodes = documents.flatMap((document) => parseDocument(document, { externalKinds: [] }, problems));
  const entities = nodes.flatMap((node) => readEntities(node, node.name, problems));
  assert.deepEqual(problems.all, []);
  return entities;
}

const project = `
# What greets people.
# It is short.
motd:
  candy: { version: 2026.100.0900, description: a greeting }
  motd-write: { run: greet, write: /etc/motd, content: "hi\\n", run_as: root, mode: "0644" }
  motd-look: { check: it greets, plugin: file, plugin_input: { file: /etc/motd, contains: hi } }
  motd-run: { check: cat shows it, plugin: command, plugin_input: { command: cat /etc/motd }, stdout: [{ contains: hi }], eventually: 3s }
  motd-live: { check: the page shows it, cdp: text, tab: "1", context: [runtime] }
base:
  local: {}
  base-candy: { candy: [motd] }
web:
  local: { from: base, host: "deploy@web1", disposable: true }
  web-env: { env: [A=1] }
  web-opts: { install_opts: { with_service: true } }
nginx:
  pod: nginx
`;

Deno.test("generateProject() writes what a person would have written", () => {
  const files = generateProject(entitiesOf(project));
  assert.deepEqual([...files.keys()], ["charly.config.ts"]);
  assert.equal(
    files.get("charly.config.ts"),
    `import { bundle, candy, check, command, defineConfig, file, ssh, write } from "@charly/charly";

export default defineConfig({
  candies: {
    // What greets people.
    // It is short.
    motd: candy({
      version: "2026.100.0900",
      description: "a greeting",
      plan: [
        write("/etc/motd", { content: "hi\\n", runAs: "root", mode: "0644", description: "greet" }),
        check("it greets", file("/etc/motd", { contains: "hi" })),
        check("cat shows it", command("cat /etc/motd"), { stdout: { contains: "hi" }, eventually: "3s" }),
        {
          check: "the page shows it",
          context: ["runtime"],
          probe: { live: "cdp", method: "text", with: { tab: "1" } },
        },
      ],
    }),
  },
  locals: {
    base: { candy: ["motd"] },
  },
  bundles: {
    web: bundle({
      on: ssh("deploy@web1"),
      from: "base",
      disposable: true,
      env: { A: "1" },
      installOpts: { withServices: true },
    }),
  },
  pods: {
    nginx: { image: "nginx" },
  },
});
`,
  );
});

Deno.test("generateProject() gives each of many candies a module and a constant of its own", () => {
  const names = ["git", "command", "7zip", "a-b", "a--b", "default"];
  const files = generateProject(
    names.map((name) => ({ ...entitiesOf("x:\n  candy: { version: 2026.1.0000, description: x }\n")[0]!, name })),
    { inOneFile: 2 },
  );
  assert.deepEqual([...files.keys()], [...names.map((name) => `candies/${name}.ts`), "charly.config.ts"]);
  assert.match(files.get("candies/command.ts") ?? "", /^export const commandCandy = candy\(/m);
  assert.match(files.get("candies/7zip.ts") ?? "", /^export const candy7zip = /m);
  assert.match(files.get("candies/a--b.ts") ?? "", /^export const aB2 = /m);
  assert.match(files.get("charly.config.ts") ?? "", /^ {4}default: defaultCandy,$/m);
});

Deno.test("print() writes any data so that reading it gives the same", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("`${x}`\n", "\\\n`", "a\r\nb", "\u2028\n", "\u202e"),
  );
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.oneof(text, fc.constantFrom("__proto__", "constructor", "a-b")), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(tree, (value) => {
      const again = new Function(`return (${print(literal(value))});`)();
      assert.equal(JSON.stringify(again), JSON.stringify(value));
    }),
    { numRuns: 300 },
  );
});
