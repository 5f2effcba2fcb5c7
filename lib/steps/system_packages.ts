/** Packages of the distribution's own package manager. */
import { quoteWord } from "../command/quote.ts";
import type { Act, PackagesAct } from "./act.ts";
import { commandAct } from "./command_act.ts";
import { defineStep, type LowerContext } from "./define_step.ts";
import { removePackages, type ReverseOp, reverseOp, undoScript } from "./reverse_op.ts";
import { sha256 } from "./content.ts";
import type { SystemPackagesStep } from "./step.ts";

export const systemPackages = defineStep<SystemPackagesStep>({
  kind: "SystemPackages",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("SystemPackages"),
      candy: part.candy,
      id: part.text.exactOptional(),
      format: part.format,
      phase: part.phase,
      packages: part.texts,
      repos: z.array(part.repo).readonly(),
      options: part.texts,
      copr: part.texts,
      modules: part.texts,
      exclude: part.texts,
      keys: part.texts,
      cacheMount: z.array(z.strictObject({ dst: part.text, sharing: part.text }).readonly()).readonly().exactOptional(),
      replaces: part.texts.exactOptional(),
      unless: part.text.exactOptional(),
      creates: part.text.exactOptional(),
      timeout: z.number().exactOptional(),
    }),
  scope: () => "system",
  venue: () => "host-native",
  gate: (step) =>
    step.phase === "prepare" && step.repos.length + step.copr.length + step.modules.length > 0
      ? "allow-repo-changes"
      : undefined,
  describe: (step) =>
    step.phase === "prepare"
      ? `prepare ${preparations(step).map(({ what }) => what).join(", ")}`
      : `install ${step.packages.join(", ")} (${step.format})`,
  reversibility: (step) => step.phase === "prepare" ? "best-effort" : "exact",
  reverse(step): ReverseOp[] {
    if (step.phase !== "prepare") return step.packages.length === 0 ? [] : [removePackages(step.format, step.packages)];
    return [
      ...step.copr.map((copr) => reverseOp("copr-disable", "system", { targets: [copr] })),
      ...preparations(step).flatMap(({ copr, undo, fetch }) => {
        if (fetch !== undefined) return [reverseOp("remove-repo-file", "system", { targets: [fetch.to] })];
        return copr === true || undo === "" ? [] : [undoScript(undo, "system")];
      }),
    ];
  },
  lower: (step, context) => step.phase === "prepare" ? prepare(step, context) : install(step, context),
});

function install(step: SystemPackagesStep, context: LowerContext): readonly PackagesAct[] | { skipped: string } {
  if (step.packages.length === 0) return { skipped: "no packages" };
  if (context.facts.format !== step.format) {
    return { skipped: `${step.format} packages mean nothing on ${context.facts.distro[0] ?? "this machine"}` };
  }
  return [{
    type: "packages",
    resource: `pkg:${step.format}:${step.candy}/${step.id ?? "packages"}`,
    step: context.step,
    candy: step.candy,
    level: "root",
    summary: systemPackages.describe(step),
    reversibility: "exact",
    format: step.format,
    names: step.packages,
    options: step.options,
    exclude: step.exclude,
    refresh: true,
    replaces: step.replaces ?? [],
    ...(step.unless === undefined ? {} : { unless: step.unless }),
    ...(step.creates === undefined ? {} : { creates: step.creates }),
    ...(step.timeout === undefined ? {} : { timeout: step.timeout }),
  }];
}

/** One thing a prepare step does: a shell line with its way back, or a file to fetch. */
interface Preparation {
  readonly what: string;
  readonly text: string;
  readonly undo: string;
  readonly copr?: true;
  readonly unless?: string;
  readonly fetch?: { readonly url: string; readonly to: string };
}

/** What a prepare step does, in order. */
function preparations(step: SystemPackagesStep): Preparation[] {
  const releases = step.repos.filter((repo) => repo.rpm !== undefined && step.format === "rpm");
  const lists = step.repos.filter((repo) => repo.url?.endsWith(".repo") === true && step.format === "rpm");
  const trusted = step.repos.filter((repo) => repo.key !== undefined && step.format === "pac");
  const ppas = step.repos.filter((repo) => repo.url?.startsWith("ppa:") === true && step.format === "deb");
  return [
    ...releases.map(({ name, rpm = "" }) => ({
      what: `repository package ${name}`,
      text: `dnf install -y ${quoteWord(rpm)}`,
      undo: `dnf remove -y ${quoteWord(name)}`,
      unless: `rpm -q ${quoteWord(name)}`,
    })),
    ...lists.map(({ name, url = "" }) => ({
      what: `repository ${url}`,
      text: "",
      undo: "",
      fetch: { url, to: `/etc/yum.repos.d/${name}.repo` },
    })),
    ...ppas.map(({ url = "" }) => ({
      what: `repository ${url}`,
      text: `add-apt-repository -y ${quoteWord(url)}`,
      undo: `add-apt-repository -y --remove ${quoteWord(url)}`,
    })),
    ...trusted.map(({ name, key = "" }) => ({
      what: `key ${key} of repository ${name}`,
      text: `pacman-key --recv-keys ${quoteWord(key)} && pacman-key --lsign-key ${quoteWord(key)}`,
      undo: `pacman-key --delete ${quoteWord(key)}`,
      unless: `pacman-key --list-keys ${quoteWord(key)}`,
    })),
    ...step.copr.map((copr) => ({
      what: `copr ${copr}`,
      text: `dnf -y copr enable ${quoteWord(copr)}`,
      undo: `dnf -y copr disable ${quoteWord(copr)}`,
      copr: true as const,
    })),
    ...step.modules.map((module) => ({
      what: `module ${module}`,
      text: `dnf -y module enable ${quoteWord(module)}`,
      undo: `dnf -y module reset ${quoteWord(module.replace(/:.*/, ""))}`,
    })),
  ];
}

function prepare(step: SystemPackagesStep, context: LowerContext): Act[] {
  return preparations(step).map(({ what, text, undo, unless, fetch }): Act => {
    if (fetch !== undefined) {
      return {
        type: "download",
        resource: `file:${fetch.to}`,
        step: context.step,
        candy: step.candy,
        level: "root",
        summary: `download ${fetch.url} to ${fetch.to}`,
        reversibility: "exact",
        ...fetch,
        extract: "none",
        strip: 0,
        include: [],
        mode: "0644",
        env: {},
        uninstall: [],
      };
    }
    const act = commandAct({
      candy: step.candy,
      id: `repo-${sha256(text).slice(0, 12)}`,
      text: `${text}\n`,
      summary: `enable ${what}`,
      scope: "system",
      shell: "sh",
      ...(undo === "" ? {} : { undo }),
    }, context);
    return unless === undefined ? act : { ...act, unless };
  });
}
