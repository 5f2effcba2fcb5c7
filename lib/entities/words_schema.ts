/** Schemas of the words a project adds. */
import { z } from "zod";
import { security } from "./candy_schema.ts";
import { planEntrySchema } from "./plan_entry_schema.ts";
import { flag, integer, list, map, oneOf, opt, type Shape, strict, text } from "./schema_kit.ts";
import type * as words from "./words.ts";

const word = { description: opt(text()), plan: opt(list(planEntrySchema)) };
const data = opt(z.unknown());
const some = opt(text());
const many = opt(list(text()));
const variables = opt(map(text()));

const cacheMount = opt(list(strict(
  { dst: text(), sharing: opt(oneOf(["locked", "shared", "private"])), owned: opt(flag()) } satisfies Shape<
    words.CacheMount
  >,
)));
const templates = opt(strict({ container: some, host: some } satisfies Shape<words.PhaseTemplates>));
const phase = opt(strict({ prepare: templates, install: templates, cleanup: templates } satisfies Shape<words.Phases>));
const repos = opt(list(z.looseObject({ name: text() }) as z.ZodType<words.BootstrapRepo>));

const format = strict(
  {
    cacheMount,
    sectionField: opt(map(oneOf(["list", "list_of_maps"]))),
    installTemplate: some,
    uninstallTemplate: some,
    phase,
    validate: opt(list(strict({ field: some, rule: some }))),
    secondary: data,
    localPkg: variables,
  } satisfies Shape<words.DistroFormat>,
);

/** A distribution. */
export const distroSchema = strict(
  {
    ...word,
    inherits: some,
    inheritPackages: opt(flag()),
    version: some,
    bootstrap: opt(strict({ installCmd: some, package: many, cacheMount })),
    workaround: data,
    format: opt(map(format)),
    baseUser: opt(strict({ name: some, uid: opt(integer()), gid: opt(integer()), home: some })),
    pacstrap: opt(strict({
      basePackage: many,
      keyringInitCmd: some,
      mirrorlistUrl: some,
      extraRepo: repos,
      runtimePacmanConf: some,
    })),
    debootstrap: opt(strict({
      suite: some,
      mirror: some,
      variant: some,
      components: data,
      includePackage: many,
      basePackage: many,
      extraRepo: repos,
    })),
    alpineBootstrap: opt(strict({ mirrorUrl: some })),
    bootloader: opt(strict({ installTemplate: some, initramfsTemplate: some, fstabTemplate: some })),
    dnf: opt(strict({ maxParallelDownloads: opt(integer()), fastestmirror: opt(flag()) })),
  } satisfies Shape<words.Distro>,
);

/** A builder. */
export const builderSchema = strict(
  {
    ...word,
    kind: opt(oneOf(["layer", "bootstrap"])),
    privileged: opt(flag()),
    outputArtifact: some,
    detectFile: many,
    detectConfig: data,
    requiresSrcDir: opt(flag()),
    inline: data,
    cacheMount,
    runtimeEnv: data,
    stageTemplate: some,
    installTemplate: some,
    manylinuxFix: data,
    buildScript: some,
    phase,
    installCommand: variables,
    copyArtifact: opt(list(strict({ src: some, dst: some, chown: data } satisfies Shape<words.BuiltFile>))),
    copyBinary: data,
    pathContribution: data,
    env: variables,
  } satisfies Shape<words.Builder>,
);

/** An init system. */
export const initSchema = strict(
  {
    ...word,
    model: oneOf(["fragment_assembly", "file_copy"]),
    candyField: data,
    candyFile: data,
    dependsCandy: data,
    requiresCapability: many,
    headerFile: some,
    fragmentDir: some,
    relayTemplate: some,
    stageName: some,
    stageHeaderCopy: data,
    stageFragmentCopy: data,
    assemblyTemplate: some,
    systemEnableTemplate: some,
    postAssemblyTemplate: some,
    entrypoint: data,
    fallbackEntrypoint: data,
    managementTool: some,
    managementCommand: variables,
    labelKey: some,
    serviceSchema: opt(strict({
      serviceTemplate: some,
      unitPathTemplate: some,
      dropinTemplate: some,
      dropinPathTemplate: some,
      supportsPackaged: opt(flag()),
    })),
  } satisfies Shape<words.InitSystem>,
);

/** A resource. */
export const resourceSchema = strict(
  { ...word, gpu: opt(strict({ vendor: some })) } satisfies Shape<words.Resource>,
);

/** A sidecar. */
export const sidecarSchema = strict(
  {
    ...word,
    image: opt(text("word")),
    parameter: opt(map(z.unknown())),
    env: variables,
    volume: opt(list(strict({ name: some, path: some } satisfies Shape<words.SidecarVolume>))),
    secret: opt(list(
      strict({ name: some, env: some, envFrom: some, description: some } satisfies Shape<words.SidecarSecret>),
    )),
    security: opt(security),
  } satisfies Shape<words.Sidecar>,
);

const credential = strict(
  { src: text(), dst: text(), mode: opt(oneOf(["copy", "bind"])), optional: opt(flag()) } satisfies Shape<
    words.AgentCredential
  >,
);

/** An agent. */
export const agentSchema = strict(
  {
    ...word,
    command: list(text()),
    promptVia: opt(oneOf(["argv", "file"])),
    versionCommand: data,
    timeout: opt(text("duration")),
    workingDir: some,
    credential: opt(list(credential)),
    progressCheckInterval: opt(text("duration")),
    progressNoImprovementTimeout: opt(text("duration")),
    outputFormat: opt(oneOf(["", "stream-json"])),
    env: variables,
  } satisfies Shape<words.Agent>,
);
