/** What the verbs that write the overlay share. */
import { CharlyError } from "../../lib/base/errors.ts";
import { closest } from "../../lib/base/closest.ts";
import type { CliProject } from "../../lib/cli/context.ts";

/** Tables of deployments and their kinds in charly.yml; bundles are `local` or `vm`. */
const kinds: Readonly<Record<string, string>> = { pods: "pod", k8s: "k8s", androids: "android", groups: "group" };

/**
 * The kind a deployment has in charly.yml.
 *
 * @throws {CharlyError} when the project is not written in YAML, or has no such deployment
 */
export function deploymentKind(project: CliProject, name: string): string {
  if (!/\.ya?ml$/.test(project.configUrl)) {
    throw new CharlyError("change the overlay: this project is not written in YAML", {
      hint: "a typed configuration decides by itself what differs where, with ordinary TypeScript",
      code: "not-yaml",
      exitCode: 2,
    });
  }
  const bundle = project.config.bundles[name];
  if (bundle !== undefined) return bundle.on.target === "vm" ? "vm" : "local";
  const tables = project.config as unknown as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  for (const [table, kind] of Object.entries(kinds)) if (tables[table]?.[name] !== undefined) return kind;
  const known = [
    ...Object.keys(project.config.bundles),
    ...Object.keys(kinds).flatMap((it) => Object.keys(tables[it] ?? {})),
  ];
  const near = closest(name, known);
  throw new CharlyError(`change the overlay: the project has no deployment "${name}"`, {
    hint: near === undefined ? `there are: ${known.join(", ") || "none"}` : `did you mean ${near}?`,
    code: "unknown-bundle",
    exitCode: 2,
  });
}
