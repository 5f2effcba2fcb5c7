/** Schema of a candy. */
import { z } from "zod";
import type * as candy from "./candy.ts";
import { planEntrySchema } from "./plan_entry_schema.ts";
import {
  byKey,
  byValue,
  environment,
  flag,
  integer,
  isRecord,
  list,
  map,
  oneOf,
  opt,
  portNumber,
  type Shape,
  strict,
  text,
} from "./schema_kit.ts";

type Item<T> = NonNullable<T> extends readonly (infer I)[] ? I : never;
type Packages = NonNullable<candy.Candy["package"]>;
type Refs = NonNullable<candy.Candy["require"]>;

/** Candies, by name or from elsewhere. */
export const candyRefs: z.ZodType<Refs> = list(text("candyRef"));

const describedPackage = strict({ name: text("word"), description: opt(text()) });
const wholeSeconds = integer();
const plainPort = portNumber();

const packages: z.ZodType<Packages> = list(
  byValue<Item<Packages>>(
    "a package name, or `{ name, description }`",
    (value) => typeof value === "string" ? text("word") : isRecord(value) ? describedPackage : undefined,
  ),
);

/** A package repository. */
export const repo = strict(
  {
    name: text("aliasName"),
    url: opt(text("repoAddress")),
    key: opt(text("repoAddress")),
    signedBy: opt(text("absolutePath")),
    suite: opt(text("repoAddress")),
    components: opt(text("filled")),
    gpgkey: opt(text("filled")),
    gpgcheck: opt(flag()),
    rpm: opt(text("repoAddress")),
    server: opt(text("repoAddress")),
    siglevel: opt(text("filled")),
    keep: opt(z.record(z.string(), z.unknown())),
  } satisfies Shape<candy.Repo>,
);

/** Packages of one distro. */
export const distroSection = strict(
  {
    package: opt(packages),
    repo: opt(list(repo)),
    copr: opt(list(text("word"))),
    exclude: opt(list(text("word"))),
    option: opt(list(text("filled"))),
    module: opt(list(text("word"))),
    aur: opt(
      strict(
        {
          package: opt(list(text("word"))),
          option: opt(list(text("filled"))),
          replace: opt(list(text("packageName"))),
        } satisfies Shape<NonNullable<candy.DistroSection["aur"]>>,
      ),
    ),
  } satisfies Shape<candy.DistroSection>,
);

/** A service. */
export const service = strict(
  {
    name: text("aliasName"),
    usePackaged: opt(text("unit")),
    exec: opt(text("filled")),
    distro: opt(list(text("distroTag"))),
    env: opt(environment()),
    restart: opt(oneOf(["no", "on-failure", "always", "unless-stopped"])),
    workingDirectory: opt(text("targetPath")),
    user: opt(text("filled")),
    after: opt(list(text("word"))),
    before: opt(list(text("word"))),
    wantedBy: opt(list(text("word"))),
    stdout: opt(byValue<"journal" | "none" | `file:${string}`>(
      '"journal", "none" or "file:<path>"',
      (value) =>
        typeof value === "string" && /^(journal|none|file:.+)$/.test(value)
          ? text<"journal" | "none" | `file:${string}`>()
          : undefined,
    )),
    stopTimeout: opt(byValue<string | number>(
      'seconds, or a duration such as "90s"',
      (value) => typeof value === "number" ? wholeSeconds : typeof value === "string" ? text("duration") : undefined,
    )),
    scope: opt(oneOf(["system", "user"])),
    enable: opt(flag()),
    overrides: opt(
      strict(
        {
          env: opt(environment()),
          after: opt(list(text("word"))),
          exec: opt(text("filled")),
        } satisfies Shape<NonNullable<candy.Service["overrides"]>>,
      ),
    ),
    kind: opt(oneOf(["program", "eventlistener"])),
    event: opt(text("filled")),
    autoStart: opt(flag()),
    startRetry: opt(integer()),
    startSec: opt(integer()),
    stopSignal: opt(text("word")),
    exitCode: opt(text("filled")),
    priority: opt(integer(-1_000_000)),
  } satisfies Shape<candy.Service>,
);

/** Fields of a snippet for one shell. */
export const shellPart = {
  init: opt(text("filled")),
  pathAppend: opt(list(text("filled"))),
  path: opt(text("snippetPath")),
} satisfies Shape<candy.ShellPart>;

/** Shell snippets. */
export const shell = strict(
  {
    ...shellPart,
    priority: opt(integer(-1_000_000)),
    bash: opt(strict(shellPart)),
    zsh: opt(strict(shellPart)),
    fish: opt(strict(shellPart)),
    sh: opt(strict(shellPart)),
  } satisfies Shape<candy.ShellSnippets>,
);

const secretNeed = strict(
  {
    name: text("envName"),
    description: text("filled"),
    default: opt(text()),
    key: opt(text<`charly/${string}`>("credential")),
  } satisfies Shape<candy.SecretNeed>,
);
const envNeed = strict(
  {
    name: text("envName"),
    description: text("filled"),
    default: opt(text()),
    key: opt(text("filled")),
  } satisfies Shape<candy.EnvNeed>,
);
const mcpNeed = strict(
  { name: text("filled"), description: text("filled") } satisfies Shape<Item<candy.Candy["mcpRequire"]>>,
);

