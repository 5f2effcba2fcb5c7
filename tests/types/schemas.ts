/** Schemas and hand-written interfaces say the same; what is left of an entity is JSON. */
import type { z } from "zod";
import type {
  artifact,
  candySchema,
  distroSection,
  repo,
  security,
  service,
  shell,
} from "../../lib/entities/candy_schema.ts";
import type { boxSchema } from "../../lib/entities/box_schema.ts";
import type { bundleSchema, installOpts, localTemplateSchema, targets } from "../../lib/entities/bundle_schema.ts";
import type { androidSchema, groupSchema, k8sSchema, podSchema } from "../../lib/entities/deployment_schema.ts";
import type { libvirt } from "../../lib/entities/libvirt_schema.ts";
import type { defaults, readiness } from "../../lib/entities/config_schema.ts";
import type { Lone, verbs } from "../../lib/entities/plan_entry_schema.ts";
import type { probes } from "../../lib/entities/probe_schema.ts";
import type { permissions, taskArg, taskSchema } from "../../lib/entities/task_schema.ts";
import type { cloudInit, network, snapshot, sources, ssh, vmSchema } from "../../lib/entities/vm_schema.ts";
import type {
  agentSchema,
  builderSchema,
  distroSchema,
  initSchema,
  resourceSchema,
  sidecarSchema,
} from "../../lib/entities/words_schema.ts";
import type * as charly from "../../mod.ts";

type Deep<T> = T extends readonly (infer I)[] ? readonly Deep<I>[]
  : T extends object ? { readonly [K in keyof T]: Deep<T[K]> }
  : T;
type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends (<X>() => X extends B ? 1 : 2) ? true
  : { readonly schema: A; readonly type: B };
/** Compiles only when both types are the same. */
function same<A, B>(_equal: Equal<Deep<A>, Deep<B>>): void {}

