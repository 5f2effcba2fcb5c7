/** What a check asks a machine, one interface per probe; matchers say what the answer must be. */
import type { Matchers } from "./matcher.ts";

/** What a file must be like. */
export interface FileExpectation {
  /** Whether it is there. @default {true} */
  readonly exists?: boolean;
  /** What it holds; a bare text is a part of it. */
  readonly contains?: Matchers;
  /** Four octal digits. */
  readonly mode?: `0${number}`;
  /** What kind of thing it is. */
  readonly filetype?: "file" | "directory" | "symlink";
  /** Name of its owner. */
  readonly owner?: string;
  /** Name of its group. */
  readonly groupOf?: string;
  /** 64 hex digits. */
  readonly sha256?: string;
}

/** Looks at a path. */
export interface FileProbe extends FileExpectation {
  /** Path: absolute, or starting with `~/` or `${HOME}`. */
  readonly file: string;
}

/** What a command must answer. */
export interface CommandExpectation {
  /** Exit code. @default {0} */
  readonly exitStatus?: number;
  /** What it writes to standard output. */
  readonly stdout?: Matchers;
  /** What it writes to standard error. */
  readonly stderr?: Matchers;
  /** Ask inside the container instead of beside it. */
  readonly inContainer?: boolean;
  /** Ask from the host instead of on the target. */
  readonly fromHost?: boolean;
  /** Leave it running; do not wait for its end. */
  readonly background?: boolean;
}

/** Runs shell text. */
export interface CommandProbe extends CommandExpectation {
  /** Shell text. */
  readonly command: string;
}

/** What a port must be like. */
export interface PortExpectation {
  /** Whether something listens. @default {true} */
  readonly listening?: boolean;
  /** Address it listens on. */
  readonly ip?: string;
  /** Can be connected to from the outside. */
  readonly reachable?: boolean;
}

/** Looks at a TCP port. */
export interface PortProbe extends PortExpectation {
  /** Port, 1 to 65535. */
  readonly port: number;
}

/** What a unit must be like. */
export interface ServiceExpectation {
  /** Whether it runs. */
  readonly running?: boolean;
  /** Whether it starts with the machine. */
  readonly enabled?: boolean;
}

/** Looks at a unit. */
export interface ServiceProbe extends ServiceExpectation {
  /** Unit name. */
  readonly service: string;
}

/** What a package must be like. */
export interface PackageExpectation {
  /** Whether it is there. @default {true} */
  readonly installed?: boolean;
  /** Versions that will do. */
  readonly version?: readonly string[];
  /** Other names per distro. */
  readonly packageMap?: Readonly<Record<string, string>>;
}

/** Looks at a package. */
export interface PackageProbe extends PackageExpectation {
  /** Package name. */
  readonly package: string;
}

/** Looks for a process by name. */
export interface ProcessProbe {
  /** Name of the program. */
  readonly process: string;
  /** Whether it runs. @default {true} */
  readonly running?: boolean;
}

/** What an HTTP server must answer. */
export interface HttpExpectation {
  /** Status code. @default {200} */
  readonly status?: number;
  /** What the body holds. */
  readonly body?: Matchers;
  /** Headers to send. */
  readonly header?: Readonly<Record<string, string>>;
  /** Method. @default {"GET"} */
  readonly method?: string;
  /** Body to send. */
  readonly requestBody?: string;
  /** Take certificates nobody vouches for. */
  readonly allowInsecure?: boolean;
  /** Take a redirect as the answer. */
  readonly noFollowRedirects?: boolean;
  /** File of certificate authorities to trust. */
  readonly caFile?: string;
}

/** Fetches an address. */
export interface HttpProbe extends HttpExpectation {
  /** Address. */
  readonly http: string;
}

/** Connects to `host:port`. */
export interface AddrProbe {
  /** `host:port`. */
  readonly addr: string;
  /** Whether it answers. @default {true} */
  readonly reachable?: boolean;
}

/** What an account must be like. */
export interface UserExpectation {
  /** User id. */
  readonly uid?: number;
  /** Group id. */
  readonly gid?: number;
  /** Home directory. */
  readonly home?: string;
  /** Shell it logs in to. */
  readonly loginShell?: string;
}

/** Looks at an account. */
export interface UserProbe extends UserExpectation {
  /** Account name. */
  readonly user: string;
}

/** What a group must be like. */
export interface UnixGroupExpectation {
  /** Group id. */
  readonly gid?: number;
}

/** Looks at a group. */
export interface UnixGroupProbe extends UnixGroupExpectation {
  /** Group name. */
  readonly unixGroup: string;
}

/** Looks at a kernel parameter. */
export interface KernelParamProbe {
  /** Name as sysctl spells it. */
  readonly kernelParam: string;
  /** What the value must be. */
  readonly value: Matchers;
}

/** Looks at a network interface. */
export interface InterfaceProbe {
  /** Name of the interface. */
  readonly interface: string;
  /** Largest packet, in bytes. */
  readonly mtu?: number;
  /** Addresses it has. */
  readonly addrs?: readonly string[];
}

/** Looks at a mount point. */
export interface MountProbe {
  /** Where it is mounted. */
  readonly mount: string;
  /** What is mounted. */
  readonly mountSource?: string;
  /** File system. */
  readonly filesystem?: string;
  /** Mount options it has. */
  readonly opt?: readonly string[];
}

/** Resolves a name. */
export interface DnsProbe {
  /** Name to resolve. */
  readonly dns: string;
  /** Whether it resolves. @default {true} */
  readonly resolvable?: boolean;
  /** Addresses it resolves to. */
  readonly addrs?: readonly string[];
  /** Server to ask. */
  readonly server?: string;
}

/** Something live that can be asked: a phone, a browser, the session bus, a cluster, a machine, a tool server, a screen. */
export type LiveVerb =
  | "adb"
  | "appium"
  | "cdp"
  | "dbus"
  | "kube"
  | "libvirt"
  | "mcp"
  | "record"
  | "spice"
  | "vnc"
  | "wl";

/** A question to a live service: a browser, a phone, a cluster, a machine's screen. Kept as data. */
export interface LiveProbe {
  /** What is asked. */
  readonly live: LiveVerb;
  /** What it is asked for: `screenshot`, `wait-ready`, …; each verb has its own, and says which words of `with` it needs. */
  readonly method: string;
  /** What the method takes, and what its artifact must be like, in the words of `charly.yml`. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** Exit code of the client. */
  readonly exitStatus?: number;
  /** What it writes to standard output. */
  readonly stdout?: Matchers;
  /** What it writes to standard error. */
  readonly stderr?: Matchers;
}

/** A question of a plug-in. Kept as data. */
export interface PluginProbe {
  /** The plug-in's word. */
  readonly plugin: string;
  /** Data for the plug-in. */
  readonly input?: unknown;
  /** Exit code. */
  readonly exitStatus?: number;
  /** What it writes to standard output. */
  readonly stdout?: Matchers;
  /** What it writes to standard error. */
  readonly stderr?: Matchers;
}

/** Everything a check can ask. */
export type Probe =
  | FileProbe
  | CommandProbe
  | PortProbe
  | ServiceProbe
  | PackageProbe
  | ProcessProbe
  | HttpProbe
  | AddrProbe
  | UserProbe
  | UnixGroupProbe
  | KernelParamProbe
  | InterfaceProbe
  | MountProbe
  | DnsProbe
  | LiveProbe
  | PluginProbe;
