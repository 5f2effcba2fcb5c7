/** Schemas of deployments, their templates, and groups of them. */
import { z } from "zod";
import { installOpts } from "./bundle_schema.ts";
import { candyRefs, security, shellPart } from "./candy_schema.ts";
import type * as it from "./deployment.ts";
import { planEntrySchema } from "./plan_entry_schema.ts";
import type * as pod from "./pod.ts";
import {
  byValue,
  environment,
  flag,
  integer,
  isRecord,
  list,
  map,
  oneOf,
  opt,
  type Shape,
  strict,
  text,
} from "./schema_kit.ts";

const data = opt(z.unknown());
const some = opt(text());
const many = list(text());
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const ephemeral = strict(
  { ttl: opt(text("duration")), keepOnFailure: opt(flag()), namingPattern: some } satisfies Shape<it.Ephemeral>,
);
const tokens = byValue<string | readonly string[]>(
  "a token or a list of tokens",
  (value) => Array.isArray(value) ? many : typeof value === "string" ? text() : undefined,
);
const preemptible = strict(
  {
    holds: opt(tokens),
    stop: opt(oneOf(["shutdown"])),
    restore: opt(oneOf(["always", "on-success"])),
  } satisfies Shape<it.Preemptible>,
);
const iterate = strict(
  {
    sandbox: text("filled"),
    agent: some,
    plateauIteration: opt(integer()),
    prompt: some,
    note: opt(scalar),
    env: opt(map(text())),
    mcpEndpoint: some,
  } satisfies Shape<it.Iterate>,
);

const lifetime = {
  inside: opt(text("filled")),
  memberOf: opt(text("filled")),
  version: opt(text("calver")),
  description: opt(text("filled")),
  disposable: opt(flag()),
  lifecycle: opt(oneOf(["scratch", "dev", "test", "qa", "staging", "prod", "custom"])),
  ephemeral: opt(byValue<true | it.Ephemeral>(
    "true, or how long it lives",
    (value) => value === true ? z.literal(true) : isRecord(value) ? ephemeral : undefined,
  )),
  preemptible: opt(byValue<string | readonly string[] | it.Preemptible>(
    "tokens, or `{ holds, stop, restore }`",
    (value) => isRecord(value) ? preemptible : tokens,
  )),
  requiresExclusive: opt(many),
  requiresShared: opt(many),
  iterate: opt(iterate),
} satisfies Shape<it.Lifetime>;

/** A group. */
export const groupSchema = strict(lifetime satisfies Shape<it.Group>);

const ports = list(z.union([z.string(), z.number()]));
const scope = byValue<it.TunnelScope>(
  '"all", a list of ports, or ports with names',
  (value) =>
    value === "all" ? z.literal("all") : Array.isArray(value) ? ports : isRecord(value) ? map(text()) : undefined,
);
const provider = oneOf(["tailscale", "cloudflare"]);
const tunnel = strict(
  { provider: opt(provider), tunnel: some, public: opt(scope), private: opt(scope) } satisfies Shape<it.Tunnel>,
);
const secrets = list(strict({ name: text("filled"), source: some } satisfies Shape<it.SecretSource>));
const claims = list(strict(
  {
    name: text(),
    size: some,
    classHint: opt(oneOf(["fast", "cheap", "encrypted", "default"])),
    access: opt(oneOf(["single-writer", "many-readers", "many-writers"])),
    path: some,
  } satisfies Shape<it.StorageClaim>,
));
const snippets = list(strict(
  {
    id: some,
    origin: some,
    skip: opt(flag()),
    ...shellPart,
    priority: opt(integer(-1_000_000)),
    bash: opt(strict(shellPart)),
    zsh: opt(strict(shellPart)),
    fish: opt(strict(shellPart)),
    sh: opt(strict(shellPart)),
  } satisfies Shape<it.DeploymentShell>,
));
const volumes = list(strict(
  {
    name: text("filled"),
    type: opt(oneOf(["volume", "bind", "encrypted"])),
    host: some,
    path: some,
    dataSeeded: data,
    dataSource: data,
  } satisfies Shape<it.DeploymentVolume>,
));

