/** Probes that are no steps as well. */
import type {
  AddrProbe,
  DnsProbe,
  FileExpectation,
  FileProbe,
  HttpExpectation,
  HttpProbe,
  MountProbe,
  PortExpectation,
  PortProbe,
  ProcessProbe,
} from "../../entities/probe.ts";

/**
 * Looks at a path, for {@link check}.
 *
 * @param path absolute, or starting with `~/` or `${HOME}`
 * @param expected content, mode, owner, kind; existence when absent
 * @returns `{ file: path, … }`
 *
 * @example
 * ```ts
 * import { check, file } from "@charly/charly";
 *
 * check("motd greets", file("/etc/motd", { contains: "hi", mode: "0644" }));
 * ```
 */
export function file(path: string, expected: FileExpectation = {}): FileProbe {
  return { file: path, ...expected };
}

/**
 * Looks at a TCP port, for {@link check}.
 *
 * @param number 1 to 65535
 * @param expected listening (the default), address, reachable
 * @returns `{ port: number, … }`
 *
 * @example
 * ```ts
 * import { check, port } from "@charly/charly";
 *
 * check("only here", port(5432, { ip: "127.0.0.1" }));
 * ```
 */
export function port(number: number, expected: PortExpectation = {}): PortProbe {
  return { port: number, ...expected };
}

/**
 * Looks for a process by name, for {@link check}.
 *
 * @param name name of the program
 * @param expected `{ running: false }` when it must not be there
 * @returns `{ process: name, … }`
 *
 * @example
 * ```ts
 * import { check, process } from "@charly/charly";
 *
 * check("no apache", process("apache2", { running: false }));
 * ```
 */
export function process(name: string, expected: Omit<ProcessProbe, "process"> = {}): ProcessProbe {
  return { process: name, ...expected };
}

/**
 * Fetches an address, for {@link check}.
 *
 * @param url `http:` or `https:` address
 * @param expected status (200 when absent), body, headers
 * @returns `{ http: url, … }`
 *
 * @example
 * ```ts
 * import { check, http } from "@charly/charly";
 *
 * check("the page is there", http("http://127.0.0.1:8080/", { body: { contains: "<h1>" } }));
 * ```
 */
export function http(url: string, expected: HttpExpectation = {}): HttpProbe {
  return { http: url, ...expected };
}

/**
 * Connects to an address, for {@link check}.
 *
 * @param hostPort `host:port`
 * @param expected `{ reachable: false }` when it must not answer
 * @returns `{ addr: hostPort, … }`
 *
 * @example
 * ```ts
 * import { addr, check } from "@charly/charly";
 *
 * check("the database answers", addr("db:5432"));
 * ```
 */
export function addr(hostPort: string, expected: Omit<AddrProbe, "addr"> = {}): AddrProbe {
  return { addr: hostPort, ...expected };
}

/**
 * Looks at a mount point, for {@link check}.
 *
 * @param path where it is mounted
 * @param expected source, file system, options
 * @returns `{ mount: path, … }`
 *
 * @example
 * ```ts
 * import { check, mount } from "@charly/charly";
 *
 * check("data has its disk", mount("/data", { filesystem: "ext4" }));
 * ```
 */
export function mount(path: string, expected: Omit<MountProbe, "mount"> = {}): MountProbe {
  return { mount: path, ...expected };
}

/**
 * Resolves a name, for {@link check}.
 *
 * @param name the name to resolve
 * @param expected addresses, server, `{ resolvable: false }`
 * @returns `{ dns: name, … }`
 *
 * @example
 * ```ts
 * import { check, dns } from "@charly/charly";
 *
 * check("names resolve", dns("example.org"));
 * ```
 */
export function dns(name: string, expected: Omit<DnsProbe, "dns"> = {}): DnsProbe {
  return { dns: name, ...expected };
}
