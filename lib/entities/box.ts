/** A box: a container image made of candies. Declared here, built by a later part of charly. */
import type { CandyRef } from "./late.ts";
import type { CalVer } from "./candy.ts";
import type { PlanEntry } from "./plan_entry.ts";

/** Where the packages of an image come from. */
export type BoxFormat = "rpm" | "deb" | "pac" | "aur";

/** A container image. `C` are the candy names, `X` the box names it may refer to. */
export interface Box<C extends string = string, X extends string = string> {
  /** Another box, or an image reference such as `docker.io/library/debian:13` (it holds a `/` or a `:`). */
  readonly base?: X | `${string}/${string}` | `${string}:${string}`;
  /** A bootstrap builder instead of a base: `builder:<name>`. */
  readonly from?: `builder:${string}`;
  /** Candies, in order. */
  readonly candy?: readonly CandyRef<C>[];
  /** CalVer; derived from the candies when absent. */
  readonly version?: CalVer;
  /** One line for people. */
  readonly description?: string;
  /** Whether it is built at all. @default {true} */
  readonly enabled?: boolean;
  /** Package formats, the primary one first. */
  readonly build?: readonly BoxFormat[];
  /** `os/arch`, for example `linux/amd64`. */
  readonly platform?: readonly `${string}/${string}`[];
  /** Distro tags, most specific first: `["debian:13", "debian"]`. */
  readonly distro?: readonly string[];
  /** Box that provides each builder. */
  readonly builder?: Readonly<Record<string, X>>;
  /** Builders this box provides to others. */
  readonly produce?: readonly string[];
  /** Image tag; `auto` is the CalVer of the build. @default {"auto"} */
  readonly tag?: string;
  /** Registry it is pushed to. */
  readonly registry?: string;
  /** User inside. @default {"user"} */
  readonly user?: string;
  /** User id inside. @default {1000} */
  readonly uid?: number;
  /** Group id inside. @default {1000} */
  readonly gid?: number;
  /** Take over the base's user, or make one. @default {"auto"} */
  readonly userPolicy?: "auto" | "adopt" | "create";
  /** What starts services inside: `supervisord`, `systemd`, or one of the project's `inits`. */
  readonly init?: string;
  /** Environment of the image. */
  readonly env?: Readonly<Record<string, string>>;
  /** Network its containers join. */
  readonly network?: string;
  /** Holds data only: no base, no services. */
  readonly dataImage?: boolean;
  /** Bootable: a machine can be made from it. */
  readonly bootc?: boolean;
  /** What must hold there, and what the project wrote beside it. Kept as data until checks run. */
  readonly plan?: readonly PlanEntry[];
  /** Fields of `charly.yml` that are kept and not acted on yet. */
  readonly keep?: Readonly<Record<string, unknown>>;
}
