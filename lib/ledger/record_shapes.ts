/** The shapes of the stores' JSON, as {@link Check}s; `record.ts` says what they mean. */
import { isRef } from "./prior_token.ts";
import type { Claim, DeployLedger, Prior, Resources, RunIntent, TargetIdentity, Want } from "./record.ts";
import {
  type Check,
  count,
  dictionary,
  flag,
  list,
  matching,
  object,
  oneOf,
  optional,
  ShapeError,
  tagged,
  text,
} from "./shape.ts";

const ref: Check<string> = (value, at) => {
  const name = text(value, at);
  if (!isRef(name)) {
    throw new ShapeError(at, `has to be the name of a preserved original, found ${JSON.stringify(name)}`);
  }
  return name;
};
const mode = matching(/^[0-7]{3,5}$/, "an octal mode");
const path = matching(/^\//, "an absolute path");
const digest = matching(/^[0-9a-f]{16}$/, "16 hex digits");
const sha256 = matching(/^(?:(?:salted:)?[0-9a-f]{64}|unknown)$/, "a SHA-256");
const reversibility = oneOf("exact", "best-effort", "none");
const extract = oneOf("none", "tar.gz", "tar.xz", "tar.zst", "zip", "sh");

/** A {@link Prior}. */
export const priorShape: Check<Prior> = tagged<Prior>("was", {
  absent: object({ was: oneOf("absent") }),
  linked: object({ was: oneOf("linked"), ref, what: oneOf("file", "link") }),
  copied: object({ was: oneOf("copied"), ref, what: oneOf("file", "link") }),
  dir: object({ was: oneOf("dir"), mode, uid: count, gid: count }),
  value: object({ was: oneOf("value"), value: text }),
  listed: object({ was: oneOf("listed"), ref }),
});

/** A {@link Want}. */
export const wantShape: Check<Want> = tagged<Want>("type", {
  file: object({
    type: oneOf("file"),
    path,
    sha256,
    size: count,
    mode,
    owner: optional(text),
    reload: optional(oneOf("system", "user")),
  }),
  dir: object({ type: oneOf("dir"), path, mode, owner: optional(text) }),
  link: object({ type: oneOf("link"), path, target: text }),
  block: object({ type: oneOf("block"), path, begin: text, end: text, body: text }),
  command: object({
    type: oneOf("command"),
    shell: oneOf("bash", "sh"),
    undo: optional(object({ text, at: oneOf("in-place", "end") })),
    touches: list(text),
    secrets: list(text),
    env: dictionary(text),
    once: optional(flag),
  }),
  packages: object({ type: oneOf("packages"), format: oneOf("deb", "rpm", "pac"), names: list(text) }),
  unit: object({ type: oneOf("unit"), unit: text, manager: oneOf("system", "user"), enable: flag, custom: flag }),
  cap: object({ type: oneOf("cap"), path, caps: text }),
  download: object({ type: oneOf("download"), url: text, to: optional(text), extract, mode, uninstall: list(text) }),
  sysctl: object({ type: oneOf("sysctl"), key: text, value: text }),
  account: object({ type: oneOf("account"), account: oneOf("user", "group"), name: text }),
  reboot: object({ type: oneOf("reboot") }),
});

/** A {@link Claim}. */
export const claimShape: Check<Claim> = object({
  resource: text,
  candy: text,
  step: count,
  summary: text,
  digest,
  reversibility,
  state: oneOf("done", "failed", "unknown", "skipped", "undo-failed", "kept"),
  seq: count,
  want: wantShape,
  noted: optional(list(ref)),
  earlier: optional(list(wantShape)),
  reason: optional(text),
});

const deployFields = {
  deploy_id: text,
  project: text,
  bundle: text,
  user: text,
  target: text,
  levels: optional(list(oneOf("user", "root"))),
  candies: list(text),
  candy_versions: dictionary(text),
  plan_digest: text,
} as const;

/** A {@link DeployLedger}. */
export const ledgerShape: Check<DeployLedger> = object({
  format: oneOf(1),
  ...deployFields,
  run: text,
  updated_at: text,
  claims: list(claimShape),
});

/** {@link Resources}. */
export const resourcesShape: Check<Resources> = dictionary(object({
  base: priorShape,
  claims: list(object({ deploy: text, digest })),
  implicit: optional(oneOf(true)),
  path: optional(text),
}));

/** A {@link RunIntent}. */
export const intentShape: Check<RunIntent> = object({
  format: oneOf(1),
  run: text,
  mode: oneOf("add", "del"),
  deploy: object(deployFields),
  previous: optional(object(deployFields)),
  acts: list(object({
    n: count,
    resource: text,
    candy: text,
    step: count,
    summary: text,
    digest,
    reversibility,
    want: wantShape,
    before: optional(claimShape),
  })),
  reverts: list(object({
    n: count,
    deploy: text,
    resource: text,
    how: oneOf("base", "drop", "surface", "undo", "release"),
    back: optional(count),
  })),
  keeps: list(object({
    resource: text,
    want: optional(wantShape),
    summary: optional(text),
    step: optional(count),
    n: optional(count),
  })),
});

/** A {@link TargetIdentity}. */
export const identityShape: Check<TargetIdentity> = object({ target_id: text, schema: oneOf(1) });
