/** The guard of one run, from this side: arming it, telling it how far the run is, deciding, asking how it stands. */
import { CharlyError } from "../base/errors.ts";
import { quoteWord as quote } from "../command/quote.ts";
import { guardFunctions, guardProgram } from "../execute/driver/mod.ts";
import type { ShellBlob } from "../execute/executor.ts";
import type { Frame } from "../execute/frames.ts";
import { payloadText } from "../execute/frames.ts";
import { type GuardState, parseGuard } from "../ledger/guard_state.ts";
import type { Level } from "../steps/act.ts";
import type { RollbackSegment } from "./rollback_program.ts";
import { type HostRun, textBlob } from "./run.ts";
import type { HostSession } from "./session.ts";

/** Seconds without a heartbeat after which the watcher takes the run for lost. */
const lease = 45;

/** An armed run: its watcher stands at `level`. */
export interface ArmedGuard {
  readonly run: string;
  readonly level: Level;
  /** What the target waits for a confirmation. */
  readonly seconds: number;
}

/**
 * Puts the way back on the target and starts the watcher there; the locks are held.
 *
 * @param touched levels the run may act at; the watcher stands at the highest
 * @throws {CharlyError} `guard-not-armed`: nothing was done yet
 */
export async function armGuard(
  run: HostRun,
  touched: readonly Level[],
  segments: readonly RollbackSegment[],
  options: { readonly seconds: number; readonly deploy: string },
): Promise<ArmedGuard> {
  const { session } = run;
  const level: Level = touched.includes("root") ? "root" : "user";
  const shells: string[] = [];
  let user = "";
  for (const it of touched) {
    const blobs = segments.flatMap((segment, index) =>
      segment.level === it ? [textBlob(`guard.seg.${index + 1}`, segment.text)] : []
    );
    const { frame, problem } = await ask(session, it, run.id, "guard_put || fr X 0 'cannot write the guard' store", {
      blobs: [textBlob("guard.program", guardProgram), ...blobs],
    });
    if (frame?.args[0] !== "put") throw notArmed(session.host, problem);
    const [, pid, started, uid, gid, name, ...scratch] = frame.args;
    shells.push(`${pid} ${started} ${scratch.join(" ")}\n`);
    if (it === "user") user = `${uid} ${gid} ${name} ${payloadText(frame)}\n`;
  }
  const order = [
    ...segments.map((segment, index) => `${index + 1} ${segment.level}\n`),
    ...touched.map((it) => `end ${it}\n`),
  ];
  const { frame, problem } = await ask(session, level, run.id, "guard_arm", {
    blobs: [
      textBlob("guard.order", order.join("")),
      textBlob("guard.shells", shells.join("")),
      textBlob("guard.times", `${options.seconds} ${lease}\n`),
      textBlob("guard.user", user),
      textBlob("guard.deploy", `${options.deploy}\n`),
    ],
  });
  if (frame?.args[0] !== "armed") throw notArmed(session.host, problem);
  return { run: run.id, level, seconds: options.seconds };
}

/** The steps are done: from now on the watcher waits for a confirmation. */
export async function guardWaits(run: HostRun, armed: ArmedGuard): Promise<void> {
  await ask(run.session, armed.level, armed.run, "guard_phase waiting", { seq: run.seq });
}

/**
 * Everything shall be put back now; a watcher that is not there is started for it.
 *
 * @param seq the run's last journal number, where this is its own connection
 */
export async function askRollback(
  session: HostSession,
  armed: Pick<ArmedGuard, "run" | "level">,
  seq = 0,
): Promise<void> {
  await ask(session, armed.level, armed.run, "guard_ask", { seq });
}

/**
 * Confirms.
 *
 * @returns `won`; else how the guard stands, or nothing where it is settled and gone
 */
export async function confirmRun(
  session: HostSession,
  armed: Pick<ArmedGuard, "run" | "level">,
  who: string,
): Promise<"won" | GuardState | undefined> {
  const { frame, state } = await ask(
    session,
    armed.level,
    armed.run,
    `guard_decide ${quote(`confirm:${encodeURIComponent(who)}`)}`,
  );
  return frame?.args[0] === "won" ? "won" : state;
}

/** How the guard stands; waits up to `seconds` for it to be settled. */
export async function guardStands(
  session: HostSession,
  armed: Pick<ArmedGuard, "run" | "level">,
  seconds = 0,
): Promise<GuardState | undefined> {
  return (await ask(session, armed.level, armed.run, `guard_await ${seconds}`)).state;
}

/** Runs the operator's check over this connection, as the login user. */
export async function guardCheck(
  session: HostSession,
  command: string,
  seconds: number,
): Promise<{ readonly code: number; readonly output: string }> {
  const decoder = new TextDecoder();
  let output = "";
  let code = 1;
  await session.executor.run(
    `BODY=${quote(command)}\nUNLESS=\nRD=\nscratch && { opaque 0 sh kill ${
      Math.max(1, Math.ceil(seconds))
    }; fr G 0 "" checked "$CODE"; }\nwarden_end\nBODY=\n`,
    {
      level: "user",
      onFrame: (frame) => {
        if (frame.type === "O") output = (output + decoder.decode(frame.payload, { stream: true })).slice(-4096);
        if (frame.type === "G") code = Number(frame.args[1]);
      },
    },
  );
  return { code, output: output.trim() };
}

interface Answer {
  readonly frame?: Frame;
  readonly state?: GuardState;
  readonly problem: string;
}

async function ask(
  session: HostSession,
  level: Level,
  run: string,
  program: string,
  { seq = 0, blobs = [] }: { readonly seq?: number; readonly blobs?: readonly ShellBlob[] } = {},
): Promise<Answer> {
  let answer: Frame | undefined;
  let state: GuardState | undefined;
  let problem = "";
  const end = await session.executor.run(`RUN=${quote(run)}\n${guardFunctions}\n${program}\n`, {
    level,
    seq,
    blobs,
    onFrame: (frame) => {
      if (frame.type === "G") answer = frame;
      if (frame.type === "X") problem = payloadText(frame);
      if (frame.type === "C" && frame.step === "guard") state = parseGuard(payloadText(frame));
    },
  });
  return {
    ...(answer === undefined ? {} : { frame: answer }),
    ...(state === undefined ? {} : { state }),
    problem: problem !== "" ? problem : end.reason,
  };
}

function notArmed(host: string, problem: string): CharlyError {
  return new CharlyError(`arm the guard on ${host}: ${problem}`, {
    hint: "nothing was changed; make room on the target's disk, or deploy without --guard",
    code: "guard-not-armed",
  });
}
