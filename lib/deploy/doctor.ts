/** What this machine has for charly's work, and what to install where something is missing. */
import type { DeployProject, Finding } from "./contract.ts";
import type { EngineOptions } from "./engine.ts";

interface Need {
  readonly program: string;
  readonly for: string;
  /** Package per format. */
  readonly package: Readonly<Record<"deb" | "rpm" | "pac", string>>;
  readonly required: boolean;
}

const needs: readonly Need[] = [
  { program: "sh", for: "local targets", package: { deb: "dash", rpm: "bash", pac: "bash" }, required: true },
  {
    program: "setsid",
    for: "local targets",
    package: { deb: "util-linux", rpm: "util-linux", pac: "util-linux" },
    required: true,
  },
  { program: "bash", for: "commands", package: { deb: "bash", rpm: "bash", pac: "bash" }, required: true },
  {
    program: "ssh",
    for: 'ssh_config with `ssh -G`, `transport: "openssh"`',
    package: { deb: "openssh-client", rpm: "openssh-clients", pac: "openssh" },
    required: false,
  },
  {
    program: "ssh-keyscan",
    for: "making unknown hosts known",
    package: { deb: "openssh-client", rpm: "openssh-clients", pac: "openssh" },
    required: false,
  },
  {
    program: "sudo",
    for: "system steps as an ordinary user",
    package: { deb: "sudo", rpm: "sudo", pac: "sudo" },
    required: false,
  },
  {
    program: "curl",
    for: "downloads (wget does as well)",
    package: { deb: "curl", rpm: "curl", pac: "curl" },
    required: false,
  },
  {
    program: "podman",
    for: "containers as venues",
    package: { deb: "podman", rpm: "podman", pac: "podman" },
    required: false,
  },
];

/** Looks for the programs charly calls, and whether its own places can be written. */
export async function diagnose(engine: EngineOptions, project: DeployProject | undefined): Promise<readonly Finding[]> {
  const findings: Finding[] = [{
    what: "deno",
    state: "ok",
    detail: Deno.version.deno,
  }];
  for (const need of needs) {
    const path = await find(need.program, engine.env.PATH ?? "");
    findings.push(
      path === undefined
        ? {
          what: need.program,
          state: need.required ? "missing" : "warning",
          detail: `not found; for ${need.for}`,
          hint:
            `install it: apt-get install ${need.package.deb} · dnf install ${need.package.rpm} · pacman -S ${need.package.pac}`,
        }
        : { what: need.program, state: "ok", detail: path },
    );
  }
  findings.push(await writable(`${engine.stateHome}/charly`));
  if (project !== undefined) {
    findings.push({
      what: "project",
      state: "ok",
      detail: `${project.name}: ${Object.keys(project.config.bundles).length} bundles`,
    });
  }
  return findings;
}

async function find(program: string, path: string): Promise<string | undefined> {
  for (const directory of path.split(":").filter((it) => it.startsWith("/"))) {
    try {
      const info = await Deno.stat(`${directory}/${program}`);
      if (info.isFile && ((info.mode ?? 0) & 0o111) !== 0) return `${directory}/${program}`;
    } catch { /* not here, or not ours to look at */ }
  }
  return undefined;
}

async function writable(directory: string): Promise<Finding> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    const probe = `${directory}/.probe-${crypto.randomUUID()}`;
    await Deno.writeTextFile(probe, "");
    await Deno.remove(probe);
    return { what: "state directory", state: "ok", detail: directory };
  } catch (error) {
    return {
      what: "state directory",
      state: "missing",
      detail: `${directory}: ${error instanceof Error ? error.message : String(error)}`,
      hint: "give it back to your user, or set XDG_STATE_HOME",
    };
  }
}
