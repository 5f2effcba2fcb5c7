/**
 * What a `charly.yml` may hold and this version of charly does not act on yet: it is kept, checked for its shape where YAML
 * is read, written back by `charly import`, and said so when somebody asks for it. Fields are the file's, in camelCase.
 */
import type { PlanEntry } from "./plan_entry.ts";

/** An entity that is kept. */
export interface Kept {
  /** One line for people. */
  readonly description?: string;
  /** What must hold, and what the project wrote beside it. */
  readonly plan?: readonly PlanEntry[];
  /** Deployment it is brought up inside of. */
  readonly inside?: string;
  /** Group it is brought up with. */
  readonly memberOf?: string;
  /** Every other field. */
  readonly [field: string]: unknown;
}

/** One table per kind; names are unique over all of them and over the bundles. */
export interface KeptTables {
  /** Containers: deployments, and templates of them. */
  readonly pods: Readonly<Record<string, Kept>>;
  /** Kubernetes: deployments, and clusters they go to. */
  readonly k8s: Readonly<Record<string, Kept>>;
  /** Phones, real and emulated. */
  readonly androids: Readonly<Record<string, Kept>>;
  /** Deployments that are brought up together. */
  readonly groups: Readonly<Record<string, Kept>>;
  /** Programs that are asked in words. */
  readonly agents: Readonly<Record<string, Kept>>;
  /** Distributions. */
  readonly distros: Readonly<Record<string, Kept>>;
  /** Builders of artifacts and of bare systems. */
  readonly builders: Readonly<Record<string, Kept>>;
  /** What starts services. */
  readonly inits: Readonly<Record<string, Kept>>;
  /** What a machine has one of, or few. */
  readonly resources: Readonly<Record<string, Kept>>;
  /** Containers beside others. */
  readonly sidecars: Readonly<Record<string, Kept>>;
  /** Kinds of plug-ins and of installers: `kind` says which. */
  readonly others: Readonly<Record<string, Kept & { readonly kind: string }>>;
}
