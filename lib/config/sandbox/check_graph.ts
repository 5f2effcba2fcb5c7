/**
 * Which modules a config may load. Deno's permissions do not stop static imports, of code, JSON or text, from anywhere on
 * the disk: this check is the only fence, so it judges every module by what it is and where its bytes really are.
 */
import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { CharlyError } from "../../base/errors.ts";
import { apiName, apiUrl, isApiFile, isApiUrl, isBundle } from "./api.ts";
import { importOf } from "./import_path.ts";
import type { GraphModule, ModuleGraph } from "./module_graph.ts";
import { printable } from "./printable.ts";
import { hostOf, type Source } from "./source.ts";

/** Node modules that compute and touch nothing. */
const harmlessNode = new Set(
  ("assert assert/strict buffer crypto events path path/posix path/win32 punycode querystring stream stream/promises " +
    "string_decoder timers timers/promises url util util/types").split(" "),
);

/** One module that may not be loaded. */
interface Refusal {
  readonly specifier: string;
  readonly why: string;
  readonly hint: string;
  readonly code: string;
}

/**
 * Refuses a graph with a module from elsewhere.
 *
 * @throws {CharlyError} naming every such module and the import that pulled it in (exit code 2)
 */
export function checkGraph(graph: ModuleGraph, source: Source): void {
  const refusals = [
    ...graph.modules.flatMap((module) => isOfBundle(module, graph) ? [] : judge(module, source) ?? []),
    ...unresolved(graph),
  ];
  if (refusals.length === 0) return;
  const lines = refusals.map(({ specifier, why }) => `${importOf(graph, specifier, source)}: ${why}`);
  const first = refusals[0]!;
  throw new CharlyError(`check imports of ${source.label}: ${[...new Set(lines)].join("\n  ")}`, {
    hint: first.hint,
    code: first.code,
    exitCode: 2,
  });
}

/** Whether a module is charly's own. */
export function isApi(specifier: string): boolean {
  if (!specifier.startsWith("file:")) return isApiUrl(specifier);
  const real = realPath(specifier);
  return real !== undefined && isApiFile(real);
}

/** A node: module that only a charly of one file imports, which is command line and engine as well: a config cannot reach it. */
function isOfBundle({ specifier }: GraphModule, graph: ModuleGraph): boolean {
  if (!specifier.startsWith("node:")) return false;
  const importers = graph.modules.filter(({ dependencies }) =>
    dependencies?.some(({ specifier: written, code }) => written === specifier || code?.specifier === specifier)
  );
  return importers.length > 0 && importers.every((importer) => isBundle(importer.specifier));
}

function judge(module: GraphModule, source: Source): Refusal | undefined {
  const { specifier } = module;
  const refuse = (why: string, hint: string, code = "config-import"): Refusal => ({ specifier, why, hint, code });
  const protocol = specifier.slice(0, specifier.indexOf(":") + 1);
  switch (protocol) {
    case "data:":
      return module.error === undefined ? undefined : broken(module, refuse);
    case "file:": {
      const place = placeOf(specifier, source);
      if (place !== "inside") return refuse(...outside(place, source));
      if (module.error !== undefined) return broken(module, refuse);
      if (module.mediaType !== "Cjs" && module.mediaType !== "Cts") return undefined;
      return refuse("CommonJS, which loads other modules unseen", "write it as an ES module");
    }
    case "node:":
      if (harmlessNode.has(specifier.slice("node:".length))) return undefined;
      return refuse("not one of the node: modules a config may use", "do that in a task");
    case "npm:":
      if (source.kind === "url") {
        return refuse("npm packages of a remote config are not locked", "bundle the package into the config");
      }
      if (!source.facts.locked) {
        return refuse(
          "npm packages must be locked, and this project has no lock file",
          `add a deno.json and run \`deno install --entrypoint ${source.label}\``,
        );
      }
      return module.error === undefined ? undefined : broken(module, refuse);
    case "http:":
    case "https:":
      if (!isApiUrl(specifier) && !listed(specifier, source)) {
        const host = hostOf(new URL(specifier));
        return refuse(
          `the host ${host} is not on the list`,
          `pass \`--allow-import ${host}\`, or copy the module here`,
        );
      }
      return module.error === undefined ? undefined : broken(module, refuse);
    default:
      return refuse("not a file of the project, a locked npm package or charly", "copy the module into the project");
  }
}

function broken(module: GraphModule, refuse: (why: string, hint: string, code: string) => Refusal): Refusal {
  const text = printable(module.error!);
  const [head] = text.split("\n");
  if (text.startsWith("Module not found")) return refuse("not found", "check the path", "config-missing-module");
  if (/^SyntaxError|could not be parsed/.test(text)) {
    const at = /at (\S+):(\d+:\d+)\s*$/.exec(text);
    return refuse(`${head}${at === null ? "" : ` (line ${at[2]})`}`, "correct the syntax there", "config-syntax");
  }
  return refuse(head!.replace(/, run again with.*/, ""), "correct the import", "config-import");
}

/** Imports that lead nowhere, for example a bare name no import map knows. */
function unresolved(graph: ModuleGraph): Refusal[] {
  return graph.modules.flatMap((module) =>
    (module.dependencies ?? []).flatMap(({ specifier, code }) => {
      if (code?.error === undefined) return [];
      const hint = specifier === apiName || specifier.startsWith(`${apiName}/`)
        ? `add "${apiName}": "${apiUrl()}" to "imports" in deno.json`
        : `add "${specifier}" to "imports" in deno.json and run \`deno install\``;
      return [{
        specifier: `unresolved ${specifier}`,
        why: "nothing in deno.json says what that is",
        hint,
        code: "config-import",
      }];
    })
  );
}

/** Where a file really is, as far as the config is concerned. */
function placeOf(specifier: string, source: Source): "inside" | "outside" | "linked" {
  const path = fileURLToPath(specifier);
  const named = path.startsWith(source.root + sep);
  if (source.kind === "file" && named) {
    const real = realPath(specifier);
    // A file that is not there has no other place; Deno reports it.
    if (real === undefined || real.startsWith(source.root + sep) || isApiFile(real)) return "inside";
    return "linked";
  }
  return isApi(specifier) ? "inside" : "outside";
}

function outside(place: "outside" | "linked", source: Source): [string, string] {
  if (source.kind === "url") {
    return ["a remote config may not import files of this machine", "serve the file beside the config"];
  }
  if (place === "linked") {
    return [`a link to a file outside the project ${source.root}`, "copy the file into the project"];
  }
  return [`outside the project ${source.root}`, "copy the file into the project"];
}

function realPath(specifier: string): string | undefined {
  try {
    return realpathSync.native(fileURLToPath(specifier));
  } catch {
    return undefined;
  }
}

function listed(specifier: string, source: Source): boolean {
  const url = new URL(specifier);
  return source.importHosts.some((host) => host === hostOf(url) || host === url.hostname);
}
