/** Turns the events of a run into progress for people or JSON lines for programs, and asks what the run asks. */
import type { DeployEvent, DeployEvents, HostOutcome, Outcome } from "../deploy/contract.ts";
import { askPassword, confirm } from "./confirm.ts";
import { liveLines } from "./live_lines.ts";
import type { Output } from "./output.ts";
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
  const tails = new Map<string, string>();
  const decoders = new Map<string, TextDecoder>();
  const s = out.errStyle;
  const print = (line: string) => {
    if (out.mode === "text") live.print(line);
  };
  const progress = (line: string) => {
    if (!out.quiet) print(line);
  };

  const flush = (host: string) => {
    for (const [key, text] of tails) {
      if (key.startsWith(`${host}\0`) && text !== "" && out.verbose) {
        print(`${s.dim(`[${host}]`)}   ${escapeControls(text)}`);
      }
    }
    for (const map of [tails, decoders]) for (const key of map.keys()) if (key.startsWith(`${host}\0`)) map.delete(key);
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
        const key = `${event.host}\0${event.n}${event.stream}`;
        const decoder = decoders.get(key) ?? new TextDecoder();
        decoders.set(key, decoder);
        const text = (tails.get(key) ?? "") + decoder.decode(event.bytes, { stream: true });
        const lines = text.split("\n");
        tails.set(key, lines.pop()!.slice(-4096));
        if (out.verbose) { for (const line of lines) print(`${tag}   ${escapeControls(line)}`); }
        else if (lines.length > 0) recent.set(event.host, [...recent.get(event.host) ?? [], ...lines].slice(-20));
        return;
      }
      case "step-end": {
        const rest = [...tails].filter(([key, text]) => key.startsWith(`${event.host}\0`) && text !== "").map((
          [, text],
        ) => text);
        flush(event.host);
        live.set(event.host, undefined);
        const line = `${tag} ${event.n}/${event.of} ${words(event.summary)}`;
        if (event.result === "ok") progress(`${s.green("✓")} ${line}${took(event.durationMs)}`);
        else if (event.result === "satisfied") progress(s.dim(`= ${line}`));
        else {
          print(`${s.red("✗")} ${line}: ${event.result}${event.code === undefined ? "" : `, exit code ${event.code}`}`);
          // Without -v the output was not shown while it came; the end of it says why the step failed.
          for (const text of out.verbose ? [] : [...recent.get(event.host) ?? [], ...rest]) {
            print(`${tag}   ${escapeControls(text)}`);
          }
        }
        recent.delete(event.host);
        return;
      }
      case "skipped":
        return progress(s.dim(`- ${tag} ${words(event.summary)}: skipped, ${escapeControls(event.reason)}`));
      case "warning":
        return print(`${s.yellow("warning:")} ${tag} ${escapeControls(event.message)}`);
      case "host-end":
        return live.set(event.host, undefined);
    }
  };
  const recent = new Map<string, string[]>();

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
    out.event(eventJson(event));
    if (out.mode === "document" && event.kind === "warning") out.warn(`[${event.host}] ${event.message}`);
    show(event);
  };
  return { events, close: () => live.done() };
}

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
