/** Questions about what is deployed: status, drift, ledger rows, repairs, cleaning. Only repair and clean write. */
import { foldStore } from "../ledger/fold.ts";
import { guardedRuns, type GuardState, secondsText } from "../ledger/guard_state.ts";
import { findAdopted, isHere } from "../ledger/go_ops.ts";
import type { GoDeployRecord } from "../ledger/go_records.ts";
import type { Claim, DeployLedger } from "../ledger/record.ts";
import { deployId } from "../plan/deploy_id.ts";
import type { Level } from "../steps/act.ts";
import { goRecordsIn } from "./adopted.ts";
import { assess, levels } from "./assess.ts";
import type { DeployProject, DeployStatus, HostDrift, HostOptions, LedgerRow } from "./contract.ts";
import { type EngineOptions, failureOf, type Job, openHost, specOf } from "./engine.ts";
import { undoJob } from "./engine_del.ts";
import { fleet } from "./fleet.ts";
import { none } from "./watch.ts";
import type { HostSession } from "./session.ts";
import { survey } from "./survey.ts";

/** Ledgers of one host, folded; `refused` when root's store could not be read. */
interface HostLedgers {
  readonly ledgers: readonly { readonly level: Level; readonly ledger: DeployLedger }[];
  readonly refused?: string;
  /** Guarded runs that are not in the ledger yet, by deploy id. */
  readonly guarded: ReadonlyMap<string, GuardState>;
  /** Deploys of the Go tool that no ledger of ours knows. */
  readonly adopted: readonly GoDeployRecord[];
}

async function ledgersOf(session: HostSession): Promise<HostLedgers> {
  const look = await survey(session, [], { guards: false, tolerant: true });
  const ledgers = levels.flatMap((level) => {
    const store = look.stores[level];
    return store === undefined
      ? []
      : Object.values(foldStore(store.state).ledgers).map((ledger) => ({ level, ledger }));
  });
  const known = new Set(ledgers.map(({ ledger }) => ledger.deploy_id));
  const adopted = goRecordsIn(look.stores.user).deploys.filter(({ deploy_id }) => !known.has(deploy_id));
  const guarded = new Map(
    guardedRuns(levels.map((level) => look.stores[level]?.state)).map(({ guard }) => [guard.deploy, guard]),
  );
  return {
    ledgers,
    adopted,
    guarded,
    ...(look.rootRefused === undefined ? {} : { refused: look.rootRefused.message }),
  };
}

/** Jobs of a project: the named bundle, or all of them; without a project, this machine. */
async function jobsOf(
  engine: EngineOptions,
  project: DeployProject | undefined,
  bundle: string | undefined,
  options: HostOptions,
): Promise<Job[]> {
  if (bundle !== undefined) return [await undoJob(engine, project, bundle, options)];
  const names = Object.keys(project?.config.bundles ?? {}).filter((name) =>
    project?.config.bundles[name]?.on.target !== "vm"
  );
  if (names.length === 0) return [await undoJob(engine, undefined, "", options)];
  return await Promise.all(names.map((name) => undoJob(engine, project, name, options)));
}

/** What is deployed where. A host that is not reached is `unreachable`, never an error. */
export async function statusOf(
  engine: EngineOptions,
  project: DeployProject | undefined,
  bundle: string | undefined,
  options: HostOptions,
): Promise<readonly DeployStatus[]> {
  const jobs = await jobsOf(engine, project, bundle, options);
  const rows: DeployStatus[] = [];
  const strangers = new Map<string, DeployStatus>();
  for (const job of jobs) {
    await fleet(job.hosts, options, async (host) => {
      try {
        await using session = await openHost(engine, job, host);
        const { ledgers, refused, adopted, guarded } = await ledgersOf(session);
        const here = session.venue === "local";
        const own = ledgers.filter(({ ledger }) => ledger.deploy_id === deployId(job.name)).map(({ ledger }) => ledger);
        const go = own.length > 0
          ? undefined
          : findAdopted({ deploys: adopted, layers: [] }, deployId(job.name), job.name, here);
        if (go !== undefined) rows.push(adoptedRow(go, host, here));
        else if (job.name !== "") {
          rows.push(underGuard(statusRow(job.name, host, own, refused), guarded.get(deployId(job.name))));
        }
        for (const record of adopted) {
          if (record !== go) strangers.set(`${host} go ${record.deploy_id}`, adoptedRow(record, host, here));
        }
        for (const { ledger } of ledgers) {
          const named = project !== undefined && ledger.project === project.name &&
            project.config.bundles[ledger.bundle] !== undefined;
          const other = project !== undefined && ledger.project !== project.name;
          if (named || other || ledger.bundle === bundle) continue;
          const mine = ledgers.filter((it) => it.ledger.deploy_id === ledger.deploy_id).map((it) => it.ledger);
          strangers.set(`${host} ${ledger.bundle}`, {
            ...underGuard(statusRow(ledger.bundle, host, mine, refused), guarded.get(ledger.deploy_id)),
            ...(project === undefined ? {} : {
              state: "unnamed" as const,
              note: `no config names it; \`charly bundle del ${ledger.bundle}\` takes it back`,
            }),
          });
        }
      } catch (error) {
        const { error: said } = failureOf(error);
        rows.push({ bundle: job.name, host, state: "unreachable", candies: [], steps: 0, note: said.message });
      }
      return none(host, "unchanged");
    });
  }
  return [...rows, ...(bundle === undefined ? strangers.values() : [])];
}

