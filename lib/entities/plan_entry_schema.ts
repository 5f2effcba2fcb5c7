/** Schemas of the entries of a candy's plan, one per verb. */
import { z } from "zod";
import type * as entry from "./plan_entry.ts";
import { probeSchema } from "./probe_schema.ts";
import {
  byKey,
  byValue,
  content,
  environment,
  flag,
  integer,
  list,
  map,
  oneOf,
  opt,
  type Shape,
  strict,
  text,
} from "./schema_kit.ts";

/** An entry as its own verb's schema sees it: that verb and the options. */
export type Lone<E, V extends keyof E> = Pick<E, V> & entry.OptionsOf<E>;

const options = {
  id: opt(text("word")),
  description: opt(text("filled")),
  unless: opt(text("filled")),
  creates: opt(text("targetPath")),
  runAs: opt(text("runAs")),
  timeout: opt(text("duration")),
  distro: opt(list(text("distroTag"))),
  excludeDistro: opt(list(text("distroTag"))),
  context: opt(list(oneOf(["build", "deploy", "runtime"]))),
  keep: opt(z.record(z.string(), z.unknown())),
} satisfies Shape<entry.EntryOptions>;

const checkOptions = {
  id: opt(text("word")),
  description: opt(text("filled")),
  timeout: opt(text("duration")),
  eventually: opt(text("duration")),
  retryInterval: opt(text("duration")),
  context: opt(list(oneOf(["build", "deploy", "runtime"]))),
  distro: opt(list(text("distroTag"))),
  excludeDistro: opt(list(text("distroTag"))),
  keep: opt(z.record(z.string(), z.unknown())),
} satisfies Shape<entry.CheckOptions>;

const undoCommand = strict(
  { command: text("filled"), at: opt(oneOf(["in-place", "end"])) } satisfies Shape<entry.UndoCommand>,
);
const undo: z.ZodType<string | entry.UndoCommand> = byValue<string | entry.UndoCommand>(
  "shell text, or `{ command, at }`",
  (value) => typeof value === "string" ? text("filled") : undoCommand,
);
const mode = text<entry.Mode>("mode");

/** One schema per verb. */
export const verbs = {
  command: strict(
    {
      command: text("filled"),
      ...options,
      undo: opt(undo),
      touches: opt(list(text("targetPath"))),
      once: opt(flag()),
      always: opt(flag()),
      env: opt(environment()),
      secret: opt(list(text("envName"))),
      shell: opt(oneOf(["bash", "sh"])),
    } satisfies Shape<Lone<entry.CommandEntry, "command">>,
  ),
  mkdir: strict(
    { mkdir: text("targetPath"), ...options, mode: opt(mode) } satisfies Shape<Lone<entry.MkdirEntry, "mkdir">>,
  ),
  write: strict(
    {
      write: text("targetPath"),
      ...options,
      content: content(),
      mode: opt(mode),
    } satisfies Shape<Lone<entry.WriteEntry, "write">>,
  ),
  copy: strict(
    {
      copy: text("insidePath"),
      ...options,
      to: text("targetPath"),
      mode: opt(mode),
    } satisfies Shape<Lone<entry.CopyEntry, "copy">>,
  ),
  link: strict(
    { link: text("targetPath"), ...options, target: text("filled") } satisfies Shape<Lone<entry.LinkEntry, "link">>,
  ),
  download: strict(
    {
      download: text("url"),
      ...options,
      to: opt(text("targetPath")),
      extract: opt(oneOf(["tar.gz", "tar.xz", "tar.zst", "zip", "none", "sh"])),
      stripComponents: opt(integer(0, 64)),
      extractInclude: opt(list(text("filled"))),
      sha256: opt(text("sha256")),
      mode: opt(mode),
      env: opt(environment()),
      uninstall: opt(list(text("targetPath"))),
    } satisfies Shape<Lone<entry.DownloadEntry, "download">>,
  ),
  setcap: strict(
    { setcap: text("absolutePath"), ...options, caps: text("caps") } satisfies Shape<Lone<entry.SetcapEntry, "setcap">>,
  ),
  build: strict({ build: oneOf(["all"]), ...options } satisfies Shape<Lone<entry.BuildEntry, "build">>),
  user: strict(
    {
      user: text("account"),
      ...options,
      uid: opt(integer(0, 0xffff_fffe)),
      gid: opt(integer(0, 0xffff_fffe)),
      home: opt(text("absolutePath")),
      loginShell: opt(text("absolutePath")),
      groups: opt(list(text("account"))),
    } satisfies Shape<Lone<entry.UserEntry, "user">>,
  ),
  unixGroup: strict(
    {
      unixGroup: text("account"),
      ...options,
      gid: opt(integer(0, 0xffff_fffe)),
    } satisfies Shape<Lone<entry.UnixGroupEntry, "unixGroup">>,
  ),
  kernelParam: strict(
    {
      kernelParam: text("sysctl"),
      ...options,
      value: text("line"),
    } satisfies Shape<Lone<entry.KernelParamEntry, "kernelParam">>,
  ),
  package: strict(
    {
      package: text("word"),
      ...options,
      map: opt(map(text("word"), "distroKey")),
    } satisfies Shape<Lone<entry.PackageEntry, "package">>,
  ),
  service: strict(
    { service: text("unit"), ...options, enabled: opt(flag()) } satisfies Shape<Lone<entry.ServiceEntry, "service">>,
  ),
  external: strict(
    {
      external: text("kebab"),
      ...options,
      payload: opt(z.unknown()),
      scope: opt(oneOf(["system", "user", "user-profile"])),
      script: opt(text("filled")),
      undo: opt(undo),
    } satisfies Shape<Lone<entry.ExternalEntry, "external">>,
  ),
  check: strict(
    {
      check: text("filled"),
      ...checkOptions,
      probe: probeSchema,
    } satisfies Shape<Lone<entry.CheckEntry, "check">>,
  ),
  agentRun: strict(
    { agentRun: text("filled"), ...checkOptions } satisfies Shape<Lone<entry.AgentRunEntry, "agentRun">>,
  ),
  agentCheck: strict(
    { agentCheck: text("filled"), ...checkOptions } satisfies Shape<Lone<entry.AgentCheckEntry, "agentCheck">>,
  ),
  include: strict(
    {
      include: text<entry.IncludeEntry["include"]>("includeRef"),
      ...checkOptions,
    } satisfies Shape<Lone<entry.IncludeEntry, "include">>,
  ),
};

/** Any entry: exactly one verb. */
export const planEntrySchema: z.ZodType<entry.PlanEntry> = byKey<entry.PlanEntry>(
  "verb",
  verbs satisfies Record<entry.Verb, z.ZodType>,
);
