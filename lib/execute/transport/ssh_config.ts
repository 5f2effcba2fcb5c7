/** What ssh_config says about a host: asked of `ssh -G`, which alone knows all of it; read by ourselves where no ssh is installed. */
import { homedir, hostname, userInfo } from "node:os";
import { forPrograms } from "../../base/env.ts";
import { connectError } from "./failure.ts";
import type { SshAddress } from "./ssh_address.ts";
import { readConfigFiles } from "./ssh_config_file.ts";

/** The effective settings of one host; files are absolute. */
export interface SshSettings {
  /** As it was written. */
  readonly alias: string;
  readonly hostName: string;
  readonly user: string;
  readonly port: number;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Socket of the agent; undefined for none. */
  readonly identityAgent: string | undefined;
  readonly proxyJump: string | undefined;
  readonly proxyCommand: string | undefined;
  readonly knownHostsFiles: readonly string[];
  readonly hostKeyAlias: string | undefined;
  /** Seconds; undefined where nothing is said. */
  readonly connectTimeout: number | undefined;
}

/** Where to look. */
export interface SshConfigSource {
  /** Instead of `~/.ssh/config` and `/etc/ssh/ssh_config`; `none` for no file at all. */
  readonly configFile?: string;
  /** The environment (`HOME`, `SSH_AUTH_SOCK`, `${VAR}`). */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The ssh to ask; `false` reads the files here. @default {"ssh"} */
  readonly ssh?: string | false;
}

/** Raw keyword → values, lower case, as `ssh -G` prints them. */
export type RawSettings = ReadonlyMap<string, readonly string[]>;

/** Resolves an address to its effective settings. Throws `config` when ssh_config itself is wrong. */
export async function resolveSettings(address: SshAddress, source: SshConfigSource = {}): Promise<SshSettings> {
  // ssh looks for its files in the home of the passwd file, whatever HOME says; keys and known hosts come from HOME here.
  const elsewhere = source.configFile === undefined && movedHome(source);
  const asked = source.ssh === false || elsewhere ? undefined : await askedSsh(address, source);
  const raw = asked ?? await readConfigFiles(address, source.configFile, home(source));
  return settingsFrom(address, raw, source);
}

/** Whether HOME is not the one the passwd file gives this user. Where nobody can tell, it is. */
export function movedHome(source: SshConfigSource): boolean {
  try {
    const line = Deno.readTextFileSync("/etc/passwd").split("\n").find((it) => it.split(":")[2] === String(Deno.uid()));
    return line !== undefined && source.env?.HOME !== undefined && line.split(":")[5] !== source.env.HOME;
  } catch {
    return false;
  }
}

/** Answers of `ssh -G` that are a few seconds old at most: permissions, plan and connection ask the same, one after the other. */
const answers = new Map<string, { readonly at: number; readonly answer: Promise<RawSettings | undefined> }>();
const answerKept = 5_000;

function askedSsh(address: SshAddress, source: SshConfigSource): Promise<RawSettings | undefined> {
  // another configuration file is named by tests and by who knows what they do: it is asked each time
  if (source.configFile !== undefined || source.ssh !== undefined) return askSsh(address, source);
  const key = JSON.stringify([address.host, address.port, address.user]);
  const known = answers.get(key);
  if (known !== undefined && performance.now() - known.at < answerKept) return known.answer;
  const answer = askSsh(address, source);
  answers.set(key, { at: performance.now(), answer });
  return answer;
}

