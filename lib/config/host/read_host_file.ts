/** A YAML file of the user's own directory: read like any other, with its path as its name in messages. */
import { CharlyError } from "../../base/errors.ts";
import { type Problems, problemText } from "../yaml/problem.ts";
import { readYaml } from "../yaml/read.ts";
import type { Document } from "../yaml/tree.ts";
import { readIfThere } from "./locked_file.ts";

/** Reads a file; nothing when it is not there. What is wrong goes to `problems`. */
export function readHostFile(path: string, problems: Problems): readonly Document[] | undefined {
  try {
    const bytes = readIfThere(path);
    return bytes === undefined ? undefined : readYaml(bytes, path, problems).documents;
  } catch (error) {
    if (!(error instanceof CharlyError)) throw error;
    const at = { file: path, line: 1, column: 1 };
    problems.error("not-found", at, "cannot be read", error.hint ?? "check the file and its owner");
    return [];
  }
}

/** Throws when something is wrong: a file that does not load is never written over. */
export function mustLoad(problems: Problems, path: string): void {
  if (!problems.failed) return;
  const errors = problems.all.filter(({ severity }) => severity === "error");
  throw new CharlyError(
    `read ${path}: ${errors.length} problem${errors.length === 1 ? "" : "s"}\n${errors.map(problemText).join("\n")}`,
    { hint: "correct what is listed; the file is left as it is", code: "host-file", exitCode: 2 },
  );
}
