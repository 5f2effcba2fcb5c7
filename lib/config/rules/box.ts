/** Rules between boxes, and between a box and what it is made of. */
import type { Box } from "../../entities/box.ts";
import type { Distro } from "../../entities/words.ts";
import { bareName, distroName } from "../kept_references.ts";
import type { Entities } from "../references.ts";
import type { Report } from "./report.ts";

/**
 * Checks what no schema of one field can see.
 *
 * @param name the box's name
 * @param box its fields, without those that are wrong in themselves
 * @param report told each problem
 */
export function boxRules(name: string, box: Partial<Box>, entities: Entities, report: Report): void {
  if (box.base !== undefined && box.from !== undefined) {
    const hint = "a box stands on a base, or a builder makes it from nothing: remove one";
    report(["from"], { code: "excludes", fields: ["base", "from"], hint });
  }
  // What is not built need not fit together.
  if (box.enabled === false) return;
  builderRules(name, box, entities, report);
  userRules(box, entities, report);
  relayRules(box, entities, report);
}

/** A box that provides a builder says so; only builders of artifacts are provided, and only a bootstrap makes a bare system. */
function builderRules(name: string, box: Partial<Box>, entities: Entities, report: Report): void {
  const known = layerBuilders(entities);
  for (const [word, provider] of Object.entries(box.builder ?? {})) {
    if (!known.includes(word)) report(["builder", word], { code: "unknown-name", noun: "builder", name: word, known });
    const target = entities.boxes.get(provider);
    if (target === undefined || provider === name) continue;
    if (chainOf(provider, entities).some(({ produce }) => produce?.includes(word) === true)) continue;
    const hint = `add "${word}" to \`produce\` of the box "${provider}"`;
    report(["builder", word], { code: "needs", field: `builder: ${word}`, needs: `a box that produces it`, hint });
  }
  box.produce?.forEach((word, index) => {
    if (!known.includes(word)) report(["produce", index], { code: "unknown-name", noun: "builder", name: word, known });
  });
  const bootstrap = entities.builders.get(box.from?.replace(/^builder:/, "") ?? "");
  if (bootstrap !== undefined && bootstrap.kind !== "bootstrap") {
    const hint = 'name a builder of kind "bootstrap", for example `builder:debootstrap`';
    report(["from"], { code: "needs", field: "from", needs: "a builder that makes a bare system", hint });
  }
}

/** Builders that make artifacts of candies: charly's, the project's, and those of plug-ins. */
function layerBuilders({ builders, candies }: Entities): string[] {
  // A box of an import says the word as its own files do, without the prefix.
  const own = [...builders].filter(([, { kind }]) => kind !== "bootstrap").flatMap(([name]) => [name, bareName(name)]);
  const brought = [...candies.values()].flatMap(({ plugin, externalBuilder }) => [
    ...(plugin?.providers ?? []).flatMap((provider) => /^build(?:er)?:(.+)$/.exec(provider)?.[1] ?? []),
    ...(externalBuilder === undefined ? [] : [externalBuilder]),
  ]);
  return [...new Set([...own, ...brought])];
}

/** A box and the boxes it stands on. */
function chainOf(name: string, { boxes }: Entities): readonly Partial<Box>[] {
  const chain = new Map<string, Partial<Box>>();
  for (let at: string | undefined = name; at !== undefined && !chain.has(at); at = chain.get(at)?.base) {
    const box = boxes.get(at);
    if (box === undefined) break;
    chain.set(at, box);
  }
  return [...chain.values()];
}

/** To take over the user of a distribution, there has to be one. */
function userRules({ userPolicy, distro }: Partial<Box>, { distros }: Entities, report: Report): void {
  if (userPolicy !== "adopt" || distro === undefined) return;
  const known = distro.flatMap((tag) => distros.get(distroName(tag, distros)) ?? []);
  if (known.length === 0 || known.some((it) => hasUser(it, distros))) return;
  const hint = 'set `userPolicy: "create"`, or declare a distribution with `baseUser`';
  report(["userPolicy"], { code: "needs", field: "userPolicy", needs: "a distribution that brings a user", hint });
}

function hasUser(distro: Partial<Distro>, distros: Entities["distros"]): boolean {
  const seen = new Set<Partial<Distro>>();
  for (let at: Partial<Distro> | undefined = distro; at !== undefined && !seen.has(at);) {
    if (at.baseUser !== undefined) return true;
    seen.add(at);
    at = at.inherits === undefined ? undefined : distros.get(at.inherits);
  }
  return false;
}

/** Ports are relayed by socat, which has to be in the image. */
function relayRules(box: Partial<Box>, entities: Entities, report: Report): void {
  const mine = candiesOf(box.candy ?? [], entities);
  const relays = [...mine.names].filter((name) => (entities.candies.get(name)?.portRelay?.length ?? 0) > 0);
  if (relays.length === 0) return;
  const below = box.base === undefined ? [] : chainOf(box.base, entities);
  const all = [mine, ...below.map(({ candy }) => candiesOf(candy ?? [], entities))];
  // What comes from elsewhere may bring it.
  if (all.some(({ names, remote }) => remote || names.has("socat"))) return;
  const hint = `add "socat" to the candies: "${relays[0]}" relays ports`;
  report(["candy"], { code: "needs", field: "portRelay", needs: 'the candy "socat"', hint });
}

/** Candies with all they need and consist of. */
function candiesOf(refs: readonly string[], { candies }: Entities): { names: Set<string>; remote: boolean } {
  const names = new Set<string>();
  const open = [...refs];
  let remote = false;
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    remote ||= ref.startsWith("@");
    if (names.has(ref)) continue;
    names.add(ref);
    const { require = [], candy = [], bakePlugin = [] } = candies.get(ref) ?? {};
    open.push(...require, ...candy, ...bakePlugin);
  }
  return { names, remote };
}
