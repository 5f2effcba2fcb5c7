/** What a check asks a machine, one interface per probe; matchers say what the answer must be. */

/** A scalar means "equals" (for `contains` of a file: "holds this text"). */
export type Matcher =
  | string
  | number
  | boolean
  | { readonly equals: string | number | boolean }
  | { readonly notEquals: string | number | boolean }
  | { readonly contains: string | readonly string[] }
  | { readonly notContains: string | readonly string[] }
  /** A regular expression. */
  | { readonly matches: string }
  | { readonly notMatches: string }
  | { readonly lt: number }
  | { readonly le: number }
  | { readonly gt: number }
  | { readonly ge: number };

/** One matcher, or several that must all hold. */
export type Matchers = Matcher | readonly Matcher[];

/** What a file must be like. */
export interface FileExpectation {
  /** @default {true} */
  readonly exists?: boolean;
  readonly contains?: Matchers;
  /** Four octal digits. */
  readonly mode?: `0${number}`;
  readonly filetype?: "file" | "directory" | "symlink";
  readonly owner?: string;
  readonly groupOf?: string;
  /** 64 hex digits. */
  readonly sha256?: string;
}

/** Looks at a path. */
export interface FileProbe extends FileExpectation {
  readonly file: string;
}

/** What a command must answer. */
export interface CommandExpectation {
  /** @default {0} */
  readonly exitStatus?: number;
  readonly stdout?: Matchers;
  readonly stderr?: Matchers;
  /** Ask inside the container instead of beside it. */
  readonly inContainer?: boolean;
}

/** Runs shell text. */
export interface CommandProbe extends CommandExpectation {
  readonly command: string;
}

/** What a port must be like. */
export interface PortExpectation {
  /** @default {true} */
  readonly listening?: boolean;
  readonly ip?: string;
  /** Can be connected to from the outside. */
  readonly reachable?: boolean;
}

/** Looks at a TCP port. */
export interface PortProbe extends PortExpectation {
  readonly port: number;
}

/** What a unit must be like. */
export interface ServiceExpectation {
  readonly running?: boolean;
  readonly enabled?: boolean;
}

/** Looks at a unit. */
export interface ServiceProbe extends ServiceExpectation {
  readonly service: string;
}

/** What a package must be like. */
export interface PackageExpectation {
  /** @default {true} */
  readonly installed?: boolean;
  readonly version?: readonly string[];
  /** Other names per distro. */
  readonly packageMap?: Readonly<Record<string, string>>;
}

/** Looks at a package. */
export interface PackageProbe extends PackageExpectation {
  readonly package: string;
}

/** Looks for a process by name. */
export interface ProcessProbe {
  readonly process: string;
  /** @default {true} */
  readonly running?: boolean;
}

/** What an HTTP server must answer. */
export interface HttpExpectation {
  /** @default {200} */
  readonly status?: number;
  readonly body?: Matchers;
  readonly header?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly requestBody?: string;
  readonly allowInsecure?: boolean;
  readonly noFollowRedirects?: boolean;
  readonly caFile?: string;
}

/** Fetches an address. */
export interface HttpProbe extends HttpExpectation {
  readonly http: string;
}

/** Connects to `host:port`. */
export interface AddrProbe {
  readonly addr: string;
  /** @default {true} */
  readonly reachable?: boolean;
}

/** What an account must be like. */
export interface UserExpectation {
  readonly uid?: number;
  readonly gid?: number;
  readonly home?: string;
  readonly loginShell?: string;
}

/** Looks at an account. */
export interface UserProbe extends UserExpectation {
  readonly user: string;
}

/** What a group must be like. */
export interface UnixGroupExpectation {
  readonly gid?: number;
}

/** Looks at a group. */
export interface UnixGroupProbe extends UnixGroupExpectation {
  readonly unixGroup: string;
}

/** Looks at a kernel parameter. */
export interface KernelParamProbe {
  readonly kernelParam: string;
  readonly value: Matchers;
}

/** Looks at a network interface. */
export interface InterfaceProbe {
  readonly interface: string;
  readonly mtu?: number;
  readonly addrs?: readonly string[];
}

/** Looks at a mount point. */
export interface MountProbe {
  readonly mount: string;
  readonly mountSource?: string;
  readonly filesystem?: string;
  readonly opt?: readonly string[];
}

/** Resolves a name. */
export interface DnsProbe {
  readonly dns: string;
  /** @default {true} */
  readonly resolvable?: boolean;
  readonly addrs?: readonly string[];
  readonly server?: string;
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
  | DnsProbe;
