/** Where a step runs is where it stands: `pod: a.b` and `on: db` of a step become the places they name. */
import { type Entry, get, type Mapping, type Place, type Tree } from "../../tree.ts";
import { dataKeys, isWord, kinds, resourceKinds, stepWords } from "../../words.ts";
import { mapMaps, mapRoots, withEntries, withoutKeys } from "../edit.ts";
import type { LegacyRule, RuleLog } from "../rule.ts";

export const stepVenue: LegacyRule = {
  schema: "2026.169.0003",
  name: "step-venue",
  about: "a step's `pod` and `on` are the member it stands under; `${PEER_HOST:m}` is `${HOST:m}`",
  apply: (files, log) =>
    mapRoots(files, (root) => {
      const entries = root.entries.map((entry) => {
        const kind = entry.value.is === "map"
          ? entry.value.entries.find(({ key }) => isWord(resourceKinds, key))
          : undefined;
        return entry.value.is === "map" && kind !== undefined
          ? { ...entry, value: placed(entry.value, kind.key === "group", log) }
          : entry;
      });
      return peers(withEntries(root, entries), log);
    }),
};

/** A deployment whose steps stand where they run. */
function placed(deployment: Mapping, isGroup: boolean, log: RuleLog): Mapping {
  const moved: { readonly path: readonly string[]; readonly step: Entry }[] = [];
  // What a bed asks without a place of its own, it asks the machine its agent works in.
  const iterate = deployment.entries.map(({ value }) => get(value, "iterate")).find((it) => it !== undefined);
  const sandbox = isGroup ? get(iterate, "sandbox") : undefined;
  const stay = deployment.entries.filter((entry) => {
    const { value } = entry;
    if (value.is !== "map" || !value.entries.some(({ key }) => isWord(stepWords, key))) return true;
    const venue = get(value, "on") ?? get(value, "pod") ?? sandbox;
    if (venue?.is !== "scalar" || venue.text === "") return true;
    const written = venue.text.split(".");
    // A member called like a kind would be read as that kind.
    const path = written.map((part) => isWord(kinds, part) || isWord(dataKeys, part) ? `${part}-member` : part);
    if (path.includes("")) {
      log.manual(venue.at, `a step runs in "${venue.text}", which is no name`, "name what it runs in");
      return true;
    }
    if (get(value, "on") !== undefined && memberOf(deployment, path[0]!) === undefined) {
      log.manual(
        venue.at,
        `a step runs on "${venue.text}", which is no member`,
        "write that member, and the step under it",
      );
      return false;
    }
    if (path.some((part, index) => part !== written[index])) {
      const message = `a step runs in "${venue.text}", which is named like a kind: it stands under "${
        path.join(".")
      }" now`;
      log.manual(venue.at, message, "have what it runs in called so, in the prompt as well");
    } else log.change(venue.at, `the step stands under "${venue.text}" now`);
    moved.push({ path, step: { ...entry, value: withoutKeys(value, "on", "pod") } });
    return false;
  });
  return moved.reduce((now, { path, step }) => under(now, path, step), withEntries(deployment, stay));
}

/** A step put below a path of members; those that are not there yet are an agent's to make. */
function under(node: Mapping, [name, ...rest]: readonly string[], step: Entry): Mapping {
  if (name === undefined) return withEntries(node, [...node.entries, { ...step, key: unused(step.key, node) }]);
  const member = memberOf(node, name);
  if (member === undefined) {
    const made = under(agentPod(step.keyAt), rest, step);
    // A child's name means nothing, a member's does.
    const others = node.entries.map((entry) => entry.key === name ? { ...entry, key: unused(name, node) } : entry);
    return withEntries(node, [...others, { key: name, keyAt: step.keyAt, value: made }]);
  }
  const value = under(member.value as Mapping, rest, step);
  return withEntries(node, node.entries.map((entry) => entry === member ? { ...entry, value } : entry));
}

function memberOf(node: Mapping, name: string): Entry | undefined {
  return node.entries.find(({ key, value }) =>
    key === name && value.is === "map" && value.entries.some((it) => isWord(resourceKinds, it.key)) &&
    !value.entries.some((it) => isWord(stepWords, it.key))
  );
}

function agentPod(at: Place): Mapping {
  const yes: Tree = { is: "scalar", value: true, text: "true", quoted: false, at };
  const fields: Mapping = { is: "map", at, entries: [{ key: "agent_provisioned", keyAt: at, value: yes }] };
  return { is: "map", at, entries: [{ key: "pod", keyAt: at, value: fields }] };
}

function unused(wanted: string, node: Mapping): string {
  const taken = (name: string) => node.entries.some(({ key }) => key === name);
  if (!taken(wanted)) return wanted;
  let count = 2;
  while (taken(`${wanted}-step-${count}`)) count++;
  return `${wanted}-step-${count}`;
}

const peer = /\$\{PEER_(?:HOST:([^}:]+)|ENDPOINT:([^}:]+):([^}]+))\}/g;

function peers(root: Mapping, log: RuleLog): Mapping {
  const said = (tree: Tree): Tree => {
    if (tree.is === "list") return { ...tree, items: tree.items.map(said) };
    if (tree.is !== "scalar" || typeof tree.value !== "string" || !tree.text.includes("${PEER_")) return tree;
    const text = tree.text.replace(
      peer,
      (_, host?: string, member?: string, port?: string) =>
        host === undefined ? `\${HOST:${member}:${port}}` : `\${HOST:${host}}`,
    );
    if (text === tree.text) return tree;
    log.change(tree.at, "`${PEER_…}` is `${HOST:…}` now");
    return { ...tree, text, value: text };
  };
  return mapMaps(
    root,
    (map) => withEntries(map, map.entries.map((it) => ({ ...it, value: said(it.value) }))),
  ) as Mapping;
}
