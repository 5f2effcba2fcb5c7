/** Commands: the author's text with its exports, guards and the files it refers to. */
import { quoteWord as quote } from "../../command/quote.ts";
import type { ShellBlob } from "../../execute/executor.ts";
import { encodeField } from "../../ledger/field.ts";
import type { CommandAct } from "../../steps/act.ts";
import { blobOf } from "./content.ts";
import type { BatchContext } from "./context.ts";

/** Seconds a command may take when it does not say. */
export const commandTimeout = 600;

/** Renders a command act. */
export function commandText(n: number, act: CommandAct, context: BatchContext, blobs: ShellBlob[]): string {
  const when = context.runIf(n);
  const run = when === "always" ? "always" : when.join(" ");
  const body = commandBody(n, act, context, blobs);
  const touches = act.touches ?? [];
  const keep = touches.flatMap((path) => [`touch_rec ${n} ${quote(encodeField(`host:${path}`))} ${quote(path)}`]);
  return [
    `BODY=${body}`,
    `UNLESS=${quote(act.unless ?? "")}`,
    ...(touches.length === 0 ? ["TOUCH="] : [`TOUCH=${quote(keep.join(" &&\n"))}`]),
    `command_act ${n} kill ${act.timeout ?? commandTimeout} ${act.shell} ${quote(run)} ${quote(act.creates ?? "")}`,
    "BODY=",
  ].join("\n");
}

/** `/ctx` as a whole directory name: `/home/ctx` and `/ctxs` are others. The same that finds which files come along. */
const ctxPlace = /(?<![\w./-])\/ctx(?![\w.-])/;

/** The body as a shell word: exports, then the author's text. `/ctx` becomes the files' place in the stage. */
export function commandBody(n: number, act: CommandAct, context: BatchContext, blobs: ShellBlob[]): string {
  const exports = [
    ...Object.entries(act.env).map(([name, value]) => `export ${name}=${quote(value)}`),
    ...act.secrets.flatMap((name) => {
      const value = context.secrets.get(name);
      return value === undefined ? [] : [`export ${name}=${quote(value)}`];
    }),
    ...(act.path.length === 0 ? [] : [`export PATH=${quote(act.path.join(":"))}:"$PATH"`]),
  ];
  const head = exports.length === 0 ? "" : `${exports.join("\n")}\n`;
  const ctx = act.ctx ?? [];
  if (ctx.length === 0) return quote(head + act.text);
  for (const [index, file] of ctx.entries()) blobs.push(blobOf(`c${n}.${index}`, file.content));
  // The stage's place is known to the driver only: "$CTX" is spliced where the text says `/ctx`.
  const set = ctx.map((file, index) => {
    const parent = file.name.includes("/")
      ? `mkdir -p "$BL/ctx${n}/${file.name.slice(0, file.name.lastIndexOf("/"))}"; `
      : "";
    return `${parent}mv "$BL/c${n}.${index}" "$BL/ctx${n}/"${quote(file.name)} && chmod ${file.mode} "$BL/ctx${n}/"${
      quote(file.name)
    }`;
  });
  const pieces = act.text.split(ctxPlace).map(quote);
  return `${quote(head)}${pieces.join(`"$BL/ctx${n}"`)}\nmkdir -p "$BL/ctx${n}"\n${set.join("\n")}`;
}
