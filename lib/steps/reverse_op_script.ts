/** A recorded way back of the Go tool as shell text: only what was recorded, nothing recompiled, nothing guessed. */
import { CharlyError } from "../base/errors.ts";
import { quoteWord, quoteWords } from "../command/quote.ts";
import type { Level } from "./act.ts";
import type { ReverseOp } from "./reverse_op.ts";

/** What a way back comes down to. An empty script does nothing. */
export interface ReverseScript {
  readonly level: Level;
  readonly script: string;
}

/**
 * POSIX shell text for one op; ends with 0 when it is undone.
 *
 * Throws `no-way-back` for an op that cannot be replayed: no uninstall command, a target that is no absolute path.
 *
 * @param home the login user's home, for paths that were recorded with `~` or `$HOME`
 */
export function reverseOpScript(op: ReverseOp, home: string): ReverseScript {
  const level: Level = (op.scope ?? 0) === 0 ? "root" : "user";
  const targets = op.targets ?? [];
  const paths = (): readonly string[] => targets.map((target) => absolute(op, target, home));
  const perTarget = (text: (target: string) => string): string => targets.map(text).join("\n");
  switch (op.kind) {
    case "package-remove":
      if (op.uninstall_cmd === undefined || op.uninstall_cmd.trim() === "") {
        throw noWayBack(op, `no uninstall command was recorded for format ${op.format ?? "unknown"}`);
      }
      return { level: "root", script: op.uninstall_cmd };
    case "cargo-uninstall":
      return { level: "user", script: words(["cargo", "uninstall"], targets) };
    case "npm-uninstall-g":
      return { level: "user", script: words(["npm", "uninstall", "-g"], targets) };
    case "pixi-env-remove":
      return {
        level: "user",
        script: words(["rm", "-rf"], targets.map((name) => `${home}/.pixi/envs/${plainName(op, name)}`)),
      };
    case "rm-file-system":
    case "remove-repo-file":
      return { level: "root", script: words(["rm", "-f"], paths()) };
    case "rm-file-user":
    case "remove-envd-file":
      return { level: "user", script: words(["rm", "-f"], paths()) };
    case "rm-dir-recursive":
      return { level: "user", script: words(["rm", "-rf"], paths().map((path) => deepEnough(op, path, home))) };
    case "service-disable":
      return { level, script: perTarget((unit) => `${systemctl(level)} disable --now -- ${quoteWord(unit)} || :`) };
    case "restore-enabled":
      return {
        level,
        script: targets.map((unit) => `${systemctl(level)} enable --now -- ${quoteWord(unit)}`).join(" &&\n"),
      };
    case "service-remove": {
      const files = targets.map((unit) => unit.includes("/") ? absolute(op, unit, home) : unitFile(unit, level, home));
      return { level, script: `${words(["rm", "-f"], files)} || :\n${systemctl(level)} daemon-reload || :` };
    }
    case "remove-dropin":
      return {
        level,
        script: paths().map((path) => {
          const directory = path.slice(0, path.lastIndexOf("/"));
          return `rm -f -- ${quoteWord(path)} && { rmdir -- ${quoteWord(directory)} 2>/dev/null || :; }`;
        }).join(" &&\n"),
      };
    case "remove-managed-block":
      return { level, script: paths().map((path) => stripBlock(path, op.extra?.["marker"] ?? "")).join(" &&\n") };
    case "copr-disable": {
      const copr = op.extra?.["copr"] ?? targets[0];
      if (copr === undefined) throw noWayBack(op, "no copr was recorded");
      return { level: "root", script: words(["dnf", "-y", "copr", "disable"], [copr]) };
    }
    case "plugin-script":
      return { level, script: op.extra?.["script"] ?? "" };
    default:
      throw noWayBack(op, "this kind is unknown");
  }
}

function noWayBack(op: ReverseOp, found: string): CharlyError {
  return new CharlyError(`reverse ${op.kind}: ${found}`, {
    hint: "take it back by hand, then run `charly bundle del` again with --force",
    code: "no-way-back",
  });
}

/** The words, then the operands; nothing at all without operands. */
function words(command: readonly string[], operands: readonly string[]): string {
  return operands.length === 0 ? ":" : `${quoteWords([...command, "--"])} ${quoteWords(operands)}`;
}

/** Old records hold `~/x` and `${HOME}/x` as they were written in the candy. */
function absolute(op: ReverseOp, target: string, home: string): string {
  const path = target.replace(/^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/, () => home);
  if (!path.startsWith("/") || path.includes("\0") || /\$\{?[A-Za-z_]/.test(path) || path.split("/").includes("..")) {
    throw noWayBack(op, `${JSON.stringify(target)} is no absolute path`);
  }
  return path;
}

function plainName(op: ReverseOp, name: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) {
    throw noWayBack(op, `${JSON.stringify(name)} is no environment's name`);
  }
  return name;
}

/** A recursive removal of a home, or of a directory everything is in, was never meant. */
function deepEnough(op: ReverseOp, path: string, home: string): string {
  const clean = path.replace(/\/+$/, "").replace(/\/+/g, "/");
  const isAncestor = clean === "" || home === clean || home.startsWith(`${clean}/`);
  if (isAncestor || clean.split("/").length < 3) {
    throw noWayBack(op, `${JSON.stringify(path)} holds more than the candy`);
  }
  return clean;
}

function systemctl(level: Level): string {
  return level === "root" ? "systemctl" : 'XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" systemctl --user';
}

function unitFile(unit: string, level: Level, home: string): string {
  return level === "root" ? `/etc/systemd/system/${unit}` : `${home}/.config/systemd/user/${unit}`;
}

/**
 * Takes a block out, rewriting the file in place so that owner, mode and links stay; a file that becomes empty goes. Whole
 * trimmed lines are compared, and a block that does not end is refused. The marker is the candy's name, or a whole first line.
 */
function stripBlock(path: string, marker: string): string {
  const begin = marker.startsWith("#") ? marker.trim() : `# opencharly:begin${marker === "" ? "" : ` ${marker}`}`;
  const name = marker.startsWith("#") ? /begin\s+([^\s(]+)/.exec(marker)?.[1] ?? "" : marker;
  const end = `# opencharly:end${name === "" ? "" : ` ${name}`}`;
  const file = quoteWord(path);
  return `if [ -f ${file} ]; then
  charly_new=$(CB=${quoteWord(begin)} CE=${quoteWord(end)} awk '${awk}' ${file} && echo .) || exit
  charly_new=\${charly_new%.}
  if [ -n "$charly_new" ]; then printf %s "$charly_new" >${file}; elif [ -L ${file} ]; then : >${file}; else rm -f -- ${file}; fi
fi`;
}

const awk = `function trim(s) { sub(/^[ \\t]+/, "", s); sub(/[ \\t\\r]+$/, "", s); return s }
    function opens(s) { return s == ENVIRON["CB"] || index(s, ENVIRON["CB"] " (") == 1 }
    !inside && opens(trim($0)) { inside = 1; next }
    inside { if (trim($0) == ENVIRON["CE"]) inside = 0; next }
    { print }
    END { if (inside) exit 3 }`;
