import assert from "node:assert/strict";
import { commentLines } from "../../../../lib/config/yaml/generate/code.ts";
import { generateProject } from "../../../../lib/config/yaml/generate/project_code.ts";
import { parseDocument } from "../../../../lib/config/yaml/parse_nodes.ts";
import { Problems } from "../../../../lib/config/yaml/problem.ts";
import { readYaml } from "../../../../lib/config/yaml/read.ts";
import { readEntities } from "../../../../lib/config/yaml/read_entity.ts";
import { writeAll } from "../../../../lib/config/yaml/write.ts";

const text = `# at the top

# above it
git:
  # above the kind
  candy:
    version: 2026.100.0900 # behind a version
    # above a description
    description: git
  # above a child
  git-package:
    package:
      - git # behind an item
      # above an item
      - tig
  git-opts: { require: [base] } # behind a child
  # above a step
  git-run:
    run: greet # behind prose
    write: ~/greeting # behind a path
    content: hi
base:
  candy: { version: 2026.100.0900, description: base }
web:
  local:
    host: web1 # behind what is said in another way
  web-opts:
    install_opts:
      with_service: true # behind what is renamed
# below everything
`;

const comments = (it: string) => [...it.matchAll(/(?:#|\/\/) (.*)$/gm)].map(([, comment]) => comment!.trim()).sort();

function documentsOf(yaml: string) {
  const problems = new Problems();
  const { documents } = readYaml(new TextEncoder().encode(yaml), "charly.yml", problems);
  assert.deepEqual(problems.all, []);
  return documents;
}

Deno.test("writeAll() keeps every comment there is, once, and reading it again gives the same text", () => {
  for (const yaml of [text, `---\n${text}`]) {
    const written = writeAll(documentsOf(yaml));
    assert.deepEqual(comments(written), comments(text));
    assert.equal(writeAll(documentsOf(written)), written);
  }
});

Deno.test("generateProject() keeps every comment of an entity, above what it is about", () => {
  const problems = new Problems();
  const entities = documentsOf(text).flatMap((document) => parseDocument(document, { externalKinds: [] }, problems))
    .flatMap((node) => readEntities(node, node.name, problems));
  const code = generateProject(entities).get("charly.config.ts") ?? "";
  assert.deepEqual(comments(code), comments(text).filter((it) => it !== "below everything"));
  for (
    const line of [
      /\/\/ behind a version\n +version: /,
      /\/\/ above a description\n +description: /,
      /\/\/ behind an item\n +"git",\n +\/\/ above an item\n +"tig",/,
      /\/\/ above a step\n +\/\/ behind prose\n +\/\/ behind a path\n +write\(/,
    ]
  ) assert.match(code, line);
});

Deno.test("commentLines() lets no comment end before its line does", () => {
  for (const end of ["\r", "\n", "\r\n", "\u2028", "\u2029"]) {
    const lines = commentLines(`a${end}throw 1`).trimEnd().split("\n");
    assert.deepEqual(lines, ["// a", "// throw 1"], JSON.stringify(end));
  }
  assert.doesNotMatch(commentLines("\u202eevil"), /\u202e/);
});
