/** One step of a plan: prose and a verb become an entry of a candy's plan. Nothing is dropped: what charly cannot do is kept. */
import { camelCase } from "../../base/camel_case.ts";
import { own } from "../../base/own.ts";
import { isLiveVerb, liveVerbs } from "../../entities/live_verbs.ts";
import type { Condition } from "../../entities/matcher.ts";
import { nearest } from "./problem.ts";
import { pathKey, type ShapeReader } from "./read_shape.ts";
import type { StepNode } from "./node.ts";
import { type Field, object, type ObjectShape } from "./shape.ts";
import { answer, common, installVerbs, kept, keptPlugins, patience, plugins, runtimeVerbs } from "./shapes/step.ts";
import { type Entry, kindOf, type Mapping, plain, type Tree } from "./tree.ts";

type Values = Record<string, unknown>;

const verbWords: readonly string[] = [
  ...Object.keys(installVerbs),
  ...runtimeVerbs,
  ...Object.keys(liveVerbs),
  "plugin",
];

/**
 * Reads a step.
 *
 * @returns an entry of a candy's plan, or nothing for a step that is wrong (reported)
 */
export function readStep(step: StepNode, reader: ShapeReader, path: readonly string[]): Values | undefined {
  reader.places.set(pathKey(path), step.at);
  const prose = proseOf(step, reader);
  if (prose === undefined) return undefined;
  reader.places.set(pathKey([...path, camelCase(step.word)]), step.prose.at);
  if (step.word === "include" || step.word === "agent-run" || step.word === "agent-check") {
    return { [camelCase(step.word)]: prose, ...optionsOf(step.fields, reader, path, [common, patience]) };
  }
  const verb = verbOf(step, reader);
  if (verb === undefined) return undefined;
  const rest = step.fields.filter((entry) => entry !== verb);
  const found = step.word === "run" ? readRun(verb, rest, reader, path) : readCheck(verb, rest, reader, path);
  if (found === undefined) return undefined;
  if (step.word === "check") return { check: prose, ...found };
  // A description of its own beats the prose, which the migration wrote for most of them.
  return { ...found, ...("description" in found ? {} : { description: prose }) };
}

function proseOf({ prose, word, at }: StepNode, { problems }: ShapeReader): string | undefined {
  if (prose.is !== "scalar" || prose.value === null) {
    problems.error("wrong-type", prose.at, `"${word}" is ${kindOf(prose)}`, "say in words what the step is about");
    return undefined;
  }
  if (prose.text.trim() !== "") return prose.text;
  problems.error("bad-value", at, `"${word}" says nothing`, "say in words what the step is about");
  return undefined;
}

function verbOf({ fields, word, at }: StepNode, { problems }: ShapeReader): Entry | undefined {
  const found = fields.filter(({ key }) => verbWords.includes(key));
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    const words = found.map(({ key }) => `"${key}"`).join(", ");
    problems.error("two-discriminators", at, `the step has ${found.length} verbs: ${words}`, "write one step for each");
    return undefined;
  }
  const inline = fields.find(({ key }) => Object.hasOwn(plugins, key));
  const near = fields.map(({ key }) => nearest(key, verbWords, "")).find((hint) => hint !== "");
  const hint = inline !== undefined
    ? `write \`plugin: ${inline.key}\` and \`plugin_input: { ${inline.key}: … }\`, or run \`charly migrate\``
    : near ?? `add one of: ${verbWords.join(", ")}`;
  problems.error("no-discriminator", at, `the ${word} step has no verb`, hint);
  return undefined;
}

function readRun(
  verb: Entry,
  rest: readonly Entry[],
  reader: ShapeReader,
  path: readonly string[],
): Values | undefined {
  const install = installVerbs[verb.key];
  if (install !== undefined) return valuesOf([verb, ...rest], install, reader, path, [common]);
  if (verb.key !== "plugin") {
    const place = [...path, "payload"];
    reader.places.set(pathKey(place), verb.keyAt);
    reader.places.set(pathKey([...place, "method"]), verb.value.at);
    const more = payloadOf(rest);
    // A live verb's own `method` is one of its modifiers.
    const payload = isLiveVerb(verb.key)
      ? { method: textOf(verb.value), ...(Object.keys(more).length === 0 ? {} : { with: more }) }
      : { method: plain(verb.value), ...more };
    return { external: verb.key, payload, ...optionsOf(rest.filter(isCommon), reader, path, [common]) };
  }
  const plugin = pluginOf(verb, rest, reader, path);
  if (plugin === undefined) return undefined;
  const { word, input, others } = plugin;
  const options = () => optionsOf(others, reader, path, [common, runOptions]);
  const { known } = plugin;
  const kept = () => ({ external: word.replaceAll("_", "-"), payload: input, ...options() });
  if (known === undefined) return kept();
  switch (word) {
    case "command": {
      const { command, ...more } = known;
      return { command, ...options(), ...(Object.keys(more).length === 0 ? {} : { keep: more }) };
    }
    case "package":
      // A package that has to be absent, or of some version, is more than an entry of ours says: installing it would be wrong.
      if (known["installed"] === false || known["version"] !== undefined) return kept();
      return { package: known["package"], ...some("map", known["packageMap"]), ...options() };
    case "service":
      if (known["running"] === false) return kept();
      return { service: known["service"], ...some("enabled", known["enabled"]), ...options() };
    case "user":
    case "unix_group":
      return { ...known, ...options() };
    case "kernel-param": {
      const [wanted, ...others] = (known["value"] ?? []) as readonly Condition[];
      // To set it, one value has to be said.
      if (others.length > 0 || (wanted !== undefined && wanted.op !== "equals")) return kept();
      return { kernelParam: known["kernelParam"], value: String(wanted?.value ?? ""), ...options() };
    }
    default:
      return kept();
  }
}

