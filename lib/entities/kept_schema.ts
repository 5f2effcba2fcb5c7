/** Schema of what is kept: only what charly itself looks at is checked here. */
import { z } from "zod";
import type { Kept } from "./kept.ts";
import { planEntrySchema } from "./plan_entry_schema.ts";
import { list, opt, text } from "./schema_kit.ts";

const known = {
  description: opt(text()),
  plan: opt(list(planEntrySchema)),
  inside: opt(text("filled")),
  memberOf: opt(text("filled")),
};

/** Anything that is kept. */
export const keptSchema: z.ZodType<Kept> = z.looseObject(known);

/** Something of a plug-in's kind. */
export const otherSchema: z.ZodType<Kept & { readonly kind: string }> = z.looseObject({ ...known, kind: text("word") });
