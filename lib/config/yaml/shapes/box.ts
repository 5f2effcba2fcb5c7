/** A candy that is a container image: its value has `base` or `from`. */
import type { KindShape } from "../read_fields.ts";
import { either, flag, list, map, number, object, oneOrMany, text, texts, word } from "../shape.ts";
import { candyRefs } from "./candy.ts";
import { security } from "./security.ts";

const duration = text("duration");
const formats = word("rpm", "deb", "pac", "aur");

/** How long is waited for things. */
export const readiness = object({
  poll_interval_local: duration,
  poll_interval_remote: duration,
  poll_interval_heavy: duration,
  per_attempt: duration,
  per_attempt_heavy: duration,
  no_progress: duration,
  absolute_cap: duration,
  stop_grace: duration,
});

const shellPart = object({ init: text(), path_append: texts, path: text() });

/** Fields of an image. */
export const boxShape: KindShape = {
  fields: object({
    base: text("word"),
    from: text(),
    bootstrap_builder_image: text("word"),
    version: text("calver"),
    description: text("filled"),
    enabled: flag,
    build: oneOrMany(formats),
    platform: oneOrMany(text("platform")),
    builder: map(text()),
    produce: oneOrMany(text("word")),
    tag: text("word"),
    registry: text("word"),
    user: text(),
    uid: number(),
    gid: number(),
    user_policy: word("auto", "adopt", "create"),
    network: text("word"),
    env_file: text("filled"),
    init: text("word"),
    data_image: flag,
    bootc: flag,
    merge: object({ auto: flag, max_mb: number(), max_total_mb: number() }),
    readiness,
    jobs: number(),
    podman_jobs: number(),
    podman_jobs_cap: number(),
    context_ignore: texts,
    cache: word("image", "registry", "gha", "none"),
    keep_images: number(),
    keep_check_runs: number(),
    check_level: word("none", "build", "noagent", "agent"),
  }),
  data: {
    candy: candyRefs,
    distro: oneOrMany(text("distroTag")),
    env: either({ list: texts, map: map(text()) }),
    security,
    alias: list(object({ name: text("aliasName"), command: text() })),
    shell: object({
      ...shellPart.fields,
      bash: shellPart,
      zsh: shellPart,
      fish: shellPart,
      sh: shellPart,
      priority: number(-1_000_000),
    }),
  },
};
