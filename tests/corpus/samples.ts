/**
 * Real files of real projects, kept outside of this repository: `CHARLY_CORPUS` names the directory, else `../shared/corpus`.
 * Current ones are below `charly-yml`, those of older generations below `ov-yml`. No text of theirs is copied: goldens hold
 * paths, figures and digests.
 */
import { basename, dirname, join } from "node:path";

/** The checkout under test, with a slash at its end. */
export const checkout = new URL("../..", import.meta.url).pathname;

/** The directory of the samples. */
export const corpus = Deno.env.get("CHARLY_CORPUS") ?? join(checkout, "../shared/corpus");

/** One file. */
export interface Sample {
  /** Relative to {@link corpus}: how goldens call it. */
  readonly id: string;
  /** The project it belongs to, as a directory relative to {@link corpus}; a single file is a project of its own. */
  readonly project: string;
  /** Where it stands in that project, by the name it had there. */
  readonly path: string;
  readonly age: "current" | "older";
}

/** Files upstream keeps to see that they are refused; so are they here. */
export const refused: readonly string[] = ["charly-yml/charly/testdata/charly_with_local.yml"];

/** Every file, in the order of their paths. */
export function samples(): readonly Sample[] {
  return [...below(corpus, "")].map((id): Sample => {
    const [set, generation] = id.split("/") as [string, string];
    if (set === "charly-yml") return { id, project: set, path: id.slice(set.length + 1), age: "current" };
    const single = generation === "single";
    const project = single ? id : `${set}/${generation}`;
    // `single/image-yml/<date>-<commit>.yml` was called `image.yml`.
    const path = single ? basename(dirname(id)).replace(/-(ya?ml)$/, ".$1") : id.slice(project.length + 1);
    return { id, project, path, age: "older" };
  });
}

function* below(root: string, path: string): Generator<string> {
  const entries = [...Deno.readDirSync(join(root, path))].sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory } of entries) {
    const inside = path === "" ? name : `${path}/${name}`;
    if (isDirectory) yield* below(root, inside);
    else if (/\.ya?ml$/.test(name)) yield inside;
  }
}

/** The bytes of a sample. */
export function bytesOf({ id }: Sample): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(join(corpus, id));
}
