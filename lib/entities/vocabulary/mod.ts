/**
 * The words charly knows without being told. A project refers to them without declaring them; one of the same name it declares
 * replaces ours altogether. They hold what a check or a plan looks at, and nothing else: how images and bare systems are built
 * comes with the part of charly that builds them.
 */
import type { KeptTables } from "../kept.ts";
import type { InitSystem, Resource, Sidecar } from "../words.ts";
import { ownBuilders } from "./builders.ts";
import { ownDistros } from "./distros.ts";

const inits = {
  supervisord: { model: "fragment_assembly" },
  systemd: { model: "file_copy", requiresCapability: ["preserve_user"] },
} as const satisfies Readonly<Record<string, InitSystem>>;

const resources = {
  "nvidia-gpu": { gpu: { vendor: "0x10de" } },
} as const satisfies Readonly<Record<string, Resource>>;

const sidecars = {
  tailscale: { image: "ghcr.io/tailscale/tailscale:latest", parameter: { tailnet: "" } },
} as const satisfies Readonly<Record<string, Sidecar>>;

/** Tables of words; no agent is charly's own. */
export const ownWords: Pick<KeptTables, "distros" | "builders" | "inits" | "resources" | "sidecars"> = {
  distros: ownDistros,
  builders: ownBuilders,
  inits,
  resources,
  sidecars,
};
