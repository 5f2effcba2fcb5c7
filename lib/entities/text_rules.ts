/** What a text must look like: one row per kind of text, with the words for people. */

/** One kind of text. */
export interface TextRule {
  /** Whether a text is one. */
  readonly test: (text: string) => boolean;
  /** What it is, with its article: `a CalVer`. */
  readonly what: string;
  /** What to write, with an example. */
  readonly hint: string;
}

const matches = (pattern: RegExp) => (text: string) => pattern.test(text);
const clause = "cap_[a-z0-9_]+(?:,cap_[a-z0-9_]+)*[=+-][eip]*";
const capabilities = new RegExp(`^${clause}(?:[ ,]${clause})*$`);
const placeholder = /\$\{[A-Z_][A-Z0-9_]*\}/;

/** `YYYY.DDD.HHMM`; real projects count the last part up beyond the hours of a day. */
const isCalVer = (text: string): boolean => /^\d{4}\.\d{1,3}\.\d{3,4}$/.test(text);

/** Absolute, or in the home; NUL can be in no path. */
function isTargetPath(text: string): boolean {
  return (text.startsWith("/") || text.startsWith("~/") || text.startsWith("${HOME}")) && !text.includes("\0");
}

/** Relative, and never out of its directory. */
function isInsidePath(text: string): boolean {
  return text !== "" && !text.startsWith("/") && !text.startsWith("~") && !text.includes("\0") &&
    !text.split("/").includes("..");
}

const isWord = (text: string): boolean => text !== "" && !/[\s\0]/u.test(text) && !text.startsWith("-");

