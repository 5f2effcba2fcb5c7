/** `info`, `status` and a `description` of parts become one text. */
import { get, type Mapping, type Scalar, textAt } from "../../tree.ts";
import { withEntries } from "../edit.ts";
import { mapEntities } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

const states = ["testing", "working", "broken"];

export const description: LegacyRule = {
  schema: "2026.164.0004",
  name: "description",
  about: "`info`, and `description` with `feature` and `narrative`, become the text of `description`",
  apply: (files, log) =>
    mapEntities(files, (layer, { among }) => {
      const info = layer.entries.find(({ key }) => key === "info");
      const parts = layer.entries.find(({ key, value }) => key === "description" && value.is === "map");
      if (info === undefined && parts === undefined) return layer;
      const old = parts?.value as Mapping | undefined;
      const texts = [scalar(old, "feature"), scalar(old, "narrative"), info?.value].flatMap((it) =>
        it?.is === "scalar" && it.text.trim() !== "" ? [it.text.trimEnd()] : []
      );
      const at = (parts ?? info)!.keyAt;
      const written = layer.entries.some(({ key, value }) => key === "description" && value.is === "scalar");
      // Only layers say how well they work; an image works as well as they do.
      const state = among === "layer" ? tagOf(old) : undefined;
      log.change(at, "the description is one text now");
      const text = { key: "description", keyAt: at, value: textAt(texts.join("\n"), at) };
      const scenario = get(old, "scenario");
      const more = scenario === undefined ? [] : [{ key: "scenario", keyAt: scenario.at, value: scenario }];
      const status = state === undefined || layer.entries.some(({ key }) => key === "status")
        ? []
        : [{ key: "status", keyAt: at, value: textAt(state, at) }];
      return withEntries(
        layer,
        layer.entries.flatMap((entry) => {
          if (entry === parts) return texts.length === 0 ? [...status, ...more] : [text, ...status, ...more];
          if (entry !== info) return [entry];
          return parts !== undefined || written || texts.length === 0 ? [] : [text];
        }),
      );
    }),
};

function scalar(map: Mapping | undefined, key: string): Scalar | undefined {
  const found = get(map, key);
  return found?.is === "scalar" ? found : undefined;
}

/** `tag: [working]` says how well it works. */
function tagOf(map: Mapping | undefined): string | undefined {
  for (const key of ["tag", "tags"]) {
    const found = get(map, key);
    const items = found?.is === "list" ? found.items : found === undefined ? [] : [found];
    const state = items.find((item) => item.is === "scalar" && states.includes(item.text));
    if (state?.is === "scalar") return state.text;
  }
  return undefined;
}
