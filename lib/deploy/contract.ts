/**
 * What a verb may ask of the engine, and what it hears back. `targets/api.ts` fulfils {@link DeployApi}; verbs and their
 * tests know this file only, so a hand-made engine can stand in for the real one.
 */
import type { Bundle, InstallOptions } from "../entities/bundle.ts";
import type { DeployPlan } from "../plan/install_plan.ts";
import type { Reach } from "../plan/permissions.ts";
import type { Act, Level, Reversibility } from "../steps/act.ts";

export type { Reach } from "../plan/permissions.ts";

/** As much of a loaded project as the engine and the verbs look at; `loadProject` returns more. */
export interface DeployProject {
  /** Name of the project, part of the owner mark in ledgers. */
  readonly name: string;
  /** Absolute directory of the project. */
  readonly root: string;
  /** Directories of other repositories it takes in, by `host/org/repo:version`. */
  readonly trees?: Readonly<Record<string, string>>;
  /** The validated configuration. */
  readonly config: {
    readonly bundles: Readonly<Record<string, Bundle>>;
    readonly candies: Readonly<Record<string, { readonly description: string }>>;
    readonly defaults?: { readonly bundle?: string };
  };
}

/** Where an act stands before a run. */
export type ActState =
  | "will-run"
  | "will-run-if"
  | "up-to-date"
  | "recorded"
  | "drifted"
  | "decided-at-step"
  | "skipped"
  /** Cut while it ran, and never to be run twice unasked. */
  | "needs-answer"
  | "revert";

/** One line of a plan: an act, what will become of it, and what undo will give. */
export interface PlannedAct {
  /** Number in the plan, from 1; stable for `--rerun`. */
  readonly n: number;
  readonly candy: string;
  readonly level: Level;
  /** Identity of the resource, as `Act.resource`. */
  readonly resource: string;
  /** Imperative, one line. */
  readonly summary: string;
  readonly state: ActState;
  /** Why it is so: `step 3 runs`, `gate with-services is closed`, `edited since`. */
  readonly reason?: string;
  readonly reversibility: Reversibility;
  /** What the machine would be given, for `plan --commands`. */
  readonly program?: string;
}

/** What would happen on one host. */
export interface HostPlan {
  /** Label people know the host by: `local`, `deploy@web1`. */
  readonly host: string;
  /** `Transport.venue`. */
  readonly venue: string;
  readonly plan: DeployPlan;
  /** The same InstallPlans with the reference's wire names, for `--json`. */
  readonly wire: readonly unknown[];
  /** The acts the plan lowers to; what permissions are derived from. */
  readonly acts: readonly Act[];
  readonly planned: readonly PlannedAct[];
  /** Asked of the target just now; else it speaks from the ledger. */
  readonly live: boolean;
  /** Home of the user it is applied as, where it was asked for; texts show paths below it as `~/…`. */
  readonly home?: string;
  readonly warnings: readonly string[];
  /** With a guard: what it will not bring back, and what waits until it is confirmed, a line each. */
  readonly guard?: { readonly seconds: number; readonly notes: readonly string[] };
}

/** Options every engine call takes. */
export interface HostOptions {
  /** Only these hosts of the bundle. */
  readonly host?: readonly string[];
  /** Hosts at once. @default {20} */
  readonly parallel?: number;
  readonly signal?: AbortSignal;
}

/** The target puts a run back by itself unless it is confirmed over a connection of its own. */
export interface GuardOptions {
  /** What it waits for the confirmation, from the end of the last step. */
  readonly seconds: number;
  /** POSIX shell text, run on the target over the new connection as the login user; one that fails has everything put back. */
  readonly check?: string;
}

/** What a plan depends on beside the configuration. */
export interface PlanOptions extends HostOptions {
  /** The opt-ins, merged over the bundle's own. */
  readonly install: InstallOptions;
  /** Candies that replace the bundle's `addCandy`. */
  readonly addCandy?: readonly string[];
  /** Leave out nested and peer members. */
  readonly nodeOnly?: boolean;
  /** Run guards already for the plan. */
  readonly live?: boolean;
  /** Fill {@link PlannedAct.program}. */
  readonly commands?: boolean;
  /** Numbers of acts to run again. */
  readonly rerun?: readonly number[];
  /** Refuse plans with acts nothing can undo. */
  readonly requireUndo?: boolean;
  /** The plan says what a rollback by the target would not bring back; an apply is guarded. */
  readonly guard?: GuardOptions;
}

