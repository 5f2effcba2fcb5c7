/** `check()`. */
import type {
  BareCommand,
  BarePackage,
  BareService,
  BareUnixGroup,
  BareUser,
  CheckEntry,
  CheckOptions,
} from "../../entities/plan_entry.ts";
import type {
  AddrProbe,
  CommandExpectation,
  DnsProbe,
  FileProbe,
  HttpProbe,
  InterfaceProbe,
  KernelParamProbe,
  MountProbe,
  PackageExpectation,
  PortProbe,
  Probe,
  ProcessProbe,
  ServiceExpectation,
  UnixGroupExpectation,
  UserExpectation,
} from "../../entities/probe.ts";

/** What {@link check} can look at: a probe, or a step helper called without options. */
export type CheckSubject =
  | BareCommand
  | BareService
  | BarePackage
  | BareUser
  | BareUnixGroup
  | FileProbe
  | PortProbe
  | ProcessProbe
  | HttpProbe
  | AddrProbe
  | DnsProbe
  | InterfaceProbe
  | MountProbe
  | KernelParamProbe;

/** What may be expected of a subject; probes such as `file()` carry their expectations themselves. */
export type Expectation<P> = P extends BareCommand ? CommandExpectation
  : P extends BareService ? ServiceExpectation
  : P extends BarePackage ? PackageExpectation
  : P extends BareUser ? UserExpectation
  : P extends BareUnixGroup ? UnixGroupExpectation
  : unknown;

const optionNames: ReadonlySet<string> = new Set<keyof CheckOptions>(
  ["id", "description", "timeout", "eventually", "retryInterval", "context", "distro", "excludeDistro", "keep"],
);

/**
 * Something that must hold after the deploy.
 *
 * @param prose what is checked, in words
 * @param subject a probe (`file(…)`, `port(…)`, …), or `command(…)`, `service(…)`, `pkg(…)` without options
 * @param options what is expected of the subject, and when and how often to look
 * @returns `{ check: prose, probe: { … }, … }`
 *
 * @example
 * ```ts
 * import { check, command, file, port } from "@charly/charly";
 *
 * const checks = [
 *   check("motd greets", file("/etc/motd", { contains: "hi" })),
 *   check("thing is up", command("thing --ok"), { stdout: { contains: "ok" }, eventually: "30s" }),
 *   check("nginx listens", port(80)),
 * ];
 * if (checks[1]?.eventually !== "30s") throw new Error("unexpected");
 * ```
 */
export function check<const P extends CheckSubject>(
  prose: string,
  subject: P,
  options?: CheckOptions & Expectation<P>,
): CheckEntry {
  const beside: Record<string, unknown> = {};
  const probe: Record<string, unknown> = { ...subject };
  for (const [key, value] of Object.entries(options ?? {})) (optionNames.has(key) ? beside : probe)[key] = value;
  return { check: prose, probe: probe as unknown as Probe, ...beside };
}
