/** Schema of a box. */
import { z } from "zod";
import type { Box } from "./box.ts";
import { candyRefs } from "./candy_schema.ts";
import { planEntrySchema } from "./plan_entry_schema.ts";
import { environment, flag, integer, list, map, oneOf, opt, type Shape, strict, text } from "./schema_kit.ts";

/** A container image. */
export const boxSchema = strict(
  {
    base: opt(text("word")),
    from: opt(text<`builder:${string}`>("boxBuilder")),
    candy: opt(candyRefs),
    version: opt(text("calver")),
    description: opt(text("filled")),
    enabled: opt(flag()),
    build: opt(list(oneOf(["rpm", "deb", "pac", "aur"]))),
    platform: opt(list(text<`${string}/${string}`>("platform"))),
    distro: opt(list(text("distroTag"))),
    builder: opt(map(text("qualified"))),
    produce: opt(list(text("word"))),
    tag: opt(text("word")),
    registry: opt(text("word")),
    user: opt(text("account")),
    uid: opt(integer()),
    gid: opt(integer()),
    userPolicy: opt(oneOf(["auto", "adopt", "create"])),
    init: opt(text("word")),
    env: opt(environment()),
    network: opt(text("word")),
    dataImage: opt(flag()),
    bootc: opt(flag()),
    plan: opt(list(planEntrySchema)),
    keep: opt(z.record(z.string(), z.unknown())),
  } satisfies Shape<Box>,
);
