/** Names of the tool's earlier selves: credential keys, labels and references. */
import type { Tree } from "../../tree.ts";
import { mapRoots } from "../edit.ts";
import type { LegacyRule, RuleLog } from "../rule.ts";

/** Texts that begin so, and how they begin now. */
const prefixes: readonly (readonly [RegExp, string])[] = [
  [/^ov\/(?=[a-z0-9-]+\/[a-z0-9_-]+$)/, "charly/"],
  [/^org\.overthinkos\./, "ai.opencharly."],
];

export const rebrand: LegacyRule = {
  schema: "2026.159.0002",
  name: "rebrand",
  about: "credential keys `ov/…` are `charly/…`, labels `org.overthinkos.…` are `ai.opencharly.…`",
  apply: (files, log) =>
    mapRoots(files, (root) => {
      const changed = renamed(root, "", log);
      return changed.is === "map" ? changed : root;
    }),
};

function renamed(tree: Tree, key: string, log: RuleLog): Tree {
  if (tree.is === "list") return { ...tree, items: tree.items.map((item) => renamed(item, key, log)) };
  if (tree.is === "map") {
    return {
      ...tree,
      entries: tree.entries.map((entry) => ({ ...entry, value: renamed(entry.value, entry.key, log) })),
    };
  }
  // Text of the user's own (scripts, descriptions) is none of this rule's business.
  if (!["key", "label_key", "source"].includes(key)) return tree;
  for (const [before, now] of prefixes) {
    const text = tree.text.replace(before, now);
    if (text === tree.text) continue;
    log.change(tree.at, `"${tree.text}" is "${text}" now`);
    return { ...tree, text, value: text };
  }
  return tree;
}