/** How an apply goes about it. */
export interface AddOptions extends PlanOptions {
  readonly dryRun?: boolean;
  /** Hosts per wave; the next wave waits for the last. */
  readonly serial?: number;
  /** Failed hosts (`3`) or share of them (`25%`) after which no further host begins. */
  readonly maxFail?: string;
  readonly onFailure?: "stop" | "rollback";
  readonly onDrift?: "stop" | "apply";
  /** Take over a deploy another project owns. */
  readonly adopt?: boolean;
  /** Stack over resources another bundle claims. */
  readonly takeOver?: boolean;
  readonly disposable?: boolean;
  readonly lifecycle?: string;
  /** Numbers of steps that were cut and run once only: they did their work after all. */
  readonly done?: readonly number[];
  /** As {@link AddOptions.done}: their undo is run, and the next deploy begins them anew. */
  readonly undo?: readonly number[];
  /** Text of a plan file: apply exactly that, or refuse. */
  readonly planFile?: string;
  /** What to install on a bundle no configuration declares (a candy's name, a path, `@host/org/repo/path:ver`); this machine is its target. */
  readonly ref?: string;
}

/** How an undo goes about it. */
export interface DelOptions extends HostOptions {
  readonly dryRun?: boolean;
  readonly keepServices?: boolean;
  readonly keepRepoChanges?: boolean;
  readonly keepData?: boolean;
  /** Move what a user edited to `kept/` and restore. */
  readonly force?: boolean;
  readonly adopt?: boolean;
}

/** How one host came out. */
export interface HostOutcome {
  readonly host: string;
  /** Home of the login user there: for display only, texts hold whole paths. */
  readonly home?: string;
  readonly result: "changed" | "unchanged" | "failed" | "unreachable" | "declined" | "not-run";
  /** Acts that ran, were satisfied, were skipped. */
  readonly ran: number;
  readonly upToDate: number;
  readonly skipped: number;
  readonly durationMs: number;
  /** Why it failed, and what to do. */
  readonly error?: { readonly message: string; readonly hint?: string; readonly code?: string };
  /**
   * Of a guarded run: kept; put back by the target (the machine is as before this run); put back but for {@link HostOutcome.left};
   * or not known, because nobody could ask.
   */
  readonly outcome?: "confirmed" | "rolled-back" | "incomplete" | "unreachable";
  /** Undo only: given up without acting, impossible by design, and still there. */
  readonly released?: readonly string[];
  readonly notUndone?: readonly string[];
  readonly left?: readonly string[];
}

/** How a run came out; `ok` is false as soon as one host is. */
export interface Outcome {
  readonly bundle: string;
  readonly ok: boolean;
  readonly hosts: readonly HostOutcome[];
}

/** What a run tells while it goes. Everything from the target is raw here: whoever displays it escapes it. */
export type DeployEvent =
  | { readonly kind: "connecting"; readonly host: string }
  | { readonly kind: "connected"; readonly host: string; readonly venue: string }
  | { readonly kind: "planned"; readonly host: string; readonly plan: HostPlan }
  /** Answer `true` to go on. `changes` acts over all hosts, `undo` of a whole deploy when `del` asks. */
  | { readonly kind: "confirm"; readonly question: string; readonly changes: number }
  /** Answer with the password, or nothing to give up. */
  | { readonly kind: "password"; readonly host: string; readonly prompt: string }
  | {
    readonly kind: "step-begin";
    readonly host: string;
    readonly n: number;
    readonly of: number;
    readonly summary: string;
  }
  | {
    readonly kind: "step-output";
    readonly host: string;
    readonly n: number;
    readonly stream: "out" | "err";
    readonly bytes: Uint8Array;
  }
  | {
    readonly kind: "step-end";
    readonly host: string;
    readonly n: number;
    readonly of: number;
    readonly summary: string;
    readonly result: "ok" | "satisfied" | "failed" | "timeout" | "cut";
    readonly code?: number;
    readonly durationMs: number;
    /** What it printed: how much, the file that holds all of it, why there is less in it. */
    readonly output?: { readonly bytes: number; readonly file?: string; readonly lost?: string };
  }
  | {
    readonly kind: "skipped";
    readonly host: string;
    readonly n: number;
    readonly summary: string;
    readonly reason: string;
  }
  /** A guarded run: how it stands, and the same in words. */
  | {
    readonly kind: "guard";
    readonly host: string;
    readonly state: "armed" | "waiting" | "checking" | "confirmed" | "rolling-back";
    readonly text: string;
  }
  | { readonly kind: "warning"; readonly host: string; readonly message: string }
  | { readonly kind: "host-end"; readonly host: string; readonly outcome: HostOutcome };

