/** Which paths resources and claims stand for: what the rules on parents, blocks and sharing ask. */
import type { Claim, Resources, Want } from "./record.ts";

/** Paths a claim lives at or changes; empty for those that are not about paths. */
export function pathsOf(want: Want): readonly string[] {
  switch (want.type) {
    case "file":
    case "dir":
    case "link":
    case "block":
    case "cap":
      return [want.path];
    case "command":
      return want.touches;
    case "download":
      return want.to === undefined ? [] : [want.to];
    case "packages":
    case "unit":
    case "sysctl":
    case "account":
    case "reboot":
      return [];
  }
}

/** The path in `file:/etc/motd`, `dir:/srv`, `link:/x`, `tree:/opt/x`; `undefined` for other resources. */
export function pathOfResource(resource: string): string | undefined {
  return /^(?:file|dir|link|tree|cap|host):(\/.*)$/s.exec(resource)?.[1];
}

/** Whether `path` is the directory or something below it. */
export function isUnder(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

/** Where charly keeps repository definitions and signing keys: what `--keep-repo-changes` leaves alone. */
export const repositoryPlaces: readonly string[] = [
  "/etc/apt/sources.list.d",
  "/etc/apt/keyrings",
  "/usr/share/keyrings",
  "/etc/apt/trusted.gpg.d",
  "/etc/yum.repos.d",
  "/etc/pki/rpm-gpg",
  "/etc/pacman.d",
  "/etc/pacman.conf",
];

/** Whether a claim is a change of the package sources. */
export function isRepositoryClaim(claim: Claim): boolean {
  return pathsOf(claim.want).some((path) => repositoryPlaces.some((place) => isUnder(path, place)));
}

/** The resource that holds the original of the file a block stands in; blocks of one file share it. */
export function hostOf(resources: Resources, path: string): string | undefined {
  for (const [id, resource] of Object.entries(resources)) {
    if (resource.path === path && (id.startsWith("file:") || id.startsWith("host:"))) return id;
  }
  return undefined;
}
