/** Node form: scalar fields and tables stay in the kind's value, every other field and every step is a child of its own. */
import { type Entry, get, type Mapping } from "../tree.ts";
import { dataKeys, isWord, kinds } from "../words.ts";
import { withEntries } from "./edit.ts";

/** An entity in node form. */
export function nodeForm(kind: string, name: string, value: Mapping, members: readonly Entry[] = []): Mapping {
  const inside = value.entries.filter(({ key }) => key !== "name" && key !== "plan" && !isWord(dataKeys, key));
  const used = new Set<string>([kind, ...members.map(({ key }) => key)]);
  const children = value.entries.flatMap((entry): Entry[] => {
    if (entry.key === "plan") return [];
    if (!isWord(dataKeys, entry.key)) return [];
    const child: Mapping = { is: "map", at: entry.keyAt, entries: [{ ...entry }] };
    return [{ key: unused(`${name}-${entry.key}`, used), keyAt: entry.keyAt, value: child }];
  });
  const plan = get(value, "plan");
  const steps = (plan?.is === "list" ? plan.items : []).map((item, index): Entry => {
    const id = get(item, "id");
    const own = id?.is === "scalar" && id.text !== "" ? id.text : `${name}-step-${index}`;
    return { key: unused(own, used), keyAt: item.at, value: item };
  });
  const own = { key: kind, keyAt: value.at, value: withEntries(value, inside) };
  return { is: "map", at: value.at, entries: [own, ...children, ...steps, ...members] };
}

/** A name no other child has, and that is no word of the grammar. */
function unused(wanted: string, used: Set<string>): string {
  const taken = (name: string) => used.has(name) || isWord(dataKeys, name) || isWord(kinds, name);
  let name = taken(wanted) ? `${wanted}-step` : wanted;
  for (let count = 2; taken(name); count++) name = `${wanted}-step-${count}`;
  used.add(name);
  return name;
}