/** Called in order, one at a time; the run waits for the answer. */
export type DeployEvents = (event: DeployEvent) => Promise<boolean | string | void>;

/** One deploy as the ledgers know it. */
export interface DeployStatus {
  readonly bundle: string;
  readonly host: string;
  /** `deployed`, `partial` (failed or cut), `unconfirmed` (a guarded run waits), `not-deployed`, `unnamed` (no config names it), `unreachable`. */
  readonly state: "deployed" | "partial" | "unconfirmed" | "not-deployed" | "unnamed" | "unreachable";
  readonly candies: readonly string[];
  readonly steps: number;
  /** RFC 3339. */
  readonly at?: string;
  readonly note?: string;
}

/** What differs on one host from what was deployed. */
export interface HostDrift {
  readonly host: string;
  /** Home of the login user there: for display only, summaries hold whole paths. */
  readonly home?: string;
  readonly drifted: readonly {
    readonly resource: string;
    readonly summary: string;
    readonly found: string;
  }[];
  readonly checked: number;
}

/** Something `doctor` looked at. */
export interface Finding {
  readonly what: string;
  readonly state: "ok" | "missing" | "warning";
  readonly detail: string;
  /** One imperative sentence. */
  readonly hint?: string;
}

/** A claim in the ledger of a target, for `charly ledger`. */
export interface LedgerRow {
  readonly host: string;
  readonly bundle: string;
  readonly resource: string;
  readonly state: string;
  readonly candy: string;
}

/** Runs a shell script on a bundle's host; what `hosts.<bundle>.$` stands on. */
export interface HostIo {
  readonly stdin?: Uint8Array;
  readonly stdout: (bytes: Uint8Array) => void;
  readonly stderr: (bytes: Uint8Array) => void;
  readonly signal?: AbortSignal;
}
/** `script` is POSIX shell text, quoted already. `code` is what the shell ended with. */
export type HostExec = (bundle: string, script: string, io: HostIo) => Promise<{ readonly code: number }>;

/** Everything the verbs need of the engine. */
export interface DeployApi {
  /**
   * Asks nobody: reads the bundle's target and the SSH configuration. A bundle that is not declared is looked for among those
   * deployed before; else this machine is meant.
   */
  reachOf(project: DeployProject | undefined, bundle: string, options: HostOptions): Promise<readonly Reach[]>;
  planBundle(project: DeployProject, bundle: string, options: PlanOptions): Promise<readonly HostPlan[]>;
  addBundle(project: DeployProject, bundle: string, options: AddOptions, events: DeployEvents): Promise<Outcome>;
  /** Works from the ledger alone when there is no project. */
  delBundle(
    project: DeployProject | undefined,
    bundle: string,
    options: DelOptions,
    events: DeployEvents,
  ): Promise<Outcome>;
  /** Settles by hand what a guarded run left armed: keeps it, or has the target put everything back. */
  settleBundle(
    project: DeployProject | undefined,
    bundle: string,
    how: "confirm" | "rollback",
    options: HostOptions,
    events: DeployEvents,
  ): Promise<Outcome>;
  renameBundle(
    project: DeployProject,
    from: string,
    to: string,
    options: HostOptions,
    events: DeployEvents,
  ): Promise<Outcome>;
  statusOf(
    project: DeployProject | undefined,
    bundle: string | undefined,
    options: HostOptions,
  ): Promise<readonly DeployStatus[]>;
  driftOf(
    project: DeployProject,
    bundle: string,
    options: HostOptions,
  ): Promise<readonly HostDrift[]>;
  ledgerOf(
    project: DeployProject | undefined,
    bundle: string | undefined,
    options: HostOptions,
  ): Promise<readonly LedgerRow[]>;
  /** Rebuilds derived records; returns one line per thing mended. */
  repairLedger(
    project: DeployProject | undefined,
    bundle: string | undefined,
    options: HostOptions,
  ): Promise<readonly string[]>;
  /** Removes stages, old journals, kept output and, with `kept`, edits that undo moved aside; returns one line per thing removed. */
  cleanBundle(
    project: DeployProject | undefined,
    bundle: string | undefined,
    options: HostOptions & { readonly kept?: boolean; readonly dryRun?: boolean },
  ): Promise<readonly string[]>;
  diagnose(project: DeployProject | undefined): Promise<readonly Finding[]>;
  /** Opens executors on demand; dispose of it to close them. */
  openHosts(project: DeployProject): Promise<{ readonly exec: HostExec } & AsyncDisposable>;
}
