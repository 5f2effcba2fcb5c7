/** The run of `status` and `bundle status`. */
import type { Output } from "../../lib/cli/output.ts";
import { escapeControls } from "../../lib/cli/style.ts";
import type { DeployStatus } from "../../lib/deploy/contract.ts";
import { enterPermissions } from "../permissions.ts";
import { type AnyContext, hostOptions, projectIfAny } from "./_shared.ts";

/** Prints a line per deploy; 1 when a host could not be asked. */
export async function showStatus(
  context: AnyContext,
  bundle: string | undefined,
  words: readonly string[],
): Promise<number> {
  const { out, services } = context;
  const project = await projectIfAny(context);
  const api = await services.api();
  const handedOver = await enterPermissions(context, { api, project, bundle, words });
  if (handedOver !== undefined) return handedOver;
  const rows = await api.statusOf(project, bundle, hostOptions(context));
  out.both(
    { deploys: rows },
    () => rows.length === 0 ? "nothing is deployed" : rows.map((row) => rowText(row, out)).join("\n"),
  );
  return rows.some(({ state }) => state === "unreachable") ? 1 : 0;
}

function rowText(row: DeployStatus, { style }: Output): string {
  const state = {
    deployed: style.green("deployed"),
    partial: style.yellow("partial"),
    unconfirmed: style.yellow("not confirmed"),
    "not-deployed": style.dim("not deployed"),
    unnamed: style.yellow("no config names it"),
    unreachable: style.red("unreachable"),
  }[row.state];
  const what = row.steps === 0
    ? ""
    : `, ${row.steps} steps: ${row.candies.map((candy) => escapeControls(candy)).join(", ")}`;
  const at = row.at === undefined ? "" : `, ${escapeControls(row.at)}`;
  const note = row.note === undefined ? "" : ` (${escapeControls(row.note)})`;
  return `${style.bold(escapeControls(row.bundle))} on ${escapeControls(row.host)}: ${state}${what}${at}${note}`;
}
