/** What a machine's disk is made from. */
import type { BootstrapSource, Checksum, CloudImageSource } from "../../entities/vm.ts";

/** Options of {@link cloudImage}. */
export interface CloudImageOptions {
  /** Expected digest; without a value it is looked up beside the file. */
  readonly checksum?: Checksum;
  /** Keep the download for other machines. @default {true} */
  readonly cache?: boolean;
  /** Login user the image brings. */
  readonly baseUser?: string;
  /** Distro tag (`debian:13`) when the address does not say it. */
  readonly distro?: string;
}

/**
 * A ready-made cloud image as the source of a machine.
 *
 * @param url `http:` or `https:` address of a qcow2 or raw image
 * @param options checksum, cache, user and distro
 * @returns `{ kind: "cloudImage", url, … }`
 *
 * @example
 * ```ts
 * import { cloudImage } from "@charly/charly";
 *
 * const source = cloudImage("https://example.org/debian-13.qcow2", { checksum: { type: "sha256" } });
 * if (source.kind !== "cloudImage") throw new Error("unexpected");
 * ```
 */
export function cloudImage(url: string, options: CloudImageOptions = {}): CloudImageSource {
  return { kind: "cloudImage", url, ...options };
}

/** Options of {@link debootstrap}. */
export type DebootstrapOptions = Omit<BootstrapSource, "kind" | "builder" | "distro">;

/**
 * A Debian or Ubuntu disk made from packages.
 *
 * @param distro `debian-13`, `ubuntu-24.04`, …
 * @param options file system, packages, mirror, architecture and variant
 * @returns `{ kind: "bootstrap", builder: "debootstrap", distro, … }`
 *
 * @example
 * ```ts
 * import { debootstrap } from "@charly/charly";
 *
 * const source = debootstrap("debian-13", { rootfs: "ext4", package: ["openssh-server"] });
 * if (source.builder !== "debootstrap") throw new Error("unexpected");
 * ```
 */
export function debootstrap(distro: string, options: DebootstrapOptions = {}): BootstrapSource {
  return { kind: "bootstrap", builder: "debootstrap", distro, ...options };
}
