/** What every act of an entry begins with. */
import type { Level } from "./act.ts";
import type { LowerContext } from "./define_step.ts";
import { levelOf, scopeOfUser } from "./scope.ts";
import type { OpStep } from "./step.ts";
import { absolutePath, variablesOf } from "./variables.ts";

/** Fields acts share, and the two ways texts of the entry are expanded. */
export interface OpBase {
  readonly act: { readonly step: number; readonly candy: string; readonly level: Level };
  readonly variables: Readonly<Record<string, string>>;
  readonly where: string;
  /** Final absolute path of a text. */
  path(text: string): string;
}

export function opBase(step: OpStep, verb: string, context: LowerContext): OpBase {
  const variables = variablesOf(context.facts, step.candyVars);
  const where = `candy "${step.candy}": ${verb}`;
  return {
    act: { step: context.step, candy: step.candy, level: levelOf(scopeOfUser(step.resolvedUser)) },
    variables,
    where,
    path: (text) => absolutePath(text, variables, where),
  };
}
