/**
 * The command line: `deno run … tasks/main.ts <verb>`, and the export `./cli`. This file is the roll-call of verbs; each
 * is loaded when it is typed.
 *
 * @module
 */
import denoJson from "../deno.json" with { type: "json" };
import type { CliProject, Services } from "../lib/cli/context.ts";
import type { VerbTable } from "../lib/cli/define_verb.ts";
import { type CliIo, processIo } from "../lib/cli/io.ts";
import { isHandedOver } from "../lib/cli/reexec.ts";
import { runCli } from "../lib/cli/run_cli.ts";
import type { DeployApi } from "../lib/deploy/contract.ts";

/** Every verb of charly. */
export const table: VerbTable = {
  groups: {
    bundle: "deploy, undo, list and rename bundles",
    ledger: "look into what a target remembers, and mend it",
    settings: "what holds for this user, in every project",
  },
  verbs: [
    { name: "plan", summary: "Show what a deploy would do, step by step", load: () => import("./verbs/plan.ts") },
    { name: "deploy", summary: "Plan a bundle, ask, and apply it", load: () => import("./verbs/deploy.ts") },
    {
      name: "apply",
      summary: "Apply a bundle, or exactly a plan written before",
      load: () => import("./verbs/apply.ts"),
    },
    { name: "bundle add", summary: "Deploy a bundle", load: () => import("./verbs/bundle_add.ts") },
    {
      name: "bundle del",
      summary: "Undo a deploy: everything as it was before",
      load: () => import("./verbs/bundle_del.ts"),
    },
    { name: "bundle status", summary: "Show what is deployed where", load: () => import("./verbs/bundle_status.ts") },
    {
      name: "bundle confirm",
      summary: "Keep what a guarded run did, before its target puts it back",
      load: () => import("./verbs/bundle_confirm.ts"),
    },
    {
      name: "bundle rollback",
      summary: "Have a target put a guarded run back now",
      load: () => import("./verbs/bundle_rollback.ts"),
    },
    {
      name: "bundle rename",
      summary: "Give a deploy the new name of its bundle",
      load: () => import("./verbs/bundle_rename.ts"),
    },
    {
      name: "bundle show",
      summary: "Show how deployments differ on this machine",
      load: () => import("./verbs/bundle_show.ts"),
    },
    {
      name: "bundle set",
      summary: "Say how a deployment differs on this machine",
      load: () => import("./verbs/bundle_set.ts"),
    },
    {
      name: "bundle reset",
      summary: "Drop what differs on this machine",
      load: () => import("./verbs/bundle_reset.ts"),
    },
    {
      name: "bundle path",
      summary: "Print where the overlay of this machine stands",
      load: () => import("./verbs/bundle_path.ts"),
    },
    { name: "status", summary: "Show what is deployed where", load: () => import("./verbs/status.ts") },
    {
      name: "drift",
      summary: "Show what differs on a target from what was deployed",
      load: () => import("./verbs/drift.ts"),
    },
    {
      name: "ledger show",
      summary: "List the resources that deploys claim on their targets",
      load: () => import("./verbs/ledger_show.ts"),
    },
    {
      name: "ledger repair",
      summary: "Mend a ledger that was found damaged",
      load: () => import("./verbs/ledger_repair.ts"),
    },
    {
      name: "clean",
      summary: "Remove stages and journals that nothing needs any more",
      load: () => import("./verbs/clean.ts"),
    },
    {
      name: "doctor",
      summary: "Check this machine for the programs and rights charly uses",
      load: () => import("./verbs/doctor.ts"),
    },
    { name: "run", summary: "Run a task of the configuration, or list them", load: () => import("./verbs/run.ts") },
    {
      name: "permissions",
      summary: "Print the Deno permission flags a deploy of a bundle needs",
      load: () => import("./verbs/permissions.ts"),
    },
    {
      name: "completion",
      summary: "Print the completion script of a shell",
      load: () => import("./verbs/completion.ts"),
    },
    {
      name: "__complete",
      summary: "Answer a completion script",
      hidden: true,
      load: () => import("./verbs/complete.ts"),
    },
    { name: "import", summary: "Write a charly.config.ts from a charly.yml", load: () => import("./verbs/import.ts") },
    {
      name: "fetch",
      summary: "Fetch the repositories a charly.yml refers to, as charly.lock pins them",
      load: () => import("./verbs/fetch.ts"),
    },
    {
      name: "migrate",
      summary: "Bring an old charly or ov project into today's form",
      load: () => import("./verbs/migrate.ts"),
    },
    {
      name: "schema",
      summary: "Print the JSON Schema of charly.yml for editors",
      load: () => import("./verbs/schema.ts"),
    },
    {
      name: "settings get",
      summary: "Print what holds for one setting",
      load: () => import("./verbs/settings_get.ts"),
    },
    { name: "settings set", summary: "Set one setting of this user", load: () => import("./verbs/settings_set.ts") },
    {
      name: "settings list",
      summary: "List the settings of this user with their values",
      load: () => import("./verbs/settings_list.ts"),
    },
    {
      name: "settings reset",
      summary: "Take one setting out of the file",
      load: () => import("./verbs/settings_reset.ts"),
    },
    {
      name: "settings path",
      summary: "Print where the settings file stands",
      load: () => import("./verbs/settings_path.ts"),
    },
    {
      name: "version",
      summary: "Print the versions of charly, Deno, V8 and TypeScript",
      load: () => import("./verbs/version.ts"),
    },
    { name: "help", summary: "Explain charly, or one verb", load: () => import("./verbs/help.ts") },
  ],
};

/** What a caller of {@link main} may put in place of the real thing. */
export interface MainOptions {
  readonly io?: CliIo;
  readonly services?: Services;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** The real engine and loader, imported when a verb asks. */
const services: Services = {
  project: async (request): Promise<CliProject> => {
    const [{ loadProject }, { rememberedDir }, { hostFiles }] = await Promise.all([
      import("../lib/config/load.ts"),
      import("../lib/config/remembered.ts"),
      import("../lib/config/host/host_files.ts"),
    ]);
    const host = hostFiles();
    return await loadProject({ ...request, reuse: rememberedDir(), ...(host === undefined ? {} : { host }) });
  },
  api: async (): Promise<DeployApi> => (await import("../targets/api.ts")).createApi(),
};

/**
 * Carries out one command line.
 *
 * @param args the words behind `charly`
 * @param options other streams, services or directory
 * @returns the exit code: 0 done, 1 failed, 2 wrong call or configuration, 3 nobody to ask
 */
export async function main(args: readonly string[], options: MainOptions = {}): Promise<number> {
  return await runCli(args, {
    table,
    io: options.io ?? processIo(),
    services: options.services ?? services,
    cwd: options.cwd ?? Deno.cwd(),
    version: denoJson.version,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

if (import.meta.main) {
  const interrupted = new AbortController();
  Deno.addSignalListener("SIGINT", () => {
    // The child, on the same terminal, hears it as well, and is waited for.
    if (isHandedOver()) return;
    // The first asks the run to stop at the next step; the second does not ask.
    if (interrupted.signal.aborted) Deno.exit(130);
    interrupted.abort();
    Deno.stderr.writeSync(
      new TextEncoder().encode("\nstopping behind the step that runs now; Ctrl-C again leaves at once\n"),
    );
  });
  Deno.exit(await main(Deno.args, { signal: interrupted.signal }));
}
