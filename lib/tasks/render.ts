/** A request of a task as shell text. The parent does this: one quoting for every host, and none of it in the task. */
import { CharlyError } from "../base/errors.ts";
import { quoteWord } from "../command/quote.ts";
import type { RemoteRequest, Wire } from "./protocol.ts";
import { outsideQuotes } from "./template.ts";

/**
 * POSIX shell text for a template.
 *
 * @param request strings and values as the task wrote them
 * @throws CharlyError when a value stands where no quoting is safe, or a name of the environment is none
 */
export function renderScript(request: Pick<RemoteRequest, "strings" | "values" | "env" | "cwd">): string {
  const { strings, values, env, cwd } = request;
  if (strings.length !== values.length + 1) {
    throw new CharlyError("render command: the template has other values than places");
  }
  let outside: string[];
  try {
    outside = outsideQuotes(strings);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CharlyError(`render command: ${error.message}`, {
      hint: "give it as an argument of its own: `cmd ${value}`",
      cause: error,
    });
  }
  const lines = Object.entries(env).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new CharlyError(`render command: "${name}" is no name of a variable`, {
        hint: "use letters, digits and _",
      });
    }
    return `export ${name}=${word(value)}`;
  });
  // Without `cd --`, a directory called `-` or `-P` would be an option.
  if (cwd !== undefined) lines.push(`cd -- ${word(cwd)} || exit 1`);
  lines.push(outside.map((text, i) => i === 0 ? text : wordOf(values[i - 1]!) + text).join(""));
  return `${lines.join("\n")}\n`;
}

function wordOf(value: Wire): string {
  if (typeof value === "string") return word(value);
  if ("raw" in value) return value.raw;
  return value.map(wordOf).join(" ");
}

/** Always quoted: an unquoted `a=b` in front would be an assignment, and `if` a keyword. */
function word(text: string): string {
  const quoted = quoteWord(text);
  return quoted.startsWith("'") ? quoted : `'${quoted}'`;
}
