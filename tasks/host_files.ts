/** What verbs about the user's own files share: where they are, and the permissions for them. */
import { CharlyError } from "../lib/base/errors.ts";
import { dirname } from "../lib/base/path.ts";
import { readEnv } from "../lib/cli/io.ts";
import { isEmpty, missingPermissions, permittedMark, reexec } from "../lib/cli/reexec.ts";
import { type HostFiles, hostFiles } from "../lib/config/host/host_files.ts";
import { renderFlags } from "../lib/plan/permissions.ts";
import { permissionsFor } from "./permissions.ts";
import type { AnyContext } from "./verbs/_shared.ts";

/** The files of this user. @throws {CharlyError} where nobody says what their home is */
export function ownHostFiles(): HostFiles {
  const files = hostFiles();
  if (files !== undefined) return files;
  throw new CharlyError("find the settings of this user: HOME is not set", {
    hint: "set HOME, or XDG_CONFIG_HOME to an absolute path",
    code: "no-home",
    exitCode: 2,
  });
}

/** What a verb does with them. */
export interface HostFilesRequest {
  readonly words: readonly string[];
  readonly write?: boolean;
  /** Variables it looks at. */
  readonly env?: readonly string[];
  /** More files it looks at. */
  readonly reads?: readonly string[];
}

/** Starts the verb again where it may not do what it has to; returns that run's exit code, or nothing. */
export async function enterHostFiles(
  context: AnyContext,
  files: HostFiles,
  { words, write = false, env = [], reads = [] }: HostFilesRequest,
): Promise<number | undefined> {
  const round = Number(readEnv(permittedMark) ?? "0");
  const places = [files.dir, ...[files.overlay, files.settings, files.oldOverlay].flatMap(leadsTo)];
  const needed = permissionsFor(context, {
    project: undefined,
    reach: [],
    reads: [...places, ...reads],
    writes: write ? places : [],
    env,
  });
  if (round > 0 || isEmpty(missingPermissions(needed))) return undefined;
  return await reexec(renderFlags(needed), words, undefined, round + 1);
}

/** The directory a link leads to: who keeps such files elsewhere has them written there. */
function leadsTo(path: string): string[] {
  try {
    return [dirname(Deno.realPathSync(path))];
  } catch {
    return []; // not there, or not to be looked at: then it is no link of ours
  }
}