/** A deploy of the Go tool: its records are all there is. */
function adoptedRow(record: GoDeployRecord, host: string, here: boolean): DeployStatus {
  const elsewhere = here && !isHere(record);
  return {
    bundle: record.image,
    host,
    state: elsewhere ? "unnamed" : "deployed",
    candies: [...record.candy, ...record.add_candy ?? []],
    steps: 0,
    at: record.deployed_at,
    note: elsewhere
      ? `the Go charly deployed it to another machine (${record.target})`
      : `deployed by the Go charly; \`charly bundle del ${record.image}\` takes back what it recorded`,
  };
}

/** A guarded run that is not settled is what people have to know first; one that the target put back, too. */
function underGuard(row: DeployStatus, guard: GuardState | undefined): DeployStatus {
  if (guard === undefined) return row;
  if (guard.decision?.by === "confirm") return row;
  const byHand = `\`charly bundle confirm ${row.bundle}\` or \`charly bundle rollback ${row.bundle}\` settles it`;
  if (guard.outcome !== undefined) {
    const how = guard.outcome === "rolled-back" ? "put the last run back" : "put back what it could of the last run";
    return { ...row, note: `the target ${how}${row.note === undefined ? "" : `; ${row.note}`}` };
  }
  if (guard.decision !== undefined) {
    const note = guard.alive
      ? "the target puts the last run back"
      : `putting the last run back was cut; \`charly bundle rollback ${row.bundle}\` goes on`;
    return { ...row, state: "unconfirmed", note };
  }
  const note = !guard.alive
    ? `a guarded run waits, and its watcher is gone; ${byHand}`
    : guard.phase === "waiting"
    ? `the target puts the last run back in ${secondsText(guard.left ?? 0)} unless confirmed; ${byHand}`
    : "a guarded run is going on";
  return { ...row, state: "unconfirmed", note };
}

function statusRow(
  bundle: string,
  host: string,
  ledgers: readonly DeployLedger[],
  refused: string | undefined,
): DeployStatus {
  const first = ledgers[0];
  if (first === undefined) {
    return {
      bundle,
      host,
      state: "not-deployed",
      candies: [],
      steps: 0,
      ...(refused === undefined ? {} : { note: refused }),
    };
  }
  const claims = ledgers.flatMap((ledger) => ledger.claims);
  const half = claims.filter((claim) => claim.state !== "done" && claim.state !== "skipped");
  const note = half[0] === undefined
    ? refused
    : `${half[0].summary}: ${half[0].reason ?? half[0].state}${half.length > 1 ? `, and ${half.length - 1} more` : ""}`;
  return {
    bundle,
    host,
    state: half.length > 0 ? "partial" : "deployed",
    candies: first.candies,
    steps: claims.length,
    at: first.updated_at,
    ...(note === undefined ? {} : { note }),
  };
}

/** What differs from what was deployed: every claim of the plan that is not as we left it. */
export async function driftOf(
  engine: EngineOptions,
  project: DeployProject,
  name: string,
  options: HostOptions,
): Promise<readonly HostDrift[]> {
  const job = await undoJob(engine, project, name, options);
  const spec = await specOf(job, { install: {} });
  const result = new Map<string, HostDrift>();
  let failure: unknown;
  await fleet(job.hosts, options, async (host) => {
    try {
      await using session = await openHost(engine, job, host);
      const { judged } = await assess(session, {
        ...spec,
        sharing: { adopt: true, takeOver: true, allowSharedUpgrade: true },
      }, {
        guards: false,
        tolerant: true,
      });
      const checked = judged.filter((it) => it.claim !== undefined && it.verdict.kind !== "unknown");
      result.set(host, {
        host,
        home: session.facts.home,
        checked: checked.length,
        drifted: checked.filter((it) => it.state === "drifted").map((it) => ({
          resource: it.act.resource,
          summary: it.act.summary,
          found: it.verdict.kind === "differs" ? it.verdict.found : "gone",
        })),
      });
    } catch (error) {
      failure ??= error;
    }
    return none(host, "unchanged");
  });
  if (failure !== undefined) throw failure;
  return job.hosts.flatMap((host) => result.get(host) ?? []);
}

/** Every claim, for people who look into ledgers. */
export async function ledgerOf(
  engine: EngineOptions,
  project: DeployProject | undefined,
  bundle: string | undefined,
  options: HostOptions,
): Promise<readonly LedgerRow[]> {
  const rows = new Map<string, LedgerRow>();
  for (const job of await jobsOf(engine, project, bundle, options)) {
    for (const host of job.hosts) {
      await using session = await openHost(engine, job, host);
      const { ledgers } = await ledgersOf(session);
      for (const { ledger } of ledgers) {
        if (bundle !== undefined && ledger.bundle !== bundle) continue;
        for (const claim of ledger.claims) {
          rows.set(`${host} ${ledger.bundle} ${claim.resource}`, rowOf(host, ledger, claim));
        }
      }
    }
  }
  return [...rows.values()];
}

function rowOf(host: string, ledger: DeployLedger, claim: Claim): LedgerRow {
  return { host, bundle: ledger.bundle, resource: claim.resource, state: claim.state, candy: claim.candy };
}
