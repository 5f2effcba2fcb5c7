/** Schemas of the probes. */
import { z } from "zod";
import type * as probe from "./probe.ts";
import { liveVerbs } from "./live_verbs.ts";
import { matchers } from "./matcher_schema.ts";
import { byKey, flag, integer, list, map, oneOf, opt, portNumber, type Shape, strict, text } from "./schema_kit.ts";

const answers = matchers("equals");

/** One schema per probe, by its key. */
export const probes = {
  file: strict(
    {
      file: text("probePath"),
      exists: opt(flag()),
      contains: opt(matchers("contains")),
      mode: opt(text<`0${number}`>("mode")),
      filetype: opt(oneOf(["file", "directory", "symlink"])),
      owner: opt(text("filled")),
      groupOf: opt(text("filled")),
      sha256: opt(text("sha256")),
    } satisfies Shape<probe.FileProbe>,
  ),
  command: strict(
    {
      command: text("filled"),
      exitStatus: opt(integer(0, 255)),
      stdout: opt(answers),
      stderr: opt(answers),
      inContainer: opt(flag()),
      fromHost: opt(flag()),
      background: opt(flag()),
    } satisfies Shape<probe.CommandProbe>,
  ),
  port: strict(
    {
      port: portNumber(),
      listening: opt(flag()),
      ip: opt(text("word")),
      reachable: opt(flag()),
    } satisfies Shape<probe.PortProbe>,
  ),
  service: strict(
    { service: text("unit"), running: opt(flag()), enabled: opt(flag()) } satisfies Shape<probe.ServiceProbe>,
  ),
  package: strict(
    {
      package: text("word"),
      installed: opt(flag()),
      version: opt(list(text())),
      packageMap: opt(map(text("word"))),
    } satisfies Shape<probe.PackageProbe>,
  ),
  process: strict({ process: text("filled"), running: opt(flag()) } satisfies Shape<probe.ProcessProbe>),
  http: strict(
    {
      http: text("url"),
      status: opt(integer(100, 599)),
      body: opt(answers),
      header: opt(map(text())),
      method: opt(text("word")),
      requestBody: opt(text()),
      allowInsecure: opt(flag()),
      noFollowRedirects: opt(flag()),
      caFile: opt(text("filled")),
    } satisfies Shape<probe.HttpProbe>,
  ),
  addr: strict({ addr: text("word"), reachable: opt(flag()) } satisfies Shape<probe.AddrProbe>),
  user: strict(
    {
      user: text("account"),
      uid: opt(integer()),
      gid: opt(integer()),
      home: opt(text("absolutePath")),
      loginShell: opt(text("absolutePath")),
    } satisfies Shape<probe.UserProbe>,
  ),
  unixGroup: strict({ unixGroup: text("account"), gid: opt(integer()) } satisfies Shape<probe.UnixGroupProbe>),
  kernelParam: strict({ kernelParam: text("sysctl"), value: answers } satisfies Shape<probe.KernelParamProbe>),
  interface: strict(
    { interface: text("word"), mtu: opt(integer(1)), addrs: opt(list(text("word"))) } satisfies Shape<
      probe.InterfaceProbe
    >,
  ),
  mount: strict(
    {
      mount: text("targetPath"),
      mountSource: opt(text("word")),
      filesystem: opt(text("word")),
      opt: opt(list(text("word"))),
    } satisfies Shape<probe.MountProbe>,
  ),
  dns: strict(
    {
      dns: text("word"),
      resolvable: opt(flag()),
      addrs: opt(list(text("word"))),
      server: opt(text("word")),
    } satisfies Shape<probe.DnsProbe>,
  ),
  live: strict(
    {
      live: oneOf(Object.keys(liveVerbs) as [probe.LiveVerb, ...probe.LiveVerb[]]),
      method: text("word"),
      with: opt(z.record(z.string(), z.unknown())),
      exitStatus: opt(integer(0, 255)),
      stdout: opt(answers),
      stderr: opt(answers),
    } satisfies Shape<probe.LiveProbe>,
  ),
  plugin: strict(
    {
      plugin: text("word"),
      input: opt(z.unknown()),
      exitStatus: opt(integer(0, 255)),
      stdout: opt(answers),
      stderr: opt(answers),
    } satisfies Shape<probe.PluginProbe>,
  ),
};

/** Any probe. */
export const probeSchema: z.ZodType<probe.Probe> = byKey<probe.Probe>("probe", probes);
