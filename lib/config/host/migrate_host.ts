/** The user's own files of older versions in today's form: the overlay, the settings, and what was left of the tool's earlier self. */
import type { Change, ManualWork } from "../yaml/legacy/rule.ts";
import { runChain } from "../yaml/legacy/chain.ts";
import { legacyRules } from "../yaml/legacy/rules.ts";
import { sameDocuments } from "../yaml/migrate.ts";
import { type Problem, Problems } from "../yaml/problem.ts";
import { type Document, get, textAt } from "../yaml/tree.ts";
import { loaderHead } from "../yaml/words.ts";
import { writeAll } from "../yaml/write.ts";
import { type HostFiles, hostFilesIn } from "./host_files.ts";
import { readHostFile } from "./read_host_file.ts";
import { retiredKeys } from "./setting_keys.ts";

/** What is to be done. Paths are absolute. */
export interface HostMigration {
  readonly changes: readonly Change[];
  readonly manual: readonly ManualWork[];
  readonly problems: readonly Problem[];
  /** Files to write, path → text. */
  readonly write: ReadonlyMap<string, string>;
  /** Files whose content is in another one now. */
  readonly remove: readonly string[];
}

/** Where the same files stood when the tool was called otherwise. They stay there: the old tool may still be in use. */
export function oldHostFiles({ dir }: HostFiles): HostFiles {
  return hostFilesIn(dir.replace(/charly$/, "ov"));
}

/** Plans the migration of the user's own files; up-to-date ones give one that does nothing. */
export function migrateHost(files: HostFiles): HostMigration {
  const migration = new Migration(files);
  migration.overlay();
  migration.settings();
  return migration.result();
}

class Migration {
  readonly #changes: Change[] = [];
  readonly #manual: ManualWork[] = [];
  readonly #problems = new Problems();
  readonly #write = new Map<string, string>();
  readonly #remove: string[] = [];

  constructor(private readonly files: HostFiles) {}

  result(): HostMigration {
    return {
      changes: this.#changes,
      manual: this.#manual,
      problems: this.#problems.all,
      write: this.#write,
      remove: this.#remove,
    };
  }

  overlay(): void {
    const { overlay, oldOverlay } = this.files;
    const old = oldHostFiles(this.files);
    const [path, documents] = this.#first(overlay, oldOverlay, old.overlay, old.oldOverlay);
    if (path === overlay && this.#first(oldOverlay)[1] !== undefined) {
      const at = { file: oldOverlay, line: 1, column: 1 };
      this.#manual.push({
        at,
        message: "is not read beside charly.yml",
        hint: "take over what is missing, and remove it",
      });
    }
    if (path === undefined || documents === undefined) return;
    const { files, changes, manual } = runChain(new Map([[path, documents]]), legacyRules);
    const current = withVersion([...files.values()].flat());
    this.#manual.push(...manual);
    if (path === overlay && sameDocuments(documents, current)) return;
    this.#changes.push(...changes);
    this.#write.set(overlay, writeAll(current));
    this.#moved(path, overlay);
    if (path === oldOverlay) this.#remove.push(path);
  }

  settings(): void {
    const { settings } = this.files;
    const [path, documents] = this.#first(settings, oldHostFiles(this.files).settings);
    const document = documents?.[0];
    if (path === undefined || document?.root.is !== "map") return;
    const gone = document.root.entries.filter(({ key, value }) =>
      retiredKeys.includes(key) || (key === "secret_backend" && value.is === "scalar" && value.text === "kdbx")
    );
    for (const { key, keyAt } of gone) {
      this.#changes.push({ rule: "drop-kdbx", at: keyAt, what: `"${key}" does nothing any more and is removed` });
    }
    const first = gone[0];
    if (first !== undefined) {
      const hint = "bring what you still need into the keyring, then remove the database";
      this.#manual.push({ at: first.keyAt, message: "secrets are no longer read from a KeePass database", hint });
    }
    if (gone.length === 0 && path === settings) return;
    const entries = document.root.entries.filter((entry) => !gone.includes(entry));
    this.#write.set(
      settings,
      entries.length === 0 ? "" : writeAll([{ ...document, root: { ...document.root, entries } }]),
    );
    this.#moved(path, settings);
  }

  /** The first of some files that is there. */
  #first(...paths: readonly string[]): readonly [path: string | undefined, documents: readonly Document[] | undefined] {
    for (const path of paths) {
      const documents = readHostFile(path, this.#problems);
      if (documents !== undefined) return [path, documents];
    }
    return [undefined, undefined];
  }

  #moved(from: string, to: string): void {
    if (from === to) return;
    const at = { file: from, line: 1, column: 1 };
    this.#changes.push({ rule: "host-files", at, what: `${from} is ${to} now` });
  }
}

/** Every file says of which form it is. */
function withVersion(documents: readonly Document[]): readonly Document[] {
  const [first, ...rest] = documents;
  if (first?.root.is !== "map" || documents.some(({ root }) => get(root, "version") !== undefined)) return documents;
  const { at } = first.root;
  const version = { key: "version", keyAt: at, value: textAt(loaderHead, at) };
  return [{ ...first, root: { ...first.root, entries: [version, ...first.root.entries] } }, ...rest];
}
