/** What an act wants, as the ledger keeps it: enough to look for drift and to take it back, never content, never a secret. */
import { assertNever } from "../base/brand.ts";
import type { Act } from "../steps/act.ts";
import { contentDigest, type DigestContext } from "../steps/content_digest.ts";
import type { Want } from "./record.ts";

/**
 * @param act what would be done
 * @param context the salt of the store the claim will live in
 */
export function wantOf(act: Act, context: DigestContext): Want {
  switch (act.type) {
    case "file":
      return {
        type: "file",
        path: act.path,
        sha256: contentDigest(act.content, context),
        size: act.content.size,
        mode: act.mode,
        ...given("owner", act.owner),
        ...given("reload", act.reload),
      };
    case "dir":
      return { type: "dir", path: act.path, mode: act.mode, ...given("owner", act.owner) };
    case "link":
      return { type: "link", path: act.path, target: act.target };
    case "block":
      return { type: "block", path: act.path, begin: act.begin, end: act.end, body: act.body };
    case "command":
      return {
        type: "command",
        shell: act.shell,
        ...given("undo", act.undo),
        touches: act.touches ?? [],
        secrets: act.secrets,
        env: act.env,
        ...given("once", act.once),
      };
    case "packages":
      return { type: "packages", format: act.format, names: act.names };
    case "unit":
      return { type: "unit", unit: act.unit, manager: act.manager, enable: act.enable, custom: act.custom };
    case "cap":
      return { type: "cap", path: act.path, caps: act.caps };
    case "download":
      return {
        type: "download",
        url: act.url,
        ...given("to", act.to),
        extract: act.extract,
        mode: act.mode,
        uninstall: act.uninstall,
      };
    case "sysctl":
      return { type: "sysctl", key: act.key, value: act.value };
    case "account":
      return { type: "account", account: act.account, name: act.name };
    case "reboot":
      return { type: "reboot" };
    default:
      return assertNever(act);
  }
}

/** A member that is there or not, never there and `undefined`. */
function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
