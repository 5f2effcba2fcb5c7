/** Writes the files of a new step kind: `deno task new:step TimerEnable`. What it cannot know, the compiler then asks for. */

/** Files of a kind, by path: new ones, and those with a line more. */
export type Files = Readonly<Record<string, string>>;

const modFile = "lib/steps/mod.ts", stepFile = "lib/steps/step.ts";

/**
 * The files of a new kind.
 *
 * @param kind in the manner of `ServiceCustom`
 * @param current the text of `lib/steps/mod.ts` and `lib/steps/step.ts`
 */
export function newStep(kind: string, current: Files): Files {
  if (!/^(?:[A-Z][a-z0-9]+)+$/.test(kind)) throw new Error(`new step: ${kind} is no name like ServiceCustom`);
  const name = kind[0]!.toLowerCase() + kind.slice(1);
  const file = kind.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  if (current[modFile]!.includes(`"./${file}.ts"`)) {
    throw new Error(`new step: there is a lib/steps/${file}.ts already`);
  }
  const before = (text: string, anchor: RegExp, line: string) => {
    if (!anchor.test(text)) throw new Error(`new step: no place for "${line.trim()}"`);
    return text.replace(anchor, (found) => line + found);
  };
  let mod = current[modFile]!;
  mod = before(mod, /import \{ file \}/, `import { ${name} } from "./${file}.ts";\n`);
  mod = before(mod, / {2}externalPlugin,\n/, `  ${name},\n`);
  mod = before(mod, / {4}case "ExternalPlugin":\n/, `    case "${kind}":\n      return visitor.${kind}(step);\n`);
  mod = before(mod, / {2}ExternalPlugin: answers/, `  ${kind}: answers(${name}),\n`);
  let step = current[stepFile]!;
  step = before(step, / {2}\| ExternalPluginStep\n/, `  | ${kind}Step\n`);
  step = before(
    step,
    /(?:\/\*\*[^\n]*\*\/\n)?export type InstallStep =/,
    `/** What it is for. */\nexport interface ${kind}Step extends StepBase {\n  readonly kind: "${kind}";\n}\n\n`,
  );
  const story = { story: "what it does, in a sentence", candy: { version: "2026.300.0900", description: "a thing" } };
  const example = { ...story, step: { kind, candy: "it" }, then: {} };
  return {
    [modFile]: mod,
    [stepFile]: step,
    [`lib/steps/${file}.ts`]: template(kind, name),
    [`tests/fixtures/steps/${file}/first.json`]: `${JSON.stringify(example, null, 2)}\n`,
  };
}

function template(kind: string, name: string): string {
  return `/** What it is for. */
import { defineStep } from "./define_step.ts";
import type { ${kind}Step } from "./step.ts";

export const ${name} = defineStep<${kind}Step>({
  kind: "${kind}",
  schema: (z, part) => z.strictObject({ kind: z.literal("${kind}"), candy: part.candy }),
  scope: () => "system",
  venue: () => "host-native",
  gate: () => undefined,
  describe: () => "what it does",
  reversibility: () => "none",
  reverse: () => [],
  lower: () => ({ skipped: "${kind} has no acts yet" }),
});
`;
}

if (import.meta.main) {
  const root = new URL("../../", import.meta.url);
  const read = (path: string) => Deno.readTextFileSync(new URL(path, root));
  const files = newStep(Deno.args[0] ?? "", { [modFile]: read(modFile), [stepFile]: read(stepFile) });
  for (const [path, text] of Object.entries(files)) {
    const url = new URL(path, root);
    Deno.mkdirSync(new URL(".", url), { recursive: true });
    Deno.writeTextFileSync(url, text);
    console.log(path);
  }
  console.log("now: `deno task ok` says who else has to answer for it, and its story says what is expected");
}