const runOptions = object({ run_as: { is: "text", rule: "runAs" }, env: { is: "map", of: { is: "text" } } });

function readCheck(
  verb: Entry,
  rest: readonly Entry[],
  reader: ShapeReader,
  path: readonly string[],
): Values | undefined {
  const probePath = [...path, "probe"];
  reader.places.set(pathKey(probePath), verb.keyAt);
  const live = isLiveVerb(verb.key);
  if (live) reader.places.set(pathKey([...probePath, "method"]), verb.value.at);
  if (verb.key !== "plugin") {
    const mine = rest.filter((entry) => isCommon(entry) || isPatience(entry));
    const answers = rest.filter((entry) => Object.hasOwn(answer.fields, entry.key));
    const others = rest.filter((entry) => !mine.includes(entry) && !answers.includes(entry));
    const extra = payloadOf(others);
    const probe = {
      ...(live ? { live: verb.key, method: textOf(verb.value) } : { plugin: verb.key, input: plain(verb.value) }),
      ...(Object.keys(extra).length === 0 || !live ? {} : { with: extra }),
      ...reader.fields(answer, answers, probePath),
    };
    return { ...optionsOf(mine, reader, path, [common, patience]), probe };
  }
  const plugin = pluginOf(verb, rest, reader, probePath);
  if (plugin === undefined) return undefined;
  const answers = plugin.others.filter(({ key }) => Object.hasOwn(answer.fields, key));
  const others = plugin.others.filter((entry) => !answers.includes(entry));
  const httpKeys = ["method", "request_body"];
  const asked = plugin.word === "http" ? others.filter(({ key }) => httpKeys.includes(key)) : [];
  const http = Object.fromEntries(asked.map(({ key, value }) => [camelCase(key), textOf(value)]));
  const probe = {
    ...(plugin.known ?? { plugin: plugin.word, ...some("input", plugin.input) }),
    ...http,
    ...reader.fields(answer, answers, probePath),
  };
  return { ...optionsOf(others.filter((it) => !asked.includes(it)), reader, path, [common, patience]), probe };
}

/** A plug-in's word and what it is given: read by its shape where it is built in, else as it is. */
function pluginOf(verb: Entry, rest: readonly Entry[], reader: ShapeReader, path: readonly string[]) {
  const word = textOf(verb.value);
  if (word === "") {
    reader.problems.error("bad-value", verb.keyAt, "no plug-in is named", "name one, for example `plugin: command`");
    return undefined;
  }
  const input = rest.find(({ key }) => key === "plugin_input");
  const others = rest.filter((entry) => entry !== input);
  const shape = own(plugins, word);
  const tree: Tree = input?.value ?? { is: "map", entries: [], at: verb.keyAt };
  if (shape === undefined) {
    const checked = own(keptPlugins, word);
    if (checked !== undefined && reader.read(checked, tree, path) === undefined) return undefined;
    return { word, input: input === undefined ? undefined : plain(input.value), others };
  }
  const known = reader.read(shape, tree, path) as Values | undefined;
  return known === undefined ? undefined : { word, input: plain(tree), known, others };
}

/** Fields of a verb and of every step, read together; what is kept goes into `keep`. */
function valuesOf(
  entries: readonly Entry[],
  verb: ObjectShape,
  reader: ShapeReader,
  path: readonly string[],
  more: readonly ObjectShape[],
): Values | undefined {
  const own = entries.filter(({ key }) => Object.hasOwn(verb.fields, key));
  const tree: Mapping = { is: "map", entries: own, at: entries[0]!.keyAt };
  const values = reader.read(verb, tree, path) as Values | undefined;
  if (values === undefined) return undefined;
  return { ...values, ...optionsOf(entries.filter((entry) => !own.includes(entry)), reader, path, more) };
}

function optionsOf(
  entries: readonly Entry[],
  reader: ShapeReader,
  path: readonly string[],
  shapes: readonly ObjectShape[],
): Values {
  const fields: Record<string, Field> = Object.assign({}, ...shapes.map((shape) => shape.fields));
  // What a step that acts is expected to answer is kept, too: nothing asks for it yet.
  const keepers = shapes.includes(runOptions) ? { ...kept.fields, ...answer.fields } : kept.fields;
  const aside = entries.filter(({ key }) => Object.hasOwn(keepers, key) && !Object.hasOwn(fields, key));
  const values = reader.fields({ is: "object", fields }, entries.filter((entry) => !aside.includes(entry)), path);
  const keep = reader.fields({ is: "object", fields: keepers }, aside, [...path, "keep"]);
  return { ...values, ...(Object.keys(keep).length === 0 ? {} : { keep }) };
}

function payloadOf(entries: readonly Entry[]): Values {
  const values: Values = Object.create(null);
  for (const { key, value } of entries) if (!isCommonKey(key)) values[key] = plain(value);
  return values;
}

const isCommonKey = (key: string) => Object.hasOwn(common.fields, key) || Object.hasOwn(kept.fields, key);
const isCommon = ({ key }: Entry) => isCommonKey(key);
const isPatience = ({ key }: Entry) => Object.hasOwn(patience.fields, key);

function textOf(tree: Tree): string {
  return tree.is === "scalar" ? tree.text : "";
}

function some(name: string, value: unknown): Values {
  return value === undefined ? {} : { [name]: value };
}
