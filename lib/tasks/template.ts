/**
 * Templates of shell text: where a value stands decides how it must be quoted, and some places cannot be made safe. The
 * same rewriting serves the local `$` and the remote one, so that both give a program the same words.
 */

/** What a place in shell text is inside of. */
type Context = "word" | "double" | "single" | "parens" | "braces" | "backtick" | "comment" | "arithmetic";

/**
 * Rewrites template strings so that every value stands outside of quotes: `"a ${x}"` becomes `"a "${x}""`. Values are
 * then always put in as whole quoted words.
 *
 * @param strings the literal parts of a template, as a tag gets them
 * @returns as many strings, same text for a shell
 * @throws TypeError when a value stands where no quoting can keep it one word (a comment, a here-document, backticks,
 *   `${…}`, `$((…))`, behind a backslash or a dollar sign)
 */
export function outsideQuotes(strings: readonly string[]): string[] {
  const state: State = { stack: ["word"], text: "" };
  const result: string[] = [];
  let prefix = "";
  strings.forEach((string, i) => {
    scan(state, string);
    const last = i === strings.length - 1;
    const close = last ? "" : closing(state, string, i);
    result.push(prefix + string + close);
    prefix = close;
  });
  return result;
}

interface State {
  readonly stack: Context[];
  /** Everything so far, for looking back. */
  text: string;
  /** Where the reader lost its way: no value may stand behind. */
  lost?: string;
}

/** What closes the quotes around a value, and opens them again behind it. */
function closing(state: State, string: string, hole: number): string {
  const context = state.stack.at(-1)!;
  const refuse = (where: string) => {
    throw new TypeError(`value ${hole + 1} of the template stands ${where}, where it cannot be quoted`);
  };
  if (context !== "single") {
    if (/(?:^|[^\\])(?:\\\\)*\\$/.test(string)) refuse("behind a backslash");
    if (/\$$/.test(string) && !/\\\$$/.test(string)) refuse("behind a dollar sign");
  }
  if (state.lost !== undefined) refuse(`behind ${state.lost}`);
  switch (context) {
    case "word":
    case "parens":
      return "";
    case "double":
      return '"';
    case "single":
      return "'";
    case "braces":
      return refuse("inside ${…}")!;
    case "backtick":
      return refuse("inside backticks; use $(…)")!;
    case "comment":
      return refuse("in a comment")!;
    case "arithmetic":
      return refuse("inside $((…))")!;
  }
}

/** Reads one literal part. A value counts as the inside of a word: it never ends or begins anything. */
function scan(state: State, string: string): void {
  const { stack } = state;
  const afterValue = state.text !== "";
  for (let i = 0; i < string.length; i++) {
    const char = string[i]!;
    const next = string[i + 1];
    const before = i === 0 ? (afterValue ? "x" : " ") : string[i - 1]!;
    const context = stack.at(-1)!;
    if (context === "single") {
      if (char === "'") stack.pop();
      continue;
    }
    if (context === "comment") {
      if (char === "\n") stack.pop();
      continue;
    }
    if (char === "\\") {
      i++;
      continue;
    }
    if (char === "`") {
      if (context === "backtick") stack.pop();
      else if (stack.includes("backtick")) state.lost ??= "nested backticks";
      else stack.push("backtick");
      continue;
    }
    if (char === "$" && next === "(") {
      const arithmetic = string[i + 2] === "(";
      stack.push(arithmetic ? "arithmetic" : "parens");
      i += arithmetic ? 2 : 1;
      continue;
    }
    // Bash reads escapes in it, other shells a dollar sign and a quoted word: it ends in different places.
    if (char === "$" && next === "'" && context !== "double") state.lost ??= "$'…'";
    if (char === "$" && next === "{") {
      stack.push("braces");
      i++;
      continue;
    }
    if (char === '"') {
      if (context === "double") stack.pop();
      else stack.push("double");
      continue;
    }
    if (context === "double") continue;
    if (context === "braces") {
      if (char === "}") stack.pop();
      else if (char === "'") stack.push("single");
      continue;
    }
    if (context === "arithmetic") {
      if (char === ")" && next === ")") {
        stack.pop();
        i++;
      } else if (char === "(") state.lost ??= "parentheses in $((…))";
      continue;
    }
    if (char === "'") stack.push("single");
    else if (char === "(") stack.push("parens");
    else if (char === ")" && context === "parens") stack.pop();
    else if (char === "#" && /[\s;&|(]/.test(before)) stack.push("comment");
    else if (char === "<" && next === "<") state.lost ??= "a here-document";
    else if (stack.includes("parens") && /[\s;&|(]/.test(before) && /^case\s/.test(string.slice(i))) {
      // `case x in a) …` closes no parenthesis: where the substitution ends takes a real parser.
      state.lost ??= "`case` in a command substitution";
    }
  }
  state.text += string + "x";
}
