/** Stories: an authored candy, the facts of a machine, and everything that must come of it. One JSON file each. */
import type { InstallOptions } from "../../../lib/entities/bundle.ts";
import type { Candy } from "../../../lib/entities/candy.ts";
import type { HostFacts } from "../../../lib/facts/facts.ts";
import type { TargetKind } from "../../../lib/steps/define_step.ts";
import type { Act } from "../../../lib/steps/act.ts";
import type { CandyFiles } from "../../../lib/steps/candy_files.ts";
import { compileBundle, type Compiled } from "../../../lib/plan/compile.ts";
import type { InstallStep } from "../../../lib/plan/install_plan.ts";
import { Environment } from "../../../lib/plan/environment.ts";
import { lowerCandy } from "../../../lib/plan/lower.ts";
import { plainAct } from "../../../lib/plan/digest.ts";
import { stepToWire } from "../../../lib/plan/wire.ts";
import { distroOf } from "../../../lib/plan/distro.ts";
import { textContent } from "../../../lib/steps/content.ts";
import { ask } from "../../../lib/steps/mod.ts";

/** What a story gives. */
export interface Given {
  readonly story: string;
  /** os-release text, and facts that differ from {@link debianUser}. */
  readonly osRelease?: string;
  readonly facts?: Partial<HostFacts>;
  readonly target?: TargetKind;
  readonly options?: InstallOptions & { readonly assumeYes?: boolean };
  readonly candy: Candy;
  /** A step of a kind that no candy compiles to, in the place of a candy's. */
  readonly step?: InstallStep;
  /** Text files of the candy's directory; names that end in `/` are directories builders look for. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A login user on Debian 12. */
export const debianUser: HostFacts = {
  hostname: "web1",
  user: "ann",
  uid: 1000,
  gid: 1000,
  home: "/home/ann",
  loginShell: "/bin/bash",
  machine: "x86_64",
  distro: ["debian:12", "debian"],
  format: "deb",
  glibc: "2.36",
  systemd: true,
  tools: ["bash", "curl"],
};

/** {@link debianUser} on another distribution. */
export function factsFor(osRelease: string | undefined): HostFacts {
  if (osRelease === undefined) return debianUser;
  const { format: _debian, ...rest } = debianUser;
  const { tags, format } = distroOf(osRelease);
  return { ...rest, distro: tags, ...(format === undefined ? {} : { format }) };
}

/** Compiles the one candy of a story, called `it`. */
export function compileStory(given: Given): Compiled {
  const facts = { ...factsFor(given.osRelease), ...given.facts };
  const names = Object.keys(given.files ?? {});
  const files: CandyFiles = names.length === 0 ? {} : {
    it: {
      dir: "candy/it",
      builderFiles: names.sort(),
      files: names.filter((name) => !name.endsWith("/")).map((name) => ({
        name,
        content: textContent(given.files?.[name] ?? ""),
        executable: name.endsWith(".sh"),
      })),
    },
  };
  const target = given.target ?? "ssh";
  const options = given.options ?? {};
  const compiled = compileBundle({
    config: { candies: { it: given.candy }, bundles: { web: { on: { target: "local" }, candy: ["it"] } } },
    project: "shop",
    bundle: "web",
    facts,
    target,
    options,
    files,
  });
  if (given.step === undefined) return compiled;
  const steps = [given.step];
  const environment = Environment.first({}, facts.home);
  const lowered = lowerCandy(steps, { facts, target, options, files, secrets: [], environment, first: 1 });
  const plans = compiled.plan.plans.map((plan) => ({ ...plan, steps }));
  return { ...compiled, acts: lowered.acts, skipped: lowered.skipped, plan: { ...compiled.plan, plans } };
}

/** What came of a story, as its file tells it. */
export function outcome(compiled: Compiled, facts: HostFacts): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify({
    steps: compiled.plan.plans.flatMap(({ steps }) => steps).map((step) => {
      const answers = ask(step);
      return {
        step: stepToWire(step),
        describe: answers.describe(),
        scope: answers.scope(),
        gate: answers.gate() ?? "none",
        reversibility: answers.reversibility(),
        reverse: answers.reverse({ facts }),
      };
    }),
    acts: compiled.acts.map(readable),
    skipped: compiled.skipped,
  }));
}

/** An act with the text of its file in the place of a digest. */
function readable(act: Act): Readonly<Record<string, unknown>> {
  const plain = plainAct(act);
  if (act.type !== "file" || act.content.from.kind !== "bytes") return plain;
  return { ...plain, content: new TextDecoder().decode(act.content.from.bytes) };
}
