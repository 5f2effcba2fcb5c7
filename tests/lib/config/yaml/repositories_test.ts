/** Repositories of a layer: fields some package manager acts on, and those that are kept. */
import assert from "node:assert/strict";
import { parseConfig } from "../../../../lib/config/parse.ts";
import { parseDocument } from "../../../../lib/config/yaml/parse_nodes.ts";
import { Problems } from "../../../../lib/config/yaml/problem.ts";
import { readYaml } from "../../../../lib/config/yaml/read.ts";
import { readEntities } from "../../../../lib/config/yaml/read_entity.ts";

function read(repo: string) {
  const text = `tool:
  candy: { version: 2026.100.0900, description: a tool }
  tool-distro:
    distro:
      debian,ubuntu:
        repo:
          - ${repo}
`;
  const problems = new Problems();
  const { documents } = readYaml(new TextEncoder().encode(text), "charly.yml", problems);
  const [node] = parseDocument(documents[0]!, { externalKinds: [] }, problems);
  const value = readEntities(node!, "tool", problems)[0]!.value;
  const parsed = parseConfig({ candies: { tool: value } });
  assert.ok("config" in parsed, JSON.stringify(parsed));
  return { repo: parsed.config.candies["tool"]!.distro!["debian,ubuntu"]!.repo, problems: problems.all };
}

Deno.test("a repository keeps the keys no package manager is told, and says so", () => {
  const { repo, problems } = read("{ name: r, url: https://r.example, priority: 10, note: [a] }");
  assert.deepEqual(repo, [{ name: "r", url: "https://r.example", keep: { priority: 10, note: ["a"] } }]);
  assert.deepEqual(problems.map(({ severity, code, message }) => [severity, code, message]), [
    ["warning", "stray-key", 'repository "r": priority, note: kept, and nothing acts on it'],
  ]);
});

Deno.test("a repository may ask a shell in its address, be a ppa, and say where its key is", () => {
  assert.deepEqual(read('{ name: r, rpm: "https://r.example/r-$(rpm -E %fedora).rpm" }'), {
    repo: [{ name: "r", rpm: "https://r.example/r-$(rpm -E %fedora).rpm" }],
    problems: [],
  });
  assert.deepEqual(read("{ name: r, ppa: me/tool }").repo, [{ name: "r", url: "ppa:me/tool" }]);
  assert.deepEqual(read("{ name: r, url: https://r.example, signed_by: /etc/apt/keyrings/x.gpg }").repo, [
    { name: "r", url: "https://r.example", signedBy: "/etc/apt/keyrings/x.gpg" },
  ]);
});
