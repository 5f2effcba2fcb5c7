/** Schemas of a bundle, its targets and `local` templates. */
import { z } from "zod";
import type * as bundle from "./bundle.ts";
import { candyRefs } from "./candy_schema.ts";
import { planEntrySchema } from "./plan_entry_schema.ts";
import { byValue, environment, flag, isRecord, list, oneOf, opt, type Shape, strict, text } from "./schema_kit.ts";

/** The opt-ins. */
export const installOpts = strict(
  {
    withServices: opt(flag()),
    allowRepoChanges: opt(flag()),
    allowRootTasks: opt(flag()),
    skipIncompatible: opt(flag()),
    verify: opt(flag()),
    builderImage: opt(text("word")),
  } satisfies Shape<bundle.InstallOptions>,
);

/** One schema per target. */
export const targets = {
  local: strict({ target: z.literal("local") } satisfies Shape<bundle.LocalTarget>),
  ssh: strict(
    {
      target: z.literal("ssh"),
      host: list(text()),
      user: opt(text("word")),
      transport: opt(oneOf(["ssh2", "openssh"])),
      sshArg: opt(list(text("filled"))),
    } satisfies Shape<bundle.SshTarget>,
  ),
  nested: strict(
    {
      target: z.literal("nested"),
      outer: target<bundle.LocalTarget | bundle.SshTarget>(["local", "ssh"]),
      via: oneOf(["podman-exec", "docker-exec", "ssh"]),
      name: text("word"),
      user: opt(text("word")),
    } satisfies Shape<bundle.NestedTarget>,
  ),
  vm: strict({ target: z.literal("vm"), vm: text("qualified") } satisfies Shape<bundle.VmTarget>),
};

/** A target, told apart by `target`; one that is none of `kinds` is reported at that field. */
function target<T>(kinds: readonly [string, ...string[]]): z.ZodType<T> {
  const unknownKind = z.looseObject({ target: oneOf(kinds) });
  return byValue<T>("a target: `local()`, `ssh(…)`, `vmTarget(…)` or `nested(…)`", (value) => {
    if (!isRecord(value)) return undefined;
    const kind = kinds.find((name) => name === value["target"]);
    return (kind === undefined ? unknownKind : targets[kind as keyof typeof targets]) as unknown as z.ZodType<T>;
  });
}

/** Candies on a target. */
export const bundleSchema = strict(
  {
    on: target<bundle.BundleTarget>(["local", "ssh", "nested", "vm"]),
    candy: opt(candyRefs),
    from: opt(text("qualified")),
    addCandy: opt(candyRefs),
    description: opt(text("filled")),
    installOpts: opt(installOpts),
    env: opt(environment()),
    was: opt(list(text("bundleName"))),
    disposable: opt(flag()),
    lifecycle: opt(oneOf(["scratch", "dev", "test", "qa", "staging", "prod", "custom"])),
    onFailure: opt(oneOf(["stop", "rollback"])),
    plan: opt(list(planEntrySchema)),
    keep: opt(z.record(z.string(), z.unknown())),
  } satisfies Shape<bundle.Bundle>,
);

/** A `local` template. */
export const localTemplateSchema = strict(
  {
    candy: candyRefs,
    installOpts: opt(installOpts),
    env: opt(environment()),
    description: opt(text("filled")),
    plan: opt(list(planEntrySchema)),
    keep: opt(z.record(z.string(), z.unknown())),
  } satisfies Shape<bundle.LocalTemplate>,
);