const deployment = {
  ...lifetime,
  from: opt(text("filled")),
  image: opt(text("word")),
  agentProvisioned: opt(flag()),
  host: opt(text("filled")),
  user: opt(text("word")),
  kind: opt(oneOf(["service", "daemon", "batch", "scheduled", "oneshot"])),
  replica: opt(integer()),
  restart: opt(oneOf(["always", "on-failure", "never"])),
  schedule: some,
  dns: some,
  acmeEmail: some,
  envFile: some,
  network: some,
  engine: opt(oneOf(["docker", "podman"])),
  cpus: opt(scalar),
  ram: some,
  diskSize: some,
  fromSnapshot: some,
  cloudInitClean: opt(flag()),
  forwardGpgAgent: opt(flag()),
  forwardSshAgent: opt(flag()),
  kubernetes: data,
  expose: opt(strict({ host: some, path: some, tls: data, port: opt(scalar) } satisfies Shape<it.Expose>)),
  probes: data,
  resolvedPort: data,
  resolvedImage: data,
  vmState: data,
  sshArg: opt(many),
  port: opt(list(scalar)),
  tunnel: opt(byValue<"tailscale" | "cloudflare" | it.Tunnel>(
    '"tailscale", "cloudflare", or `{ provider, tunnel, public, private }`',
    (value) => isRecord(value) ? tunnel : provider,
  )),
  env: opt(environment()),
  volume: opt(volumes),
  security: opt(security),
  shell: opt(snippets),
  addCandy: opt(candyRefs),
  installOpts: opt(installOpts),
  plan: opt(list(planEntrySchema)),
} satisfies Shape<it.Deployment>;

const overrides = map(
  z.looseObject({ parameter: opt(map(z.unknown())), image: opt(text("word")) }) as z.ZodType<pod.SidecarOverride>,
);
const uses = list(strict({ sidecar: strict({ name: text("filled") }) } satisfies Shape<pod.SidecarUse>));

/** A pod, or a template of some. */
export const podSchema = strict(
  {
    ...deployment,
    box: opt(text("word")),
    sidecar: opt(byValue<NonNullable<pod.Pod["sidecar"]>>(
      "sidecars by name, or a list of them",
      (value) => isRecord(value) ? overrides : Array.isArray(value) ? uses : undefined,
    )),
    envDefault: opt(many),
    secret: opt(secrets),
    resources: data,
    storage: opt(claims),
  } satisfies Shape<pod.Pod>,
);

const quantities = opt(map(text()));
const clusterStorage = strict(
  {
    classDefault: some,
    classCheap: some,
    classEncrypted: some,
    classFast: some,
    accessModeDefault: some,
  } satisfies Shape<pod.ClusterStorage>,
);
const clusterSecret = strict(
  {
    backend: opt(oneOf(["external-secrets", "sealed-secrets", "raw"])),
    store: some,
    prefix: some,
  } satisfies Shape<pod.ClusterSecret>,
);

/** A deployment to a cluster, or the cluster. */
export const k8sSchema = strict(
  {
    ...deployment,
    box: some,
    kubeconfigContext: some,
    admissionPolicy: opt(oneOf(["restricted", "baseline", "privileged"])),
    defaultNamespace: some,
    networkPolicy: opt(oneOf(["auto", "strict", "none"])),
    resources: opt(z.looseObject({ requests: quantities, limits: quantities }) as z.ZodType<pod.WorkloadResources>),
    hostnames: opt(list(strict({ host: text(), tls: data, path: some } satisfies Shape<pod.ClusterHost>))),
    storage: opt(byValue<NonNullable<pod.K8s["storage"]>>(
      "a list of claims, or the classes of a cluster",
      (value) => Array.isArray(value) ? claims : isRecord(value) ? clusterStorage : undefined,
    )),
    ingress: opt(strict({ enabled: opt(flag()), class: some, certIssuer: some, pathTypeDefault: some })),
    gatewayApi: opt(strict({ enabled: opt(flag()), gatewayClass: some })),
    imageDefault: opt(strict({ pullPolicy: some, pullSecrets: opt(tokens) })),
    podDefault: opt(strict({ priorityClass: some, tolerations: data, nodeSelector: data })),
    observability: opt(strict({ serviceMonitor: opt(flag()), serviceMonitorInterval: some })),
    defaults: opt(strict({ labels: opt(map(text())), annotations: opt(map(text())) })),
    secret: opt(byValue<NonNullable<pod.K8s["secret"]>>(
      "a list of secrets, or where a cluster's come from",
      (value) => Array.isArray(value) ? secrets : isRecord(value) ? clusterSecret : undefined,
    )),
    sidecar: opt(overrides),
  } satisfies Shape<pod.K8s>,
);

/** A deployment to a phone, or the phone. */
export const androidSchema = strict(
  {
    ...deployment,
    box: opt(text("word")),
    adb: opt(strict({ host: opt(text("filled")) })),
    serial: opt(text("filled")),
    device: some,
    apiLevel: opt(integer()),
    googleAccount: opt(strict({ emailSecret: some, tokenSecret: some })),
    secret: opt(secrets),
    sidecar: opt(overrides),
    resources: data,
    storage: opt(claims),
  } satisfies Shape<pod.Android>,
);
