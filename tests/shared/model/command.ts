/** What may happen to a machine that charly deploys to: plain data, so that a failing list can be printed and run again. */
import fc from "fast-check";
import type { Step } from "./step.ts";

/** Where a run is interrupted: which passing of a hook of the driver, how, and what is done next. */
export interface Cut {
  readonly at: number;
  /** The driver is killed, the connection ends, Ctrl-C. */
  readonly how: "kill" | "close" | "abort";
  readonly then: "again" | "del" | "repair";
}

/** An add or a del of a bundle. */
export type Deploy =
  | {
    readonly do: "add";
    readonly bundle: string;
    readonly takeOver?: true;
    readonly gate?: true;
    readonly rollback?: true;
    readonly cut?: Cut;
  }
  | { readonly do: "del"; readonly bundle: string; readonly force?: true; readonly cut?: Cut };

/** One thing that happens. What is not possible where it stands (an edit of a file in no directory) does nothing. */
export type Command =
  | Deploy
  | { readonly do: "edit"; readonly candy: string; readonly steps: readonly Step[] }
  | {
    readonly do: "drift";
    readonly path: string;
    readonly how: "write" | "replace" | "remove" | "chmod" | "dir" | "link";
  }
  /** Two runs at once. */
  | { readonly do: "both"; readonly one: Deploy; readonly other: Deploy }
  | { readonly do: "rename"; readonly bundle: string }
  | { readonly do: "repair" };

/** Names a bundle may be renamed between. */
export const otherName: Readonly<Record<string, string>> = { one: "uno", uno: "one", two: "due", due: "two" };

/** A record of exactly these members. */
function shaped<T extends object>(members: { readonly [K in keyof T]-?: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(members) as unknown as fc.Arbitrary<T>;
}

const files = ["f", "g", "d/f", "d/e/f", "n/m/f"];
const text = fc.constantFrom("A\n", "B\n");

/** Any step. */
export const anyStep = fc.oneof(
  {
    weight: 5,
    arbitrary: shaped({ write: fc.constantFrom(...files), text }),
  },
  {
    weight: 1,
    arbitrary: shaped({ write: fc.constantFrom(...files), text, mode: fc.constant("0600" as const) }),
  },
  { weight: 2, arbitrary: shaped({ mkdir: fc.constantFrom("d", "d/e", "n", "k") }) },
  {
    weight: 1,
    arbitrary: shaped({ mkdir: fc.constantFrom("d", "n", "k"), mode: fc.constant("0700" as const) }),
  },
  { weight: 2, arbitrary: shaped({ link: fc.constantFrom("l", "n/l"), to: fc.constantFrom("f", "nowhere") }) },
  { weight: 2, arbitrary: shaped({ command: fc.constantFrom("c", "e"), text: fc.constantFrom("1", "2") }) },
  { weight: 1, arbitrary: shaped({ touch: fc.constant("t"), text: fc.constantFrom("1", "2") }) },
  { weight: 2, arbitrary: shaped({ block: fc.constantFrom("alias x=1", "alias x=2\nalias y=3") }) },
  { weight: 1, arbitrary: fc.constant<Step>({ check: true }) },
  { weight: 1, arbitrary: shaped({ root: fc.constantFrom("1", "2") }) },
);

/** Steps as one candy may have them: commands have names of their own. */
function anySteps(minLength: number, maxLength: number): fc.Arbitrary<Step[]> {
  return fc.array(anyStep, { minLength, maxLength }).map((steps) => {
    const names = steps.map((step) => step as { command?: string; touch?: string; check?: true; root?: string })
      .map(({ command, touch, check, root }) => command ?? touch ?? (check === true ? "check" : root && "root"));
    return steps.filter((_, index) => names[index] === undefined || names.indexOf(names[index]) === index);
  });
}

const candy = fc.constantFrom("a", "b", "c");
const bundle = fc.constantFrom("one", "two");
const yes = fc.constant(true as const);
const sometimes = (weight: number) => ({ freq: weight, nil: undefined });
const anyCut: fc.Arbitrary<Cut> = fc.record({
  at: fc.integer({ min: 1, max: 70 }),
  how: fc.constantFrom("kill", "kill", "kill", "close", "abort"),
  then: fc.constantFrom("again", "del", "again", "repair"),
});

function without<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined)) as T;
}

const anyAdd = shaped({
  do: fc.constant("add" as const),
  bundle,
  takeOver: fc.option(yes, sometimes(1)),
  gate: fc.option(yes, sometimes(2)),
  rollback: fc.option(yes, sometimes(4)),
}).map((it) => without(it) as Deploy);
const anyDel = fc.record({ do: fc.constant("del" as const), bundle, force: fc.option(yes, sometimes(3)) }).map((it) =>
  without(it) as Deploy
);
const cut = (deploys: fc.Arbitrary<Deploy>) =>
  fc.tuple(deploys, anyCut).map(([deploy, cut]): Deploy =>
    "rollback" in deploy && deploy.rollback === true ? deploy : { ...deploy, cut }
  );
const plain = fc.oneof(
  fc.record({ do: fc.constant("add" as const), bundle }),
  fc.record({ do: fc.constant("del" as const), bundle }),
) as fc.Arbitrary<Deploy>;

/** Any command; a bundle's name is its first one. */
export const anyCommand = fc.oneof(
  { weight: 6, arbitrary: anyAdd },
  { weight: 3, arbitrary: anyDel },
  { weight: 4, arbitrary: cut(anyAdd) },
  { weight: 2, arbitrary: cut(anyDel) },
  {
    weight: 5,
    arbitrary: shaped({
      do: fc.constant("edit" as const),
      candy,
      steps: anySteps(0, 5),
    }),
  },
  {
    weight: 4,
    arbitrary: shaped({
      do: fc.constant("drift" as const),
      path: fc.constantFrom(...files, "l", "d", "n", "k", ".bashrc", "broken", "d/theirs"),
      how: fc.constantFrom(...["write", "write", "replace", "remove", "remove", "chmod", "dir", "link"] as const),
    }),
  },
  { weight: 2, arbitrary: shaped({ do: fc.constant("both" as const), one: plain, other: plain }) },
  { weight: 1, arbitrary: shaped({ do: fc.constant("rename" as const), bundle }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: "repair" }) },
);

/** A whole story: what the candies are at first, and what happens. */
export interface Story {
  readonly candies: Readonly<Record<string, readonly Step[]>>;
  readonly commands: readonly Command[];
}

/** Any story. */
export function anyStory(length: number): fc.Arbitrary<Story> {
  const steps = anySteps(1, 5);
  return fc.record({
    candies: fc.record({ a: steps, b: steps, c: anySteps(0, 2) }),
    commands: fc.array(anyCommand, { minLength: 2, maxLength: length }),
  });
}