same<z.output<typeof repo>, charly.Repo>(true);
same<z.output<typeof distroSection>, charly.DistroSection>(true);
same<z.output<typeof service>, charly.Service>(true);
same<z.output<typeof shell>, charly.ShellSnippets>(true);
same<z.output<typeof artifact>, charly.Artifact>(true);
same<z.output<typeof security>, charly.Security>(true);
same<z.output<typeof candySchema>, charly.Candy>(true);
same<z.output<typeof boxSchema>, charly.Box>(true);
same<z.output<typeof bundleSchema>, charly.Bundle>(true);
same<z.output<typeof installOpts>, charly.InstallOptions>(true);
same<z.output<typeof localTemplateSchema>, charly.LocalTemplate>(true);
same<z.output<typeof targets.local>, charly.LocalTarget>(true);
same<z.output<typeof targets.ssh>, charly.SshTarget>(true);
same<z.output<typeof targets.nested>, charly.NestedTarget>(true);
same<z.output<typeof targets.vm>, charly.VmTarget>(true);
same<z.output<typeof defaults>, charly.Defaults>(true);
same<z.output<typeof readiness>, charly.Readiness>(true);
same<z.output<typeof permissions>, charly.TaskPermissions>(true);
same<z.output<typeof taskArg>, charly.TaskArg>(true);
same<z.output<typeof taskSchema>, charly.TaskData>(true);
same<z.output<typeof vmSchema>, charly.Vm>(true);
same<z.output<typeof network>, charly.VmNetwork>(true);
same<z.output<typeof ssh>, charly.VmSsh>(true);
same<z.output<typeof cloudInit>, charly.CloudInit>(true);
same<z.output<typeof libvirt>, charly.LibvirtDomain>(true);
same<z.output<typeof snapshot>, charly.VmSnapshot>(true);
same<z.output<typeof sources.cloudImage>, charly.CloudImageSource>(true);
same<z.output<typeof sources.bootstrap>, charly.BootstrapSource>(true);
same<z.output<typeof sources.bootc>, charly.BootcSource>(true);
same<z.output<typeof sources.clone>, charly.CloneSource>(true);
same<z.output<typeof sources.imported>, charly.ImportedSource>(true);
same<z.output<typeof verbs.command>, Lone<charly.CommandEntry, "command">>(true);
same<z.output<typeof verbs.mkdir>, Lone<charly.MkdirEntry, "mkdir">>(true);
same<z.output<typeof verbs.write>, Lone<charly.WriteEntry, "write">>(true);
same<z.output<typeof verbs.copy>, Lone<charly.CopyEntry, "copy">>(true);
same<z.output<typeof verbs.link>, Lone<charly.LinkEntry, "link">>(true);
same<z.output<typeof verbs.download>, Lone<charly.DownloadEntry, "download">>(true);
same<z.output<typeof verbs.setcap>, Lone<charly.SetcapEntry, "setcap">>(true);
same<z.output<typeof verbs.build>, Lone<charly.BuildEntry, "build">>(true);
same<z.output<typeof verbs.user>, Lone<charly.UserEntry, "user">>(true);
same<z.output<typeof verbs.unixGroup>, Lone<charly.UnixGroupEntry, "unixGroup">>(true);
same<z.output<typeof verbs.kernelParam>, Lone<charly.KernelParamEntry, "kernelParam">>(true);
same<z.output<typeof verbs.package>, Lone<charly.PackageEntry, "package">>(true);
same<z.output<typeof verbs.service>, Lone<charly.ServiceEntry, "service">>(true);
same<z.output<typeof verbs.external>, Lone<charly.ExternalEntry, "external">>(true);
same<z.output<typeof verbs.check>, Lone<charly.CheckEntry, "check">>(true);
same<z.output<typeof verbs.agentRun>, Lone<charly.AgentRunEntry, "agentRun">>(true);
same<z.output<typeof verbs.agentCheck>, Lone<charly.AgentCheckEntry, "agentCheck">>(true);
same<z.output<typeof verbs.include>, Lone<charly.IncludeEntry, "include">>(true);
same<z.output<typeof podSchema>, charly.Pod>(true);
same<z.output<typeof k8sSchema>, charly.K8s>(true);
same<z.output<typeof androidSchema>, charly.Android>(true);
same<z.output<typeof groupSchema>, charly.Group>(true);
same<z.output<typeof distroSchema>, charly.Distro>(true);
same<z.output<typeof builderSchema>, charly.Builder>(true);
same<z.output<typeof initSchema>, charly.InitSystem>(true);
same<z.output<typeof resourceSchema>, charly.Resource>(true);
same<z.output<typeof sidecarSchema>, charly.Sidecar>(true);
same<z.output<typeof agentSchema>, charly.Agent>(true);
same<keyof typeof verbs, charly.Verb>(true);
same<z.output<typeof probes.file>, charly.FileProbe>(true);
same<z.output<typeof probes.command>, charly.CommandProbe>(true);
same<z.output<typeof probes.port>, charly.PortProbe>(true);
same<z.output<typeof probes.service>, charly.ServiceProbe>(true);
same<z.output<typeof probes.package>, charly.PackageProbe>(true);
same<z.output<typeof probes.process>, charly.ProcessProbe>(true);
same<z.output<typeof probes.http>, charly.HttpProbe>(true);
same<z.output<typeof probes.addr>, charly.AddrProbe>(true);
same<z.output<typeof probes.user>, charly.UserProbe>(true);
same<z.output<typeof probes.unixGroup>, charly.UnixGroupProbe>(true);
same<z.output<typeof probes.kernelParam>, charly.KernelParamProbe>(true);
same<z.output<typeof probes.interface>, charly.InterfaceProbe>(true);
same<z.output<typeof probes.mount>, charly.MountProbe>(true);
same<z.output<typeof probes.dns>, charly.DnsProbe>(true);
same<z.output<typeof probes.live>, charly.LiveProbe>(true);
same<z.output<typeof probes.plugin>, charly.PluginProbe>(true);
same<z.output<(typeof probes)[keyof typeof probes]>, charly.Probe>(true);

// @ts-expect-error a schema that lacks a field is not the same
same<{ readonly name: string }, charly.Repo>(true);

/** What is in `T` and no JSON: functions, dates, maps, class instances. */
type NotJson<T> = T extends string | number | boolean | null | undefined ? never
  : T extends (...args: never) => unknown ? T
  : T extends readonly (infer I)[] ? NotJson<I>
  : T extends Date | RegExp | URL | Uint8Array | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> ? T
  : T extends object ? { [K in keyof T]-?: NotJson<T[K]> }[keyof T]
  : unknown extends T ? never // payloads: any data
  : T;

same<NotJson<charly.PlanEntry | charly.Candy | charly.Bundle | charly.LocalTemplate>, never>(true);
same<NotJson<charly.Vm | charly.Box | charly.TaskData | charly.Defaults>, never>(true);
same<NotJson<charly.Pod | charly.K8s | charly.Android | charly.Group | charly.Agent | charly.Distro>, never>(true);
same<NotJson<charly.Builder | charly.InitSystem | charly.Resource | charly.Sidecar>, never>(true);
// @ts-expect-error a date is no JSON
same<NotJson<{ readonly at: Date }>, never>(true);
// @ts-expect-error a function is no JSON
same<NotJson<{ readonly run: () => void }>, never>(true);

/** Says that this module compiled. */
export const compiled = true;
