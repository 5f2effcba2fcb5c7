/** Entities as calls of their builders. */
import type { TableName } from "../../../entities/config_schema.ts";
import { call, type Code, commentedLiteral, literal, type Property } from "./code.ts";
import type { CommentBook } from "./comment_book.ts";
import { entryCode } from "./plan_code.ts";

type Values = Readonly<Record<string, unknown>>;

/** Builders by table; the others are plain objects. */
const builders: Partial<Record<TableName, string>> = { candies: "candy", bundles: "bundle", vms: "vm", boxes: "box" };

/** Fields people look for first. */
const first = ["version", "description", "status", "on", "from", "base", "require", "candy", "addCandy"];

/** One entity. `used` learns which helpers it takes; comments of the book that have a place in it are taken. */
export function entityCode(table: TableName, value: Values, used: Set<string>, comments: CommentBook): Code {
  const names = Object.keys(value).filter((name) => name !== "plan");
  const ordered = [...first.filter((name) => names.includes(name)), ...names.filter((name) => !first.includes(name))];
  const fields: Property[] = ordered.map((key) => {
    const above = comments.take([key]);
    const code = fieldCode(table, key, value[key], used, comments);
    // What stands where the code has no place for it is said above.
    const comment = [above, comments.takeAll([key])].filter((it) => it !== undefined).join("\n");
    return { key, value: code, ...(comment === "" ? {} : { comment }) };
  });
  const plan = value["plan"];
  if (Array.isArray(plan)) {
    const said = plan.map((_, index) => comments.takeAll(["plan", String(index)]));
    const items = plan.map((entry) => entryCode(entry as Values, used));
    fields.push({ key: "plan", value: { is: "array", items, comments: said } });
  }
  const object: Code = { is: "object", fields };
  const builder = builders[table];
  if (builder === undefined) return object;
  used.add(builder);
  return call(builder, object);
}

function fieldCode(table: TableName, key: string, value: unknown, used: Set<string>, comments: CommentBook): Code {
  if (table === "bundles" && key === "on") return targetCode(value as Values, used);
  if (table === "vms" && key === "source") return sourceCode(value as Values, used);
  return commentedLiteral(value, comments, [key]);
}

function targetCode({ target, ...options }: Values, used: Set<string>): Code {
  if (target === "local") {
    used.add("local");
    return call("local");
  }
  if (target === "vm" && typeof options["vm"] === "string") {
    used.add("vmTarget");
    return call("vmTarget", literal(options["vm"]));
  }
  if (target !== "ssh") return literal({ target, ...options });
  used.add("ssh");
  const { host, ...others } = options as Values & { readonly host: readonly string[] };
  const hosts = literal(host.length === 1 ? host[0] : host);
  return Object.keys(others).length === 0 ? call("ssh", hosts) : call("ssh", hosts, literal(others));
}

function sourceCode(source: Values, used: Set<string>): Code {
  const { kind, url, builder, distro, ...options } = source;
  const rest = Object.keys(options).length === 0 ? [] : [literal(options)];
  if (kind === "cloudImage") {
    used.add("cloudImage");
    const all = distro === undefined ? options : { distro, ...options };
    return call("cloudImage", literal(url), ...(Object.keys(all).length === 0 ? [] : [literal(all)]));
  }
  if (kind === "bootstrap" && builder === "debootstrap") {
    used.add("debootstrap");
    return call("debootstrap", literal(distro), ...rest);
  }
  return literal(source);
}
