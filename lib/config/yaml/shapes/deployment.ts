/** Deployments: `pod`, `vm`, `k8s`, `local`, `android` whose value says what goes there, and groups of them. */
import type { KindShape } from "../read_fields.ts";
import {
  data,
  either,
  flag,
  list,
  map,
  number,
  object,
  required,
  scalar,
  type Shape,
  text,
  texts,
  word,
} from "../shape.ts";
import { candyRefs } from "./candy.ts";
import { security } from "./security.ts";

/** The opt-ins, as `charly.yml` calls them. */
export const installOpts = object({
  with_service: flag,
  allow_repo_changes: flag,
  allow_root_tasks: flag,
  skip_incompatible: flag,
  verify: flag,
  builder_image: text("word"),
});

const tokens = either({ scalar: text(), list: texts });
/** Secrets of a deployment. */
export const secrets: Shape = list(object({ name: required(text("filled")), source: text() }));

/** All ports, some, or ports with the name each gets. */
const tunnelScope = either({ scalar: word("all"), list: list(scalar), map: map(text()) });
const shellPart = object({ init: text(), path_append: texts, path: text() });

/** Children every deployment and group may have. */
const shared: KindShape["data"] = {
  ephemeral: either({ scalar, map: object({ ttl: text("duration"), keep_on_failure: flag, naming_pattern: text() }) }),
  preemptible: either({
    scalar: text(),
    list: texts,
    map: object({ holds: tokens, stop: word("shutdown"), restore: word("always", "on-success") }),
  }),
  requires_exclusive: texts,
  requires_shared: texts,
  iterate: object({
    sandbox: required(text("filled")),
    agent: text(),
    plateau_iteration: number(),
    prompt: text(),
    note: scalar,
    env: map(text()),
    mcp_endpoint: text(),
  }),
};

const identity = {
  version: text("calver"),
  description: text("filled"),
  disposable: flag,
  lifecycle: word("scratch", "dev", "test", "qa", "staging", "prod", "custom"),
};

/** A group: what is brought up together. */
export const groupShape: KindShape = { fields: object(identity), data: shared };

/** Any other deployment. */
export const deploymentShape: KindShape = {
  fields: object({
    ...identity,
    from: text("filled"),
    image: text("word"),
    agent_provisioned: flag,
    host: text("filled"),
    user: text("word"),
    kind: word("service", "daemon", "batch", "scheduled", "oneshot"),
    replica: number(),
    restart: word("always", "on-failure", "never"),
    schedule: text(),
    dns: text(),
    acme_email: text(),
    env_file: text(),
    network: text(),
    engine: word("docker", "podman"),
    cpus: scalar,
    ram: text(),
    disk_size: text(),
    from_snapshot: text(),
    cloud_init_clean: flag,
    forward_gpg_agent: flag,
    forward_ssh_agent: flag,
    sidecar: map(data),
    kubernetes: data,
    resources: data,
    expose: object({ host: text(), path: text(), tls: data, port: scalar }),
    storage: list(object({
      name: required(text()),
      size: text(),
      class_hint: word("fast", "cheap", "encrypted", "default"),
      access: word("single-writer", "many-readers", "many-writers"),
      path: text(),
    })),
    probes: data,
    resolved_port: data,
    resolved_image: data,
    vm_state: data,
  }),
  data: {
    ...shared,
    ssh_arg: texts,
    port: list(scalar),
    tunnel: either({
      scalar: word("tailscale", "cloudflare"),
      map: object({
        provider: word("tailscale", "cloudflare"),
        tunnel: text(),
        public: tunnelScope,
        private: tunnelScope,
      }),
    }),
    env: texts,
    secret: secrets,
    volume: list(object({
      name: required(text("filled")),
      type: word("volume", "bind", "encrypted"),
      host: text(),
      path: text(),
      data_seeded: data,
      data_source: data,
    })),
    security,
    shell: list(object({
      id: text(),
      origin: text(),
      skip: flag,
      ...shellPart.fields,
      priority: number(-1_000_000),
      bash: shellPart,
      zsh: shellPart,
      fish: shellPart,
      sh: shellPart,
    })),
    add_candy: candyRefs,
    install_opts: installOpts,
  },
};
