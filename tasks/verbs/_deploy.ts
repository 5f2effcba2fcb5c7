/** The run of `deploy`, `apply` and `bundle add`: they differ in their words only. */
import { outcomeText, reporterOf } from "../../lib/cli/reporter.ts";
import { planJson, planText } from "../../lib/cli/plan_text.ts";
import type { AddOptions } from "../../lib/deploy/contract.ts";
import { type AnyContext, bundleOf, checkCandies, codeOf, projectOf } from "./_shared.ts";
import { enterPermissions } from "../permissions.ts";

/** What {@link deployBundle} is told beside the engine's options. */
export interface DeployRequest {
  readonly bundle: string | undefined;
  readonly options: AddOptions;
  readonly load: Parameters<typeof projectOf>[1];
  readonly format?: "table" | "json" | undefined;
  readonly words: readonly string[];
  /** Files the verb itself looks at. */
  readonly reads?: readonly string[];
}

/** Plans, shows, asks and applies; with `dryRun` it stops after showing. */
export async function deployBundle(context: AnyContext, request: DeployRequest): Promise<number> {
  const { out, services } = context;
  const { options } = request;
  const project = await projectOf(context, request.load);
  const bundle = options.ref !== undefined && request.bundle !== undefined
    ? request.bundle
    : bundleOf(project, request.bundle);
  checkCandies(project, [...options.addCandy ?? [], ...options.ref === undefined ? [] : [options.ref]]);
  const api = await services.api();
  const handedOver = await enterPermissions(context, {
    api,
    project,
    bundle,
    words: request.words,
    reads: request.reads ?? [],
  });
  if (handedOver !== undefined) return handedOver;
  if (options.dryRun) {
    const plans = await api.planBundle(project, bundle, options);
    if (request.format === "json" && out.mode === "text") out.text(JSON.stringify(plans.map(planJson), null, 2));
    else out.both({ bundle, hosts: plans.map(planJson) }, () => planText(plans, out.style));
    return 0;
  }
  const reporter = reporterOf(out, { yes: context.globals.yes });
  try {
    const outcome = await api.addBundle(project, bundle, options, reporter.events);
    reporter.close();
    out.both(outcome, () => outcomeText(outcome, out));
    return codeOf(outcome);
  } finally {
    reporter.close();
  }
}