/** A file fetched back. */
export const artifact = strict(
  {
    name: text("filled"),
    path: text("filled"),
    retrieveTo: text("filled"),
    mode: opt(text("mode")),
    optional: opt(flag()),
    waitSecond: opt(integer()),
    rewrite: opt(list(strict({ find: text("filled"), replace: text() }))),
  } satisfies Shape<candy.Artifact>,
);

/** Container security settings. */
export const security = strict(
  {
    privileged: opt(flag()),
    cgroupns: opt(oneOf(["host", "private"])),
    capAdd: opt(list(text("word"))),
    devices: opt(list(text("filled"))),
    securityOpt: opt(list(text("filled"))),
    groupAdd: opt(list(text("word"))),
    mount: opt(list(text("filled"))),
    ipcMode: opt(oneOf(["host", "private", "shareable"])),
    shmSize: opt(text("memory")),
    memoryMax: opt(text("memory")),
    memoryHigh: opt(text("memory")),
    memorySwapMax: opt(text("memory")),
    cpus: opt(text("decimal")),
  } satisfies Shape<candy.Security>,
);

const apk = byKey<Item<candy.Candy["apk"]>>("source", {
  package: strict({
    package: text("word"),
    source: opt(oneOf(["apk-pure", "google-play", "f-droid", "huawei-app-gallery"])),
    arch: opt(text("word")),
    appVersion: opt(text("word")),
  }),
  apk: strict({ apk: text("filled"), arch: opt(text("word")), appVersion: opt(text("word")) }),
});

/** An installable layer. */
export const candySchema = strict(
  {
    version: text("calver"),
    description: text("filled"),
    status: opt(oneOf(["testing", "working", "broken"])),
    require: opt(candyRefs),
    candy: opt(candyRefs),
    bakePlugin: opt(candyRefs),
    requiresCapability: opt(list(text("word"))),
    capability: opt(
      strict(
        {
          preserveUser: opt(flag()),
          needsRootAfterInit: opt(flag()),
          initSystemHint: opt(text("word")),
          dataOnly: opt(flag()),
          ociLabel: opt(map(text())),
        } satisfies Shape<NonNullable<candy.Candy["capability"]>>,
      ),
    ),
    env: opt(environment() as z.ZodType<NonNullable<candy.Candy["env"]>>),
    pathAppend: opt(list(text("filled"))),
    var: opt(map(text(), "varName")),
    package: opt(packages),
    distro: opt(map(distroSection, "distroKey")),
    localpkg: opt(
      strict(
        {
          pac: opt(text("filled")),
          rpm: opt(text("filled")),
          deb: opt(text("filled")),
        } satisfies Shape<NonNullable<candy.Candy["localpkg"]>>,
      ),
    ),
    apk: opt(list(apk)),
    service: opt(list(service)),
    shell: opt(shell),
    volume: opt(list(strict({ name: text("kebab"), path: text("targetPath") }))),
    port: opt(list(byValue<number | string>(
      'a port number or "<protocol>:<port>"',
      (value) => typeof value === "number" ? plainPort : typeof value === "string" ? text("protoPort") : undefined,
    ))),
    portRelay: opt(list(portNumber())),
    route: opt(strict({ host: text("word"), port: portNumber() })),
    alias: opt(list(strict({ name: text("aliasName"), command: text("filled") }))),
    data: opt(list(strict({ src: text("insidePath"), volume: text("kebab"), dest: opt(text("filled")) }))),
    extract: opt(list(strict({ source: text("word"), path: text("absolutePath"), dest: text("absolutePath") }))),
    secret: opt(
      list(strict({ name: text("aliasName"), target: opt(text("absolutePath")), env: opt(text("envName")) })),
    ),
    secretRequire: opt(list(secretNeed)),
    secretAccept: opt(list(secretNeed)),
    envProvide: opt(environment()),
    envRequire: opt(list(envNeed)),
    envAccept: opt(list(envNeed)),
    mcpProvide: opt(
      list(strict({ name: text("filled"), url: text("filled"), transport: opt(oneOf(["http", "sse"])) })),
    ),
    mcpRequire: opt(list(mcpNeed)),
    mcpAccept: opt(list(mcpNeed)),
    hook: opt(strict({ postEnable: opt(text("filled")), preRemove: opt(text("filled")) })),
    artifact: opt(list(artifact)),
    security: opt(security),
    libvirt: opt(list(text("filled"))),
    engine: opt(oneOf(["docker", "podman"])),
    plugin: opt(strict({ providers: list(text("plugin")), source: opt(text("filled")) })),
    externalBuilder: opt(text("word")),
    reboot: opt(flag()),
    dir: opt(text("filled")),
    plan: opt(list(planEntrySchema)),
  } satisfies Shape<candy.Candy>,
);
