/**
 * What a `charly.yml` may hold and this version of charly does not act on yet: it is kept, checked for its shape, written back
 * by `charly import`, and said so when somebody asks for it. Fields are the file's, in camelCase.
 */
import type { Group, TreePlace } from "./deployment.ts";
import type { Android, K8s, Pod } from "./pod.ts";
import type { Agent, Builder, Distro, InitSystem, Resource, Sidecar, Word } from "./words.ts";

/** An entity of a plug-in's kind, or of an installer's. */
export interface Other extends Word, TreePlace {
  /** The kind. */
  readonly kind: string;
  /** Every other field. */
  readonly [field: string]: unknown;
}

/** One table per kind; names of deployments are unique over all of them and over the bundles. */
export interface KeptTables {
  /** Containers: deployments, and templates of them. */
  readonly pods: Readonly<Record<string, Pod>>;
  /** Kubernetes: deployments, and clusters they go to. */
  readonly k8s: Readonly<Record<string, K8s>>;
  /** Phones, real and emulated. */
  readonly androids: Readonly<Record<string, Android>>;
  /** Deployments that are brought up together. */
  readonly groups: Readonly<Record<string, Group>>;
  /** Programs that are asked in words. */
  readonly agents: Readonly<Record<string, Agent>>;
  /** Distributions; charly's own are there without being declared, as are builders, inits, resources and sidecars. */
  readonly distros: Readonly<Record<string, Distro>>;
  /** Builders of artifacts and of bare systems. */
  readonly builders: Readonly<Record<string, Builder>>;
  /** What starts services. */
  readonly inits: Readonly<Record<string, InitSystem>>;
  /** What a machine has one of, or few. */
  readonly resources: Readonly<Record<string, Resource>>;
  /** Containers beside others. */
  readonly sidecars: Readonly<Record<string, Sidecar>>;
  /** Kinds of plug-ins and of installers: `kind` says which. */
  readonly others: Readonly<Record<string, Other>>;
}
