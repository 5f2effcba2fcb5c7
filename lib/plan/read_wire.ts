/** Plans read from JSON with the reference's names: what `wire.ts` writes. Nothing unknown is skipped. */
import { z } from "zod";
import { CharlyError } from "../base/errors.ts";
import { stepKinds } from "../steps/mod.ts";
import * as part from "../steps/schema_parts.ts";
import type { InstallPlan, InstallStep } from "./install_plan.ts";
import { enums, opaque, renamed } from "./wire.ts";

/**
 * A plan read from JSON.
 *
 * @throws CharlyError for a field of the wrong type or an unknown step kind: neither is skipped
 */
export function fromWire(json: unknown): InstallPlan {
  const wire = record(json, "plan");
  const known = [
    "deploy_id",
    "box",
    "version",
    "distro",
    "candy",
    "candies_included",
    "add_candies",
    "builder_image",
    "meta",
    "steps",
  ];
  const unknown = Object.keys(wire).find((key) => !known.includes(key));
  if (unknown !== undefined) throw bad(`plan: unknown field ${JSON.stringify(unknown)}`);
  const text = (key: string): string => {
    const value = wire[key] ?? "";
    if (typeof value !== "string") throw bad(`plan.${key}: expected text, found ${typeof value}`);
    return value;
  };
  return {
    deployId: text("deploy_id"),
    box: text("box"),
    version: text("version"),
    distro: text("distro"),
    candy: text("candy"),
    candiesIncluded: texts(wire["candies_included"], "plan.candies_included"),
    addCandies: texts(wire["add_candies"], "plan.add_candies"),
    builderImage: text("builder_image"),
    meta: Object.fromEntries(
      Object.entries(record(wire["meta"] ?? {}, "plan.meta")).map(([key, value]) => [key, String(value)]),
    ),
    steps: list(wire["steps"] ?? [], "plan.steps").map((step, at) => stepFromWire(step, `plan.steps[${at}]`)),
  };
}

/**
 * A step read from JSON.
 *
 * @param where for messages
 */
export function stepFromWire(json: unknown, where = "step"): InstallStep {
  const wire = record(json, where);
  const kind = wire["kind"];
  const definition = stepKinds.find((one) =>
    one.kind === "external:" ? typeof kind === "string" && /^external:./.test(kind) : one.kind === kind
  );
  if (definition === undefined) {
    throw bad(`${where}: unknown step kind ${JSON.stringify(kind)}`, "unknown-step-kind");
  }
  const step = fromSnake(wire, true, definition.kind === "external:") as Record<string, unknown>;
  // Zero is left out on the wire; a missing enum is its first value.
  if (definition.kind === "SystemPackages" || definition.kind === "Builder") step["phase"] ??= "prepare";
  if (definition.kind === "ServicePackaged" || definition.kind === "ServiceCustom") step["targetScope"] ??= "system";
  if (definition.kind === "external:") {
    step["scope"] ??= "system";
    step["venue"] ??= "host-native";
  }
  const parsed = definition.schema(z, part).safeParse(step);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue === undefined || issue.path.length === 0 ? "" : `.${issue.path.join(".")}`;
    throw bad(`${where} (${String(kind)})${place}: ${issue?.message ?? "malformed"}`);
  }
  return parsed.data;
}

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

function fromSnake(value: unknown, top = false, external = false): unknown {
  if (Array.isArray(value)) return value.map((item) => fromSnake(item));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => {
    const key = (top ? Object.keys(renamed).find((one) => renamed[one] === name) : undefined) ?? camel(name);
    const words = top && (external || (key !== "scope" && key !== "venue")) ? enums[key] : undefined;
    if (words !== undefined) {
      const word = typeof item === "number" ? words[item] : undefined;
      if (word === undefined) throw bad(`${name}: ${JSON.stringify(item)} is none of 0…${words.length - 1}`);
      return [key, word];
    }
    if (top && key === "repos") {
      return [key, list(item, name).map((repo) => fromSnake(record(repo, name)["raw"]))];
    }
    return [key, opaque.includes(key) ? item : fromSnake(item)];
  });
  return Object.fromEntries(entries);
}

function record(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw bad(`${where}: expected an object`);
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw bad(`${where}: expected a list`);
}

function texts(value: unknown, where: string): string[] {
  return list(value ?? [], where).map((item) => {
    if (typeof item !== "string") throw bad(`${where}: expected texts`);
    return item;
  });
}

function bad(what: string, code = "bad-plan"): CharlyError {
  return new CharlyError(`read plan: ${what}`, {
    hint: "write the plan anew with this version of charly",
    code,
    exitCode: 2,
  });
}
