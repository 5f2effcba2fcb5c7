/** What is shown of files that may hold secrets: values that look like one are replaced. */
import type { Scalar, Tree } from "../yaml/tree.ts";

/** What stands for a secret. */
const hidden = "***";

/** Names whose values are shown to nobody. */
const secretName = /pass|secret|token|key|credential|auth|private/i;

/** A tree in which every value that may be a secret is `***`: by the name it stands under, or in a `NAME=value` or an address. */
export function maskSecrets(tree: Tree, names: readonly string[] = []): Tree {
  if (tree.is === "scalar") return masked(tree, names);
  if (tree.is === "list") return { ...tree, items: tree.items.map((item) => maskSecrets(item, names)) };
  // `{ name: TOKEN, value: … }`
  const name = tree.entries.find(({ key }) => key === "name")?.value;
  const said = name?.is === "scalar" ? [name.text] : [];
  return {
    ...tree,
    entries: tree.entries.map((entry) => {
      const inner = entry.key === "value" ? [...names, ...said, entry.key] : [...names, entry.key];
      return { ...entry, value: entry.key === "name" ? entry.value : maskSecrets(entry.value, inner) };
    }),
  };
}

function masked(scalar: Scalar, names: readonly string[]): Scalar {
  if (scalar.value === null || typeof scalar.value === "boolean") return scalar;
  const variable = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(scalar.text)?.[1];
  // The whole of `env: [A=1]` stands under its own names.
  const text = variable !== undefined && names.at(-1) === "env"
    ? secretName.test(variable) ? `${variable}=${hidden}` : withoutLogin(scalar.text)
    : names.some((name) => secretName.test(name))
    ? hidden
    : withoutLogin(scalar.text);
  return text === scalar.text ? scalar : { ...scalar, text, value: text, quoted: true };
}

/** `https://me:secret@host/` without the secret. */
function withoutLogin(text: string): string {
  return text.replace(/(:\/\/[^\s:/@]*):[^\s/]+@/g, `$1:${hidden}@`);
}
