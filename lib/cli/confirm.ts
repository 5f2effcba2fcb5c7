/** Questions to the person at the terminal. */
import { CharlyError } from "../base/errors.ts";
import type { Output } from "./output.ts";
import { escapeControls } from "./style.ts";

/**
 * Asks `question (y/N)`.
 *
 * @param out whose terminal is asked; the question goes to stderr, so that stdout stays a document
 * @param yes the answer was given beforehand with `-y`
 * @returns whether to go on; only `y` and `yes` do
 * @throws CharlyError with exit code 3 when nobody can be asked
 */
export async function confirm(out: Output, question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!out.io.stdinIsTerminal) {
    throw new CharlyError(`ask "${question}": standard input is no terminal`, {
      hint: "look at `charly plan` first, then give -y",
      code: "needs-confirmation",
      exitCode: 3,
    });
  }
  out.io.stderr(`${out.errStyle.bold(escapeControls(question))} (y/N) `);
  const answer = await out.io.readLine();
  if (answer === undefined) out.io.stderr("\n");
  return /^\s*(y|yes)\s*$/i.test(answer ?? "");
}

/**
 * Asks for a password without showing it.
 *
 * @throws CharlyError with exit code 3 when nobody can be asked
 */
export async function askPassword(out: Output, prompt: string): Promise<string | undefined> {
  if (!out.io.stdinIsTerminal) {
    throw new CharlyError(`ask for a password: standard input is no terminal`, {
      hint: "allow the login user sudo without a password (NOPASSWD), or run charly on a terminal",
      code: "needs-password",
      exitCode: 3,
    });
  }
  out.io.stderr(escapeControls(prompt));
  const answer = await out.io.readSecret();
  out.io.stderr("\n");
  return answer;
}
