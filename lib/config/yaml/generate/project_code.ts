/** A YAML project as TypeScript: `charly.config.ts`, and a module for each candy when there are many. */
import type { TableName } from "../../../entities/config_schema.ts";
import type { YamlEntity } from "../entity.ts";
import { joinComments } from "../tree.ts";
import { type Code, commentLines, print, type Property } from "./code.ts";
import { CommentBook } from "./comment_book.ts";
import { entityCode } from "./entity_code.ts";

/** A file to write: path relative to the project → text. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** What is written beside the entities. */
export interface GenerateOptions {
  /** What the words are imported from. @default {"@charly/charly"} */
  readonly from?: string;
  /** Candies up to which everything stays in one file. @default {6} */
  readonly inOneFile?: number;
  /** `defaults` of the configuration. */
  readonly defaults?: unknown;
  /** Lines at the top, for people. */
  readonly notes?: readonly string[];
}

/** Tables in the order they are read best. */
const order: readonly TableName[] = [
  ...[
    "candies",
    "locals",
    "bundles",
    "vms",
    "boxes",
    "groups",
    "pods",
    "k8s",
    "androids",
    "agents",
    "sidecars",
  ] as const,
  ...["resources", "distros", "builders", "inits", "others", "tasks"] as const,
];

/** Words a constant cannot be called: the language's own and the helpers'. */
const taken: ReadonlySet<string> = new Set([
  ...["break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "enum"],
  ...["export", "extends", "false", "finally", "for", "function", "if", "import", "in", "instanceof", "new", "null"],
  ...["return", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with", "yield"],
  ...["let", "static", "implements", "interface", "package", "private", "protected", "public", "await", "async", "of"],
  ...["arguments", "eval", "undefined", "NaN", "Infinity", "globalThis"],
  ...["candy", "candies", "bundle", "vm", "box", "local", "ssh", "nested", "vmTarget", "cloudImage", "debootstrap"],
  ...["command", "mkdir", "copy", "write", "link", "download", "setcap", "user", "unixGroup", "kernelParam", "pkg"],
  ...["service", "external", "build", "check", "file", "port", "process", "http", "addr", "mount", "dns", "task"],
  ...["defineConfig", "fromYaml"],
]);

/** Writes a project. */
export function generateProject(entities: readonly YamlEntity[], options: GenerateOptions = {}): GeneratedFiles {
  const { from = "@charly/charly", inOneFile = 6, notes = [] } = options;
  const files = new Map<string, string>();
  const candies = entities.filter(({ table }) => table === "candies");
  const split = candies.length > inOneFile;
  const constants = split ? constantsOf(candies) : new Map<YamlEntity, string>();
  for (const [entity, constant] of constants) files.set(moduleOf(entity), candyModule(entity, constant, from));

  const used = new Set<string>(["defineConfig"]);
  const tables: Property[] = [];
  for (const table of order) {
    const members = entities.filter((entity) => entity.table === table);
    if (members.length === 0) continue;
    const fields = members.map((entity): Property => {
      const constant = constants.get(entity);
      if (constant !== undefined) return { key: entity.name, value: { is: "raw", text: constant } };
      const { code, comment } = commentedEntity(entity, used);
      return { key: entity.name, value: code, ...(comment === undefined ? {} : { comment }) };
    });
    tables.push({ key: table, value: { is: "object", fields, open: true } });
  }
  if (options.defaults !== undefined) {
    tables.push({ key: "defaults", value: { is: "raw", text: JSON.stringify(options.defaults) } });
  }
  const imports = [...constants].map(([entity, constant]) => `import { ${constant} } from "./${moduleOf(entity)}";\n`);
  files.set(
    "charly.config.ts",
    (notes.length === 0 ? "" : commentLines(notes.join("\n"))) + importLine(used, from) + imports.join("") + "\n" +
      `export default ${
        print({ is: "call", name: "defineConfig", args: [{ is: "object", fields: tables, open: true }] })
      };\n`,
  );
  return files;
}

function candyModule(entity: YamlEntity, constant: string, from: string): string {
  const used = new Set<string>();
  const { code, comment } = commentedEntity(entity, used);
  const above = comment === undefined ? "" : commentLines(comment);
  return `${importLine(used, from)}\n${above}export const ${constant} = ${print(code)};\n`;
}

/** An entity, and what is said above it: its own comment, and those of fields that are said in another way now. */
function commentedEntity(entity: YamlEntity, used: Set<string>): { readonly code: Code; readonly comment?: string } {
  const comments = new CommentBook(entity.comments);
  const code = entityCode(entity.table, entity.value, used, comments);
  const comment = joinComments(entity.comment, comments.takeAll([]));
  return { code, ...(comment === undefined ? {} : { comment }) };
}

function importLine(used: ReadonlySet<string>, from: string): string {
  return `import { ${[...used].sort().join(", ")} } from ${JSON.stringify(from)};\n`;
}

/** `candies/<name>.ts`; a name is kebab-case, so it is a file's. */
function moduleOf({ name }: YamlEntity): string {
  return `candies/${name}.ts`;
}

/** A constant for each candy: camelCase, and no two alike. */
function constantsOf(candies: readonly YamlEntity[]): Map<YamlEntity, string> {
  const names = new Set<string>();
  return new Map(candies.map((entity) => {
    const words = entity.name.replace(/[^A-Za-z0-9]+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())
      .replace(/[^A-Za-z0-9]/g, "");
    let name = /^[A-Za-z]/.test(words) ? words : `candy${words}`;
    if (taken.has(name)) name = `${name}Candy`;
    for (let count = 2; names.has(name); count++) name = `${name.replace(/\d+$/, "")}${count}`;
    names.add(name);
    return [entity, name];
  }));
}
