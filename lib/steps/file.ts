/** One file of the candy put in place with mode and owner. */
import { CharlyError } from "../base/errors.ts";
import { own } from "../base/own.ts";
import type { CandyFile } from "./candy_files.ts";
import { defineStep, type LowerContext } from "./define_step.ts";
import { removeFile } from "./reverse_op.ts";
import { levelOf, scopeOfPath } from "./scope.ts";
import type { FileStep } from "./step.ts";
import { absolutePath, resolveHome, variablesOf } from "./variables.ts";

export const file = defineStep<FileStep>({
  kind: "File",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("File"),
      candy: part.candy,
      source: part.text,
      dest: part.text,
      mode: part.text,
      owner: part.text,
    }),
  scope: (step) => scopeOfPath(step.dest),
  venue: () => "host-native",
  gate: () => undefined,
  describe: (step) => `copy ${step.source} to ${step.dest} (${step.mode})`,
  reversibility: () => "exact",
  reverse: (step, { facts }) => [removeFile(resolveHome(step.dest, facts.home))],
  lower(step, context) {
    const path = absolutePath(step.dest, variablesOf(context.facts, {}), `candy "${step.candy}": file`);
    return [{
      type: "file",
      resource: `file:${path}`,
      step: context.step,
      candy: step.candy,
      level: levelOf(scopeOfPath(path)),
      summary: `copy ${step.source} to ${path} (${step.mode})`,
      reversibility: "exact",
      path,
      content: candyFile(step.candy, step.source, context).content,
      mode: step.mode,
      ...(step.owner === "" ? {} : { owner: step.owner }),
    }];
  },
});

/**
 * A file of a candy's directory.
 *
 * @throws CharlyError when it is not there
 */
export function candyFile(candy: string, name: string, context: Pick<LowerContext, "files">): CandyFile {
  const directory = own(context.files, candy);
  const found = directory?.files.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new CharlyError(
    `candy "${candy}": copy: ${JSON.stringify(name)} is not in ${directory?.dir ?? `candy/${candy}`}`,
    {
      hint: "put the file there, or set the candy's `dir`",
      code: "no-such-source",
      exitCode: 2,
    },
  );
}
