/** Schema of what a plug-in or an installer knows: only what charly itself looks at is checked. */
import { z } from "zod";
import type { Other } from "./kept.ts";
import { planEntrySchema } from "./plan_entry_schema.ts";
import { list, opt, text } from "./schema_kit.ts";

/** Something of a plug-in's kind. */
export const otherSchema: z.ZodType<Other> = z.looseObject({
  kind: text("word"),
  description: opt(text()),
  plan: opt(list(planEntrySchema)),
  inside: opt(text("filled")),
  memberOf: opt(text("filled")),
});
