/** Pieces step schemas share. */
import { z } from "zod";
import type { PlanEntry } from "../entities/plan_entry.ts";
import { verbs } from "./verb_of.ts";

export const text = z.string();
export const texts = z.array(z.string()).readonly();
export const textMap = z.record(z.string(), z.string()).readonly();
export const format = z.enum(["deb", "rpm", "pac"]);
export const phase = z.enum(["prepare", "install", "cleanup"]);
export const scope = z.enum(["system", "user", "user-profile"]);
export const serviceScope = z.enum(["system", "user"]);
export const undo = z.strictObject({ text: z.string(), at: z.enum(["in-place", "end"]) }).readonly();
export const candy = z.string();

/** An entry read from JSON: exactly one verb. Its fields were checked when the config was loaded. */
export const entry = z.custom<PlanEntry>(
  (value) =>
    typeof value === "object" && value !== null && verbs.filter((verb) => Object.hasOwn(value, verb)).length === 1,
  { error: "expected a plan entry with exactly one verb" },
);

export const repo = z.strictObject({
  name: z.string(),
  url: z.string().exactOptional(),
  key: z.string().exactOptional(),
  signedBy: z.string().exactOptional(),
  suite: z.string().exactOptional(),
  components: z.string().exactOptional(),
  gpgkey: z.string().exactOptional(),
  gpgcheck: z.boolean().exactOptional(),
  rpm: z.string().exactOptional(),
  server: z.string().exactOptional(),
  siglevel: z.string().exactOptional(),
}).readonly();
