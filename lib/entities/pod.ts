/** Pods, clusters and phones: deployments, and the templates they are made from, in one table each. Kept as data. */
import type { Deployment, SecretSource, StorageClaim } from "./deployment.ts";

/** What a deployment changes of a sidecar. */
export interface SidecarOverride {
  /** Values of the sidecar's parameters. */
  readonly parameter?: Readonly<Record<string, unknown>>;
  /** Image, for one that is declared here. */
  readonly image?: string;
  /** Everything else, in the words of `charly.yml`. */
  readonly [field: string]: unknown;
}

/** A sidecar a pod template takes. */
export interface SidecarUse {
  /** The sidecar. */
  readonly sidecar: {
    /** Its name. */
    readonly name: string;
  };
}

/** A container or several: a deployment when it has `image` or `from`, else a template of some. */
export interface Pod<C extends string = string> extends Deployment<C> {
  /** Template: box its pods run. */
  readonly box?: string;
  /** Containers beside it: with what is changed of them, or, in a template, which. */
  readonly sidecar?: Readonly<Record<string, SidecarOverride>> | readonly SidecarUse[];
  /** Template: environment, as `NAME=value`. */
  readonly envDefault?: readonly string[];
  /** Secrets. */
  readonly secret?: readonly SecretSource[];
  /** Kubernetes: what it may take. */
  readonly resources?: unknown;
  /** Kubernetes: claims of storage. */
  readonly storage?: readonly StorageClaim[];
}

/** Amounts, as Kubernetes writes them: `{ cpu: "500m", memory: "1Gi" }`. */
export type Quantities = Readonly<Record<string, string>>;

/** What a workload asks for and may take. */
export interface WorkloadResources {
  /** What it is sure of. */
  readonly requests?: Quantities;
  /** What it never exceeds. */
  readonly limits?: Quantities;
  /** Everything else, in the words of Kubernetes. */
  readonly [field: string]: unknown;
}

/** A name a cluster answers to. */
export interface ClusterHost {
  /** Host name. */
  readonly host: string;
  /** TLS, or the secret with its key. */
  readonly tls?: unknown;
  /** Path below it. */
  readonly path?: string;
}

/** Storage classes of a cluster. */
export interface ClusterStorage {
  /** Where nothing is said. */
  readonly classDefault?: string;
  /** For `cheap`. */
  readonly classCheap?: string;
  /** For `encrypted`. */
  readonly classEncrypted?: string;
  /** For `fast`. */
  readonly classFast?: string;
  /** Access mode where nothing is said. */
  readonly accessModeDefault?: string;
}

/** Where a cluster's secrets come from. */
export interface ClusterSecret {
  /** Who keeps them. */
  readonly backend?: "external-secrets" | "sealed-secrets" | "raw";
  /** Name of the store. */
  readonly store?: string;
  /** What their names begin with. */
  readonly prefix?: string;
}

/** A deployment to Kubernetes when it has `from` or `image`, else the cluster deployments go to. */
export interface K8s<C extends string = string> extends Deployment<C> {
  /** Cluster: box it runs. */
  readonly box?: string;
  /** Cluster: context of the kubeconfig. */
  readonly kubeconfigContext?: string;
  /** Cluster: what its admission lets through. */
  readonly admissionPolicy?: "restricted" | "baseline" | "privileged";
  /** Cluster: namespace where nothing is said. @default {"default"} */
  readonly defaultNamespace?: string;
  /** Cluster: whether network policies are made. */
  readonly networkPolicy?: "auto" | "strict" | "none";
  /** What a workload asks for and may take. */
  readonly resources?: WorkloadResources;
  /** Cluster: names it answers to. */
  readonly hostnames?: readonly ClusterHost[];
  /** Claims of a deployment, or classes of a cluster. */
  readonly storage?: readonly StorageClaim[] | ClusterStorage;
  /** Cluster: ingress. */
  readonly ingress?: {
    /** Whether there is one. */
    readonly enabled?: boolean;
    /** Its class. */
    readonly class?: string;
    /** Who signs its certificates. */
    readonly certIssuer?: string;
    /** Path type where nothing is said. */
    readonly pathTypeDefault?: string;
  };
  /** Cluster: Gateway API. */
  readonly gatewayApi?: {
    /** Whether there is one. */
    readonly enabled?: boolean;
    /** Its class. */
    readonly gatewayClass?: string;
  };
  /** Cluster: how images are fetched. */
  readonly imageDefault?: {
    /** When. */
    readonly pullPolicy?: string;
    /** With which secrets. */
    readonly pullSecrets?: string | readonly string[];
  };
  /** Cluster: where pods run. */
  readonly podDefault?: {
    /** Priority class. */
    readonly priorityClass?: string;
    /** Tolerations, in the words of Kubernetes. */
    readonly tolerations?: unknown;
    /** Labels of nodes. */
    readonly nodeSelector?: unknown;
  };
  /** Cluster: what watches it. */
  readonly observability?: {
    /** Whether service monitors are made. */
    readonly serviceMonitor?: boolean;
    /** How often they look. */
    readonly serviceMonitorInterval?: string;
  };
  /** Cluster: what everything in it carries. */
  readonly defaults?: {
    /** Labels. */
    readonly labels?: Readonly<Record<string, string>>;
    /** Annotations. */
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /** Sources of a deployment's secrets, or where a cluster's come from. */
  readonly secret?: readonly SecretSource[] | ClusterSecret;
  /** Containers beside it, with what is changed of them. */
  readonly sidecar?: Readonly<Record<string, SidecarOverride>>;
}

/** A phone: a deployment to one when it has `from`, else the phone. */
export interface Android<C extends string = string> extends Deployment<C> {
  /** Phone: box that emulates it; or `adb`. */
  readonly box?: string;
  /** Phone: where its adb answers; or `box`. */
  readonly adb?: {
    /** `host:port`. */
    readonly host?: string;
  };
  /** Phone: serial. @default {"emulator-5554"} */
  readonly serial?: string;
  /** Phone: hardware profile. */
  readonly device?: string;
  /** Phone: Android API level. */
  readonly apiLevel?: number;
  /** Phone: names of the secrets its account is made of. */
  readonly googleAccount?: {
    /** Secret that holds the address. */
    readonly emailSecret?: string;
    /** Secret that holds the token. */
    readonly tokenSecret?: string;
  };
  /** Sources of secrets. */
  readonly secret?: readonly SecretSource[];
  /** Containers beside it, with what is changed of them. */
  readonly sidecar?: Readonly<Record<string, SidecarOverride>>;
  /** Kubernetes: what it may take. */
  readonly resources?: unknown;
  /** Kubernetes: claims of storage. */
  readonly storage?: readonly StorageClaim[];
}
