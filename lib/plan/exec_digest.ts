/**
 * The digest of an act: 16 hex digits over everything acting depends on. Equal digests mean that running the one is running
 * the other; summary, step number, undo text and guards' wording for people are not in it.
 */
import { createHash } from "node:crypto";
import { assertNever } from "../base/brand.ts";
import { canonicalJson } from "../base/canonical_json.ts";
import type { Act } from "../steps/act.ts";
import { contentDigest, type DigestContext } from "../steps/content_digest.ts";

/** Raised when what a digest covers changes, so that old ledgers see a difference instead of a false match. */
const digestFormat = 1;

/**
 * @param act what would be done
 * @param context the salt of the store the act's claim will live in
 * @returns 16 hex digits
 */
export function execDigest(act: Act, context: DigestContext): string {
  const { level, needsTool, unless, creates } = act;
  const text = canonicalJson({
    format: digestFormat,
    type: act.type,
    level,
    needsTool,
    unless,
    creates,
    ...partsOf(act, context),
  });
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function partsOf(act: Act, context: DigestContext): Readonly<Record<string, unknown>> {
  switch (act.type) {
    case "file": {
      const { path, mode, owner, reload } = act;
      return { path, mode, owner, reload, content: contentDigest(act.content, context) };
    }
    case "dir": {
      const { path, mode, owner } = act;
      return { path, mode, owner };
    }
    case "link": {
      const { path, target } = act;
      return { path, target };
    }
    case "block": {
      const { path, begin, end, body, mode, legacy } = act;
      return { path, begin, end, body, mode, legacy };
    }
    case "command": {
      const { shell, text, env, path, secrets, touches, once } = act;
      const ctx = act.ctx?.map(({ name, content, mode }) => ({ name, mode, content: contentDigest(content, context) }));
      return { shell, text, env, path, secrets: [...secrets].sort(), touches, once, ctx };
    }
    case "packages": {
      const { format, options } = act;
      const sets = { names: act.names, exclude: act.exclude, replaces: act.replaces };
      return {
        format,
        options,
        ...Object.fromEntries(Object.entries(sets).map(([key, names]) => [key, [...new Set(names)].sort()])),
      };
    }
    case "unit": {
      const { unit, manager, enable, custom } = act;
      return { unit, manager, enable, custom };
    }
    case "cap": {
      const { path, caps } = act;
      return { path, caps };
    }
    case "download": {
      const { url, to, extract, strip, include, sha256, mode, env } = act;
      return { url, to, extract, strip, include, sha256, mode, env };
    }
    case "sysctl": {
      const { key, value } = act;
      return { key, value };
    }
    case "account": {
      const { account, name, uid, gid, home, loginShell } = act;
      return { account, name, uid, gid, home, loginShell, groups: act.groups && [...act.groups].sort() };
    }
    case "reboot":
      return {};
    default:
      return assertNever(act);
  }
}
