/** Which import pulled a module in, in words. */
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { GraphTarget, ModuleGraph } from "./module_graph.ts";
import { printable } from "./printable.ts";
import type { Source } from "./source.ts";

/** `charly.config.ts:1:15 imports "../x.json"`, or the module alone when nothing imports it. */
export function importOf(graph: ModuleGraph, specifier: string, source: Source): string {
  for (const module of graph.modules) {
    for (const dependency of module.dependencies ?? []) {
      for (const target of [dependency.code, dependency.type]) {
        if (target === undefined || !leadsTo(target, dependency.specifier, specifier, graph)) continue;
        const where = target.span === undefined
          ? ""
          : `:${target.span.start.line + 1}:${target.span.start.character + 1}`;
        const written = shorten(dependency.specifier);
        const full = specifier.startsWith("unresolved ") || dependency.specifier === specifier
          ? ""
          : ` (${shorten(specifier)})`;
        return `${shorten(relative(module.specifier, source))}${where} imports "${written}"${full}`;
      }
    }
  }
  return shorten(relative(specifier, source));
}

function leadsTo(target: GraphTarget, written: string, specifier: string, graph: ModuleGraph): boolean {
  if (target.error !== undefined) return specifier === `unresolved ${written}`;
  let at = target.specifier;
  for (let hops = 0; at !== undefined && hops < 20; hops++) {
    if (at === specifier) return true;
    at = graph.redirects[at];
  }
  return false;
}

/** A file of the project by its path in it. */
export function relative(specifier: string, source: Source): string {
  if (!specifier.startsWith("file:")) return specifier;
  const path = fileURLToPath(specifier);
  return path.startsWith(source.root + sep) ? path.slice(source.root.length + 1) : path;
}

function shorten(specifier: string): string {
  const text = printable(specifier);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
