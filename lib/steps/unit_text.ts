/** systemd units and drop-ins of a candy's services, as text with the home still deferred. */
import { CharlyError } from "../base/errors.ts";
import type { Act } from "./act.ts";
import type { Service } from "../entities/candy.ts";
import { deferHome, homeToken } from "./variables.ts";

const unitTypes = /\.(service|timer|socket|path|target|mount|slice)$/;

/** A unit's full name: `.service` unless it ends in a unit type. */
export function unitName(name: string): string {
  return unitTypes.test(name) ? name : `${name}.service`;
}

/** Where units of a scope live, home deferred. */
export function unitDirectory(scope: "system" | "user"): string {
  return scope === "system" ? "/etc/systemd/system" : `${homeToken}/.config/systemd/user`;
}

/** The unit a file of systemd's belongs to: its own file, or a drop-in in `<unit>.d`. */
export function unitOfFile(path: string): string | undefined {
  const [, directory, name] = /([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (directory === undefined || name === undefined) return undefined;
  if (directory.endsWith(".d")) return directory.slice(0, -2);
  return directory === "system" || directory === "user" ? name : undefined;
}

/** Whether an act writes a file of the unit that another act starts. */
export function changesUnit(earlier: Act, later: Act): boolean {
  return earlier.type === "file" && later.type === "unit" && earlier.reload === later.manager &&
    unitOfFile(earlier.path) === later.unit;
}

/** Whole text of a custom unit. */
export function renderUnit(candy: string, service: Service): string {
  const scope = service.scope ?? "system";
  const wanted = service.wantedBy ?? [scope === "system" ? "multi-user.target" : "default.target"];
  const parts: Sections = [
    ["Unit", [
      `Description=charly ${candy} ${service.name}`,
      ...list("After", service.after?.map(unitName)),
      ...list("Before", service.before?.map(unitName)),
    ]],
    ["Service", [
      "Type=simple",
      `ExecStart=${command(service.exec ?? "")}`,
      ...(service.restart === undefined || service.restart === "unless-stopped" ? [] : [`Restart=${service.restart}`]),
      ...(service.stopTimeout === undefined ? [] : [`TimeoutStopSec=${service.stopTimeout}`]),
      ...(service.stopSignal === undefined ? [] : [`KillSignal=${signal(service.stopSignal)}`]),
      ...(service.exitCode === undefined ? [] : [`SuccessExitStatus=${service.exitCode.replaceAll(",", " ")}`]),
      ...(service.user === undefined || scope === "user" ? [] : [`User=${service.user}`]),
      ...(service.workingDirectory === undefined ? [] : [`WorkingDirectory=${value(service.workingDirectory)}`]),
      ...output(service.stdout),
      ...environment(service.env),
    ]],
    ["Install", [`WantedBy=${wanted.join(" ")}`]],
  ];
  return checked(parts, candy, service);
}

/** Text of a drop-in for a packaged unit, or nothing when the service changes nothing. */
export function renderDropin(candy: string, service: Service): string | undefined {
  const { env, after, exec } = service.overrides ?? {};
  const unit = list("After", after?.map(unitName));
  const body = [
    ...environment(env),
    // An empty ExecStart first: a drop-in adds to lists unless it clears them.
    ...(exec === undefined ? [] : ["ExecStart=", `ExecStart=${command(exec)}`]),
  ];
  if (unit.length + body.length === 0) return undefined;
  return checked([["Unit", unit], ["Service", body]], candy, service);
}

type Sections = readonly (readonly [name: string, lines: readonly string[]])[];

function list(key: string, words: readonly string[] | undefined): string[] {
  return words === undefined || words.length === 0 ? [] : [`${key}=${words.join(" ")}`];
}

/** supervisord's `%(ENV_HOME)s` and every spelling of home become the deferred token. */
function value(text: string): string {
  return deferHome(text.replaceAll("%(ENV_HOME)s", homeToken));
}

function command(text: string): string {
  return value(text.trim()).replace(/\\\n\s*/g, " ");
}

function signal(name: string): string {
  return name.startsWith("SIG") ? name : `SIG${name}`;
}

function output(stdout: Service["stdout"]): string[] {
  if (stdout === undefined) return [];
  if (stdout === "journal") return ["StandardOutput=journal"];
  if (stdout === "none") return ["StandardOutput=null"];
  return [`StandardOutput=append:${value(stdout.slice("file:".length))}`];
}

function environment(env: Readonly<Record<string, string>> = {}): string[] {
  return Object.keys(env).sort().map((name) => `Environment=${quoted(`${name}=${value(env[name] ?? "")}`)}`);
}

/** A word as systemd reads it: C escapes inside double quotes, `%` doubled. */
function quoted(word: string): string {
  const escaped = word.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("%", "%%");
  return `"${escaped}"`;
}

/** The text, unless a template marker is left in it or a value would become lines of its own. */
function checked(parts: Sections, candy: string, service: Service): string {
  const lines = parts.flatMap(([, some]) => some);
  const marker = lines.join("\n").replaceAll(homeToken, "").match(/\{\{|%\([A-Z_]+\)s/)?.[0];
  if (marker === undefined && !lines.some((line) => /[\n\r\0]/.test(line))) {
    const full = parts.filter(([, some]) => some.length > 0);
    return full.map(([name, some]) => `[${name}]\n${some.join("\n")}\n`).join("\n");
  }
  throw new CharlyError(
    `candy "${candy}": service ${service.name}: ${
      marker === undefined ? "a value spans lines" : `the template marker ${marker} is left in the unit`
    }`,
    { hint: "write the value in one line with its final text", code: "bad-unit", exitCode: 2 },
  );
}
