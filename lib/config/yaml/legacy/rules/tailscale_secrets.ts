/** A key for Tailscale says for which tailnet it is: one machine may be in several. */
import { type Entry, get, type Mapping, type Tree } from "../../tree.ts";
import { withEntries } from "../edit.ts";
import { mapEntities } from "../layers.ts";
import type { LegacyRule, RuleLog } from "../rule.ts";

export const tailscaleSecrets: LegacyRule = {
  schema: "2026.132.2311",
  name: "tailscale-secrets",
  about: "`TS_AUTHKEY` of a deployment is `TS_AUTHKEY_<TAILNET>`",
  apply: (files, log) =>
    mapEntities(
      files,
      (entity, { among }) =>
        ["deploy", "deployment", "deployments", "images"].includes(among) ? keyed(entity, log) : entity,
    ),
};

function keyed(deployment: Mapping, log: RuleLog): Mapping {
  const env = get(deployment, "env");
  const items = env?.is === "list" ? env.items : [];
  const found = items.filter((item) => item.is === "scalar" && item.text.startsWith("TS_AUTHKEY="));
  if (env?.is !== "list" || found.length === 0) return deployment;
  const tailnet = tailnetOf(deployment);
  if (tailnet === undefined) {
    // The value is a secret: it is not repeated.
    const hint = "call it TS_AUTHKEY_ and the name of the tailnet, in capitals with `_` for everything else";
    log.manual(found[0]!.at, "TS_AUTHKEY does not say for which tailnet it is", hint);
    return deployment;
  }
  const name = `TS_AUTHKEY_${tailnet.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
  log.change(found[0]!.at, `"TS_AUTHKEY" is "${name}" now`);
  const value: Tree = {
    ...env,
    items: items.map((item) => {
      if (item.is !== "scalar" || !found.includes(item)) return item;
      const text = `${name}=${item.text.slice("TS_AUTHKEY=".length)}`;
      return { ...item, text, value: text };
    }),
  };
  return withEntries(deployment, deployment.entries.map((it): Entry => it.key === "env" ? { ...it, value } : it));
}

/** Said by the sidecar that joins it. */
function tailnetOf(deployment: Mapping): string | undefined {
  const sidecars = get(deployment, "sidecar") ?? get(deployment, "sidecars");
  for (const { value } of sidecars?.is === "map" ? sidecars.entries : []) {
    const tailnet = get(get(value, "parameter") ?? get(value, "parameters"), "tailnet");
    if (tailnet?.is === "scalar" && tailnet.text !== "") return tailnet.text;
  }
  return undefined;
}
