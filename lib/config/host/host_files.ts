/** Where charly's own files of this user stand. */
import { readEnv } from "../../base/env.ts";

/** Absolute paths, whether the files are there or not. */
export interface HostFiles {
  /** `${XDG_CONFIG_HOME:-~/.config}/charly`. */
  readonly dir: string;
  /** How deployments differ on this machine: a `charly.yml` in node form. */
  readonly overlay: string;
  /** What the overlay was called before. */
  readonly oldOverlay: string;
  /** The settings. */
  readonly settings: string;
}

/**
 * The files of the user who runs this process; nothing where nobody says what their home is.
 *
 * @param env looks a variable up
 */
export function hostFiles(env: (name: string) => string | undefined = readEnv): HostFiles | undefined {
  const home = env("HOME") ?? "";
  const config = env("XDG_CONFIG_HOME") ?? "";
  // A relative one would mean another place in every directory: the specification says to ignore it.
  if (config.startsWith("/")) return hostFilesIn(`${config.replace(/\/+$/, "")}/charly`);
  return home.startsWith("/") ? hostFilesIn(`${home.replace(/\/+$/, "")}/.config/charly`) : undefined;
}

/** The files of a directory. */
export function hostFilesIn(dir: string): HostFiles {
  return { dir, overlay: `${dir}/charly.yml`, oldOverlay: `${dir}/deploy.yml`, settings: `${dir}/config.yml` };
}
