/** The run of `bundle confirm` and `bundle rollback`: one guarded run settled by hand, either way. */
import { outcomeText, reporterOf } from "../../lib/cli/reporter.ts";
import { enterPermissions } from "../permissions.ts";
import { type AnyContext, codeOf, hostOptions, projectIfAny } from "./_shared.ts";

/** Settles it on every host of the bundle. */
export async function settleRun(
  context: AnyContext,
  bundle: string,
  how: "confirm" | "rollback",
  words: readonly string[],
): Promise<number> {
  const { globals, out, services } = context;
  const project = await projectIfAny(context);
  const api = await services.api();
  const handedOver = await enterPermissions(context, { api, project, bundle, words });
  if (handedOver !== undefined) return handedOver;
  const reporter = reporterOf(out, { yes: globals.yes });
  try {
    const outcome = await api.settleBundle(project, bundle, how, hostOptions(context), reporter.events);
    reporter.close();
    out.both(outcome, () => outcomeText(outcome, out));
    return codeOf(outcome);
  } finally {
    reporter.close();
  }
}