/** Every kind of text the schemas know. */
export const textRules = {
  filled: { test: (text) => text.trim() !== "", what: "a text", hint: "write at least one word" },
  calver: { test: isCalVer, what: "a CalVer", hint: 'write `YYYY.DDD.HHMM`, for example "2026.300.0900"' },
  kebab: {
    test: (text) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && text.length <= 128,
    what: "a name",
    hint: 'write small letters, digits and single dashes, at most 128, for example "my-tool"',
  },
  candyName: {
    test: (text) => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/.test(text) && text.length <= 128,
    what: "a name",
    hint: 'write small letters, digits and single dashes, at most 128, for example "my-tool"',
  },
  label: {
    test: (text) => /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_+:-]*$/u.test(text) && text.length <= 128,
    what: "a name",
    hint: 'write letters, digits, `_`, `-` and `:`, at most 128, for example "release"',
  },
  projectName: {
    test: (text) => /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._+-]*$/u.test(text) && text.length <= 128,
    what: "a project name",
    hint: 'write letters, digits, `.`, `_` and `-`, at most 128, for example "web-shop"',
  },
  bundleName: {
    test: (text) =>
      // in front: the prefixes of the files it was imported from
      /^([a-z0-9]+(-[a-z0-9]+)*\.)*[\p{L}\p{N}_][\p{L}\p{M}\p{N}_+-]*(\/[\p{L}\p{N}_][\p{L}\p{M}\p{N}_+-]*)?$/u.test(
        text,
      ) &&
      text.length <= 128,
    what: "a bundle name",
    hint: 'write letters, digits, `_` and `-`, with one `/` before an instance, for example "web" or "web/blue"',
  },
  keptName: {
    // deno-lint-ignore no-control-regex -- a name is shown on one line
    test: (text) => /^[^\s\x00-\x1f\x7f]+$/.test(text) && text.length <= 200,
    what: "a name",
    hint: "write a name without spaces",
  },
  envName: {
    test: matches(/^[A-Za-z_][A-Za-z0-9_]*$/),
    what: "a variable name",
    hint: 'write letters, digits and `_`, for example "EDITOR"',
  },
  varName: {
    test: matches(/^[A-Z_][A-Z0-9_]*$/),
    what: "a variable name",
    hint: 'write capital letters, digits and `_`, for example "TOOL_VERSION"',
  },
  text: { test: (text) => !text.includes("\0"), what: "a text without NUL", hint: "remove the NUL character" },
  wellFormed: {
    test: (text) => text.isWellFormed(),
    what: "a text UTF-8 can hold",
    hint: "remove the lone surrogates; bytes that are no text go into a file of the candy (`copy`)",
  },
  line: {
    test: (text) => text.trim() !== "" && !/[\n\r]/.test(text),
    what: "one line",
    hint: "write it in one line",
  },
  envSize: {
    // Linux takes no argument or variable of more than 128 KiB, so nothing could be started with it.
    test: (text) => text.length <= 43_000 || new TextEncoder().encode(text).length <= 131_000,
    what: "a value a program can be given",
    hint: "keep it below 131000 bytes; write more into a file",
  },
  packageName: {
    test: matches(/^[A-Za-z0-9@][A-Za-z0-9@._+:-]*$/),
    what: "a package name",
    hint: 'write letters, digits and `.`, `_`, `+`, `-`, for example "nodejs-lts"',
  },
  notEphemeral: {
    test: (text) => !text.includes("-eph-"),
    what: "a name of your own",
    hint: "remove `-eph-`: names that hold it belong to short-lived copies",
  },
  word: {
    test: isWord,
    what: "one word",
    hint: "write one word that does not start with a dash",
  },
  repoAddress: {
    // What an author asks a shell for has blanks in it; the plan puts the answer in.
    test: (text) => /^[^\s\0-]/.test(text) && !/[\s\0]/u.test(text.replace(/\$\([^()\n\r\0]*\)|`[^`\n\r\0]*`/g, "")),
    what: "an address of a repository",
    hint: "write one word; blanks may stand in `$(rpm -E %fedora)` and the like only",
  },
  targetPath: {
    test: isTargetPath,
    what: "a path on the target",
    hint: 'write an absolute path, or one that starts with "~/" or "${HOME}"',
  },
  probePath: {
    test: (text) => isTargetPath(text) || (text.startsWith("${") && !text.includes("\0")),
    what: "a path on the target",
    hint: 'write an absolute path, or one that starts with "~/" or a variable such as "${HOME}"',
  },
  qualified: {
    test: (text) => /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_+:.-]*$/u.test(text) && text.length <= 128,
    what: "a name",
    hint: "write letters, digits, `_` and `-`, with a namespace and `.` in front where there is one",
  },
  absolutePath: {
    test: (text) => text.startsWith("/") && !text.includes("\0"),
    what: "an absolute path",
    hint: 'write a path that starts with "/"',
  },
  snippetPath: {
    test: (text) =>
      (text.startsWith("/") || text.startsWith("~/")) && !text.split("/").includes("..") && !text.includes("\0"),
    what: "a path on the target",
    hint: 'write an absolute path, or one that starts with "~/", without ".."',
  },
  insidePath: {
    test: isInsidePath,
    what: "a relative path",
    hint: 'write a path inside the directory, without ".." and without a leading "/"',
  },
  mode: {
    test: matches(/^0[0-7]{3,4}$/),
    what: "a file mode",
    hint: 'write octal digits with a leading zero, for example "0644" or "04755"',
  },
  caps: {
    test: (text) => text === "" || capabilities.test(text),
    what: "a list of capabilities",
    hint: 'write `cap_<name>=<flags>`, comma separated, for example "cap_net_bind_service=ep"',
  },
  runAs: {
    test: (text) => /^([a-z_][a-z0-9_-]*|\d+(:\d+)?)$/.test(text) || placeholder.test(text),
    what: "a user",
    hint: 'write "root", "${USER}", a user name, a uid or "uid:gid"',
  },
  duration: {
    test: matches(/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/),
    what: "a duration",
    hint: 'write a number with its unit, for example "90s", "10m" or "1h30m"',
  },
  size: {
    test: (text) => /^\d+(\.\d+)?(KiB|MiB|GiB|TiB|K|M|G|T)$/.test(text) && Number.parseFloat(text) > 0,
    what: "a size",
    hint: 'write a number with its unit, for example "4GiB"',
  },
  memory: {
    test: matches(/^\d+(\.\d+)?[kKmMgG]?$/),
    what: "a size",
    hint: 'write a number with `k`, `m` or `g`, for example "512m"',
  },
  decimal: { test: matches(/^\d+(\.\d+)?$/), what: "a number", hint: 'write a decimal number, for example "1.5"' },
  sha256: {
    test: matches(/^[0-9a-fA-F]{64}$/),
    what: "a SHA-256",
    hint: "write 64 hex digits, as `sha256sum` prints them",
  },
  url: {
    test: (text) => (/^https?:\/\/[^\s\0]+$/.test(text)) || /^\$\{[A-Z_][A-Z0-9_]*\}[^\s\0]*$/.test(text),
    what: "an address",
    hint: 'write an `http:` or `https:` address, for example "https://example.org/tool.tar.gz"',
  },
  candyRef: {
    test: (text) => /^(@[^\s\0]+|[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*)$/.test(text),
    what: "a candy",
    hint: 'write the name of a candy, or "@host/org/repo/candy/name:version"',
  },
  distroKey: {
    test: (text) => text.split(",").every((part) => /^[a-z][a-z0-9]*([-:][a-z0-9.]+)?$/.test(part.trim())),
    what: "a distribution",
    hint: 'write "debian", "debian-13", "debian,ubuntu", or a format: "deb", "rpm", "pac"',
  },
  bareDistro: {
    test: matches(/^(?:[a-z0-9-]+\.)*[a-z][a-z0-9]*([-:][a-z0-9.]+)?$/),
    what: "a distribution",
    hint: 'write "debian", or "debian-13"',
  },
  boxBuilder: {
    test: matches(/^builder:(?:[a-z0-9-]+\.)*[a-z0-9_-]+$/),
    what: "a builder",
    hint: 'write "builder:<name>", for example "builder:debootstrap"',
  },
  includeRef: {
    test: matches(/^(candy|box|pod|vm):\S+$/),
    what: "an entity",
    hint: "write `candy:<name>`, `box:<name>`, `pod:<name>` or `vm:<name>`",
  },
  distroTag: {
    test: matches(/^[a-z][a-z0-9_-]*(:[A-Za-z0-9._-]+)?$/),
    what: "a distro tag",
    hint: 'write "debian" or "debian:13"',
  },
  unit: {
    test: (text) => text !== "" && !/[/\s\0]/u.test(text) && !text.startsWith("-") && text.length <= 255,
    what: "a unit name",
    hint: 'write the name without `/` or spaces, for example "nginx" or "nginx.service"',
  },
  account: {
    test: matches(/^[a-z_][a-z0-9_-]*\$?$/),
    what: "an account name",
    hint: 'write small letters, digits, `_` and `-`, for example "deploy"',
  },
  aliasName: {
    test: (text) => /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(text) && text.length <= 128,
    what: "a command name",
    hint: "write letters, digits, `.`, `_` and `-`, at most 128",
  },
  credential: {
    test: matches(/^charly\/[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9_-]*$/),
    what: "a key of the credential store",
    hint: 'write "charly/<area>/<name>"',
  },
  sysctl: {
    test: matches(/^[A-Za-z0-9_]+([./][A-Za-z0-9_*:@-]+)+$/),
    what: "a kernel parameter",
    hint: 'write it as sysctl does, for example "net.ipv4.ip_forward"',
  },
  protoPort: {
    test: (text) => {
      const port = Number(/^[a-z+-]+:(\d+)$/.exec(text)?.[1]);
      return port >= 1 && port <= 65535;
    },
    what: "a port",
    hint: 'write a number from 1 to 65535, or "<protocol>:<number>", for example "tcp:5900"',
  },
  plugin: {
    test: matches(/^[a-z]+:[a-z0-9_-]+$/),
    what: "a provider",
    hint: 'write "<class>:<word>", for example "verb:firmware"',
  },
  argName: {
    test: matches(/^[a-z][A-Za-z0-9]*$/),
    what: "an argument name",
    hint: "write letters and digits, starting with a small letter",
  },
  forward: {
    test: (text) =>
      text.split(":").length === 2 &&
      text.split(":").every((part) => /^\d+$/.test(part) && +part >= 1 && +part <= 65535),
    what: "a port forward",
    hint: 'write "<host port>:<guest port>", for example "8080:80"',
  },
  platform: { test: matches(/^[a-z0-9]+(\/[a-z0-9]+){1,2}$/), what: "a platform", hint: 'write "linux/amd64"' },
  mac: { test: matches(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i), what: "a MAC address", hint: 'write "52:54:00:12:34:56"' },
} as const satisfies Record<string, TextRule>;

/** Name of a kind of text. */
export type TextRuleName = keyof typeof textRules;
