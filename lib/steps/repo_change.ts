/** A package repository: its signing key, then its list. Gated, and undone like any file. */
import { quoteWord } from "../command/quote.ts";
import type { Act } from "./act.ts";
import { commandAct } from "./command_act.ts";
import { sha256, textContent } from "./content.ts";
import { defineStep } from "./define_step.ts";
import { type ReverseOp, reverseOp } from "./reverse_op.ts";
import { markers } from "./sourcing_block.ts";
import type { RepoChangeStep } from "./step.ts";

export const repoChange = defineStep<RepoChangeStep>({
  kind: "RepoChange",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("RepoChange"),
      candy: part.candy,
      format: part.format,
      file: part.text,
      content: part.text,
      checksum: part.text,
      key: z.strictObject({ url: part.text, path: part.text }).readonly().exactOptional(),
    }),
  scope: () => "system",
  venue: () => "host-native",
  gate: () => "allow-repo-changes",
  describe: (step) => `add repository ${step.file}${step.key === undefined ? "" : ` with key ${step.key.url}`}`,
  reversibility: () => "exact",
  reverse(step): ReverseOp[] {
    if (step.format === "pac") {
      return [
        reverseOp("remove-managed-block", "system", {
          targets: [step.file],
          extra: { layer: step.candy, marker: repoName(step) },
        }),
      ];
    }
    return [
      ...(step.key === undefined ? [] : [reverseOp("remove-repo-file", "system", { targets: [step.key.path] })]),
      reverseOp("remove-repo-file", "system", { targets: [step.file] }),
    ];
  },
  lower(step, context): readonly Act[] {
    const base = {
      step: context.step,
      candy: step.candy,
      level: "root",
      reversibility: "exact",
      path: step.file,
      mode: "0644",
    } as const;
    const directory = step.key?.path.replace(/\/[^/]*$/, "") ?? "";
    const key: Act[] = step.key === undefined ? [] : [
      {
        ...base,
        type: "dir",
        resource: `dir:${directory}`,
        summary: `make directory ${directory} (0755)`,
        path: directory,
        mode: "0755",
      },
      commandAct({
        candy: step.candy,
        id: `key-${sha256(`${step.key.url}\0${step.key.path}`).slice(0, 12)}`,
        text: keyScript(step.key.url, step.key.path),
        summary: `install key ${step.key.url} as ${step.key.path}`,
        scope: "system",
        shell: "sh",
        touches: [step.key.path],
      }, context),
    ];
    if (step.format === "pac") {
      return [...key, {
        ...base,
        type: "block",
        resource: `block:${step.file}:${repoName(step)}`,
        summary: `add repository ${repoName(step)} to ${step.file}`,
        ...markers(repoName(step)),
        body: step.content.replace(/\n$/, ""),
      }];
    }
    return [...key, {
      ...base,
      type: "file",
      resource: `file:${step.file}`,
      summary: `write ${step.file} (0644)`,
      content: textContent(step.content),
    }];
  },
});

function repoName(step: RepoChangeStep): string {
  return step.content.match(/^\[(.+)\]$/m)?.[1] ?? step.candy;
}

/**
 * Fetches a key and stores it binary, whatever it comes as. No gpg: a bare Debian has none, and armour is only base64 between
 * a blank line and a checksum line. apt's own helper fetches where neither curl nor wget is installed.
 */
function keyScript(url: string, path: string): string {
  return `set -e
url=${quoteWord(url)} key=${quoteWord(path)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if command -v curl >/dev/null; then curl -fsSL --retry 3 -o "$work/raw" -- "$url"
elif command -v wget >/dev/null; then wget -q -O "$work/raw" -- "$url"
else /usr/lib/apt/apt-helper download-file "$url" "$work/raw"; fi
if grep -aq '^-----BEGIN PGP PUBLIC KEY BLOCK-----' "$work/raw"; then
  tr -d '\\r' <"$work/raw" | awk '/^-----BEGIN/ { head = 1; next } /^-----END/ { on = 0; head = 0 }
    head && /^[ \\t]*$/ { on = 1; head = 0; next } on && /^=/ { next } on { print }' | base64 -d >"$work/key"
else mv "$work/raw" "$work/key"; fi
test -s "$work/key"
chmod 0644 "$work/key"
mv "$work/key" "$key"
`;
}
