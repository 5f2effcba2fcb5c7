/** Distributions charly knows without being told: what they are made from, their package formats, the user their images bring. */
import type { PackageFormat } from "../candy.ts";
import type { Distro } from "../words.ts";

/** By name. A project's own of the same name replaces one altogether. */
export const ownDistros = {
  arch: { format: { pac: {}, aur: {} } },
  cachyos: { inherits: "arch", inheritPackages: true, format: { pac: {}, aur: {} } },
  debian: { version: "13", format: { deb: {} } },
  fedora: { version: "43", format: { rpm: {} } },
  ubuntu: {
    inherits: "debian",
    version: "24.04",
    format: { deb: {} },
    baseUser: { name: "ubuntu", uid: 1000, gid: 1000, home: "/home/ubuntu" },
  },
} as const satisfies Readonly<Record<string, Distro>>;

/** Distributions that are one of them under a name of their own. */
export const distroAliases: Readonly<Record<string, keyof typeof ownDistros>> = {
  archarm: "arch",
  manjaro: "arch",
  endeavouros: "arch",
  alma: "fedora",
  almalinux: "fedora",
  rocky: "fedora",
  centos: "fedora",
  rhel: "fedora",
};

/** Formats of distributions charly installs packages on and knows no more of. */
export const otherFormats: Readonly<Record<string, PackageFormat>> = { suse: "rpm", opensuse: "rpm" };