async function askSsh(address: SshAddress, source: SshConfigSource): Promise<RawSettings | undefined> {
  const args = ["-G"];
  if (source.configFile !== undefined) args.push("-F", source.configFile);
  // the port is passed only when it was written: `-p 22` would win over the Port of ssh_config
  if (address.port !== undefined) args.push("-p", String(address.port));
  if (address.user !== undefined) args.push("-l", address.user);
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(source.ssh || "ssh", {
      args: [...args, "--", address.host],
      stdin: "null",
      ...(source.env === undefined ? {} : { env: programEnv(source.env), clearEnv: true }),
      signal: AbortSignal.timeout(15_000), // `Match exec` may hang
    }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
  const text = new TextDecoder();
  if (!output.success) {
    const found = text.decode(output.stderr).trim().split("\n").slice(-3).join("; ");
    throw connectError("config", address.host, `ssh -G: ${found}`, "mend ~/.ssh/config at the line it names");
  }
  const raw = new Map<string, string[]>();
  for (const line of text.decode(output.stdout).split("\n")) {
    const space = line.indexOf(" ");
    if (space < 0) continue;
    const key = line.slice(0, space).toLowerCase();
    raw.set(key, [...raw.get(key) ?? [], line.slice(space + 1)]);
  }
  return raw;
}

/** What `Match exec` and `${NAME}` of ssh_config may see. */
function programEnv(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return {
    ...forPrograms(Object.fromEntries(Object.entries(env).filter((it): it is [string, string] => it[1] !== undefined))),
  };
}

function settingsFrom(address: SshAddress, raw: RawSettings, source: SshConfigSource): SshSettings {
  const first = (key: string): string | undefined => {
    const value = raw.get(key)?.[0];
    return value === undefined || value === "none" || value === "" ? undefined : value;
  };
  const localUser = operatorName(source.env);
  const user = address.user ?? first("user") ?? localUser;
  const port = address.port ?? Number(first("port") ?? 22);
  const hostName = (first("hostname") ?? address.host).replaceAll("%h", address.host);
  const expand = (text: string) =>
    expandTokens(text, {
      d: home(source),
      h: hostName,
      n: address.host,
      k: first("hostkeyalias") ?? address.host,
      p: String(port),
      r: user,
      u: localUser,
      i: String(Deno.uid() ?? ""),
      l: hostname(),
      L: hostname().split(".")[0] ?? "",
    }, source);
  const files = (key: string) =>
    (raw.get(key) ?? []).flatMap((line) => splitWords(line)).filter((file) => file !== "none" && file !== "/dev/null");
  const agent = raw.get("identityagent")?.[0];
  const timeout = Number(first("connecttimeout"));
  return {
    alias: address.host,
    hostName,
    user,
    port,
    identityFiles: [...new Set((raw.get("identityfile") ?? []).filter((file) => file !== "none").map(expand))],
    identitiesOnly: first("identitiesonly") === "yes",
    identityAgent: agentSocket(agent, expand, source),
    proxyJump: first("proxyjump"),
    proxyCommand: first("proxycommand"),
    knownHostsFiles: [...files("userknownhostsfile"), ...files("globalknownhostsfile")].map(expand),
    hostKeyAlias: first("hostkeyalias"),
    connectTimeout: Number.isFinite(timeout) && timeout > 0 ? timeout : undefined,
  };
}

function agentSocket(
  setting: string | undefined,
  expand: (text: string) => string,
  source: SshConfigSource,
): string | undefined {
  const env = source.env ?? Deno.env.toObject();
  if (setting === "none") return undefined;
  if (setting === undefined || setting === "SSH_AUTH_SOCK") return env.SSH_AUTH_SOCK || undefined;
  const named = /^\$([A-Za-z_]\w*)$/.exec(setting);
  return named?.[1] === undefined ? expand(setting) : env[named[1]] || undefined;
}

/** `~`, `%x` and `${NAME}` of ssh_config; `%%` is a percent sign. */
function expandTokens(text: string, tokens: Readonly<Record<string, string>>, source: SshConfigSource): string {
  const env = source.env ?? Deno.env.toObject();
  return text.replace(/^~(?=\/|$)/, home(source))
    .replace(/%(.)|\$\{(\w+)\}/g, (all, token?: string, name?: string) => {
      if (token === "%") return "%";
      if (token !== undefined) return tokens[token] ?? all;
      return env[name ?? ""] ?? all;
    });
}

/** The `%h %n %p %r %%` of a ProxyCommand. */
export function expandProxyCommand(
  command: string,
  settings: SshSettings,
  env?: Readonly<Record<string, string | undefined>>,
): string {
  const tokens: Record<string, string> = {
    h: settings.hostName,
    n: settings.alias,
    k: settings.hostKeyAlias ?? settings.alias,
    p: String(settings.port),
    r: settings.user,
    u: operatorName(env),
    l: hostname(),
    "%": "%",
  };
  return command.replace(/%(.)/g, (all, token: string) => tokens[token] ?? all);
}

/** Who runs charly. The password file is asked last: Deno guards it with more permissions than the answer is worth. */
function operatorName(env: Readonly<Record<string, string | undefined>> | undefined): string {
  const named = env?.USER ?? env?.LOGNAME;
  if (named !== undefined) return named;
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return String(Deno.uid() ?? "");
    throw error;
  }
}

function home(source: SshConfigSource): string {
  return source.env?.HOME ?? homedir();
}

/** Words of a config line, with double quotes. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}
