/** Turns the events of a run into progress for people or JSON lines for programs, and asks what the run asks. */
import type { DeployEvent, DeployEvents, HostOutcome, Outcome } from "../deploy/contract.ts";
import { askPassword, confirm } from "./confirm.ts";
import { liveLines } from "./live_lines.ts";
import type { Output } from "./output.ts";
import { keptText, StepText } from "./step_text.ts";
import { planJson, planText, underHome } from "./plan_text.ts";
import { escapeControls } from "./style.ts";

/** A reporter: hand `events` to the engine, call `close` when the run is over. */
export interface Reporter {
  readonly events: DeployEvents;
  close(): void;
}

/** How a run is reported. */
export interface ReporterOptions {
  /** Answers every question with yes. */
  readonly yes: boolean;
  /** Show the plan of each host when it arrives. @default {true} */
  readonly showPlan?: boolean;
}

/** @param out whom it is told; @param options see {@link ReporterOptions} */
export function reporterOf(out: Output, options: ReporterOptions): Reporter {
  const live = liveLines(out.io, out.io.stderrIsTerminal && out.mode === "text" && !out.quiet);
  const printed = new Map<string, StepText>();
  const s = out.errStyle;
  const print = (line: string) => {
    if (out.mode === "text") live.print(line);
  };
  const progress = (line: string) => {
    if (!out.quiet) print(line);
  };

  const textOf = (event: { readonly host: string; readonly n: number }) => {
    const key = `${event.host}\0${event.n}`;
    const text = printed.get(key) ?? new StepText();
    printed.set(key, text);
    return text;
  };
  const forget = (host: string) => {
    for (const key of printed.keys()) if (key.startsWith(`${host}\0`)) printed.delete(key);
  };

  const homes = new Map<string, string>();
  const show = (event: DeployEvent) => {
    if (!("host" in event)) return;
    const words = (text: string) => escapeControls(underHome(text, homes.get(event.host)));
    const tag = s.dim(`[${escapeControls(event.host)}]`);
    switch (event.kind) {
      case "connecting":
        return live.set(event.host, `${tag} connecting`);
      case "connected":
        return live.set(event.host, `${tag} connected`);
      case "planned":
        live.set(event.host, undefined);
        if (event.plan.home !== undefined) homes.set(event.host, event.plan.home);
        if (options.showPlan !== false) out.text(planText([event.plan], out.style, { brief: !out.verbose }));
        return;
      case "step-begin":
        return live.set(event.host, `${tag} ${event.n}/${event.of} ${words(event.summary)}`);
      case "step-output": {
        const text = textOf(event);
        if (!out.verbose) return text.remember(event.bytes);
        for (const line of text.lines(event.bytes)) print(`${tag}   ${escapeControls(line)}`);
        return;
      }
      case "step-end": {
        const text = textOf(event);
        const rest = out.verbose ? text.rest() : text.last();
        forget(event.host);
        live.set(event.host, undefined);
        const indented = (lines: readonly string[]) => {
          for (const it of lines) print(`${tag}   ${escapeControls(it)}`);
        };
        if (out.verbose) indented(rest);
        const kept = keptText(event.output);
        const line = `${tag} ${event.n}/${event.of} ${words(event.summary)}`;
        if (event.result === "ok") progress(`${s.green("✓")} ${line}${took(event.durationMs)}${s.dim(kept)}`);
        else if (event.result === "satisfied") progress(s.dim(`= ${line}`));
        else {
          print(`${s.red("✗")} ${line}: ${event.result}${event.code === undefined ? "" : `, exit code ${event.code}`}`);
          // Without -v the output was not shown while it came; the end of it says why the step failed.
          if (!out.verbose) indented(rest);
          if (kept !== "") print(`${tag}  ${escapeControls(kept)}`);
        }
        return;
      }
      case "skipped":
        return progress(s.dim(`- ${tag} ${words(event.summary)}: skipped, ${escapeControls(event.reason)}`));
      case "guard":
        return progress(`${s.yellow("guard:")} ${tag} ${guardWords[event.state]}: ${words(event.text)}`);
      case "warning":
        return print(`${s.yellow("warning:")} ${tag} ${escapeControls(event.message)}`);
      case "host-end":
        return live.set(event.host, undefined);
    }
  };

  const events: DeployEvents = async (event) => {
    if (event.kind === "confirm") {
      out.event({
        event: "confirm",
        question: event.question,
        changes: event.changes,
        answered: options.yes ? "yes" : "asked",
      });
      live.done();
      return await confirm(out, event.question, options.yes);
    }
    if (event.kind === "password") return await askPassword(out, event.prompt);
    if (out.mode === "events") {
      if (event.kind === "step-output") {
        // a character may come in two pieces
        const text = textOf(event).decode(event.bytes);
        if (text !== "") out.event({ ...eventJson(event), text });
      } else out.event(eventJson(event));
      if (event.kind === "step-end") forget(event.host);
    }
    if (out.mode === "document" && event.kind === "warning") out.warn(`[${event.host}] ${event.message}`);
    if (out.mode !== "events") show(event);
  };
  return { events, close: () => live.done() };
}

const guardWords = {
  armed: "armed",
  waiting: "waiting",
  checking: "checking",
  confirmed: "confirmed",
  "rolling-back": "rolling back",
} as const;

/** An event as its JSON line: bytes as text, `kind` under the name `event`. */
export function eventJson(event: DeployEvent): Record<string, unknown> {
  const { kind, ...rest } = event;
  if (event.kind === "step-output") {
    return {
      event: kind,
      host: event.host,
      n: event.n,
      stream: event.stream,
      text: new TextDecoder().decode(event.bytes),
    };
  }
  if (event.kind === "planned") return { event: kind, host: event.host, plan: planJson(event.plan) };
  return { event: kind, ...rest };
}

/** Result of a run for people: a line per host, and what is left. */
export function outcomeText(outcome: Outcome, out: Output): string {
  return outcome.hosts.map((host) => hostText(host, out)).join("\n");
}

function hostText(host: HostOutcome, { style: s }: Output): string {
  const words = (text: string) => escapeControls(underHome(text, host.home));
  const name = s.bold(escapeControls(host.host));
  const counts = `${host.ran} changed, ${host.upToDate} up to date, ${host.skipped} skipped${took(host.durationMs)}`;
  const lines = [
    {
      changed: `${s.green("done")} ${name}: ${counts}`,
      unchanged: `${s.green("done")} ${name}: nothing to do (${host.upToDate} up to date, ${host.skipped} skipped)`,
      failed: `${s.red("failed")} ${name}: ${counts}`,
      unreachable: `${s.red("unreachable")} ${name}`,
      declined: `${s.yellow("declined")} ${name}: nothing was changed`,
      "not-run": `${s.yellow("not run")} ${name}`,
    }[host.result],
  ];
  if (host.error !== undefined) {
    lines.push(`  ${s.red("error:")} ${words(host.error.message)}`);
    if (host.error.hint !== undefined) lines.push(`  ${s.cyan("hint:")} ${words(host.error.hint)}`);
  }
  for (
    const [title, list] of [["released", host.released], ["not undone by design", host.notUndone], [
      "left",
      host.left,
    ]] as const
  ) {
    for (const item of list ?? []) lines.push(`  ${title}: ${words(item)}`);
  }
  return lines.join("\n");
}

function took(ms: number): string {
  return ms < 1000 ? "" : ` (${(ms / 1000).toFixed(1)} s)`;
}
