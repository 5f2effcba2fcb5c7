/** `host: web` of a deployment, where the settings say which machine the alias stands for. */
import type { Problems } from "../yaml/problem.ts";
import { field, type Node } from "../yaml/node.ts";
import { get, type Tree } from "../yaml/tree.ts";
import type { HostFiles } from "./host_files.ts";
import { readSettingsInto } from "./settings.ts";

/** Gives a deployment, and those inside of it, the machines their aliases stand for. The settings are read once, when a host is named. */
export function withHostAliases(files: HostFiles, problems: Problems): (node: Node) => Node {
  let aliases: Tree | undefined | "unread" = "unread";
  const known = (): Tree | undefined => {
    if (aliases === "unread") aliases = get(readSettingsInto(files, problems).root, "host_aliases");
    return aliases;
  };
  return function named(node: Node): Node {
    const host = field(node, "host");
    const members = node.members.map(named);
    const changed = members.every((member, index) => member === node.members[index]) ? node : { ...node, members };
    if (host?.is !== "scalar" || host.text === "local") return changed;
    const machine = get(known(), host.text);
    if (machine?.is !== "scalar" || machine.value === null) return changed;
    const entries = node.fields.entries.map((entry) => entry.key === "host" ? { ...entry, value: machine } : entry);
    return { ...changed, fields: { ...node.fields, entries } };
  };
}
