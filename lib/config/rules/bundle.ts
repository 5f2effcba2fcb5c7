/** Rules between the fields of a bundle. */
import { CharlyError } from "../../base/errors.ts";
import type { Bundle, BundleTarget, SshTarget } from "../../entities/bundle.ts";
import { parseSshHost } from "../../entities/ssh_host.ts";
import { noDuplicates, type Report } from "./report.ts";

/**
 * Checks what no schema of one field can see.
 *
 * @param name the bundle's name
 * @param bundle its fields, without those that are wrong in themselves
 * @param path where it stands
 * @param bundles every bundle's name
 * @param report told each problem
 */
export function bundleRules(
  name: string,
  bundle: Partial<Bundle>,
  path: readonly string[],
  bundles: { readonly has: (name: string) => boolean },
  report: Report,
): void {
  if (bundle.on !== undefined) {
    targetRules(bundle.on, [...path, "on"], (below, issue) => report(["on", ...below], issue));
  }
  noDuplicates(report, path, "was", "former name", bundle.was);
  bundle.was?.forEach((former, index) => {
    if (former === name) report(["was", index], { code: "self-reference", noun: "bundle", name });
    else if (bundles.has(former)) {
      report(["was", index], {
        code: "duplicate",
        what: "bundle",
        name: former,
        other: [...path.slice(0, -1), former],
      });
    }
  });
}

function targetRules(target: BundleTarget, path: readonly string[], report: Report): void {
  if (target.target === "ssh") sshRules(target, path, report);
  if (target.target !== "nested") return;
  targetRules(target.outer, [...path, "outer"], (below, issue) => report(["outer", ...below], issue));
  if (target.via === "ssh") hostRules(target.name, target.user, ["name"], report);
}

function sshRules(target: SshTarget, path: readonly string[], report: Report): void {
  if (target.host.length === 0) report(["host"], { code: "no-host" });
  target.host.forEach((host, index) => hostRules(host, target.user, ["host", index], report));
  noDuplicates(report, path, "host", "host", target.host);
  if (target.sshArg !== undefined && target.sshArg.length > 0 && target.transport !== "openssh") {
    const hint = 'add `transport: "openssh"`, or write the options into the ssh config';
    report(["sshArg"], { code: "needs", field: "sshArg", needs: '`transport: "openssh"`', hint });
  }
}

function hostRules(text: string, user: string | undefined, below: readonly (string | number)[], report: Report): void {
  try {
    const host = parseSshHost(text);
    if (host.user !== undefined && user !== undefined) report(below, { code: "two-users", host: text, user });
    else if (user !== undefined) parseSshHost(`${user}@${text}`);
  } catch (error) {
    if (!(error instanceof CharlyError)) throw error;
    report(below, { code: "bad-host", message: error.message, hint: error.hint ?? "" });
  }
}
