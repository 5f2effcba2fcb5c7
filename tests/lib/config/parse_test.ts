import assert from "node:assert/strict";
import { formatIssues, parseConfig } from "../../../lib/config/parse.ts";
import design from "../../fixtures/config/design_example.ts";

const about = { version: "2026.300.0900", description: "for the test" };

/** Everything that is wrong, as people see it. */
function problems(data: unknown): string {
  const parsed = parseConfig(data);
  return "issues" in parsed ? formatIssues(parsed.issues) : "";
}

/** The same for one candy. */
const candyProblems = (fields: object) => problems({ candies: { motd: { ...about, ...fields } } });

/** What is wrong with a bundle's target. */
const targetProblems = (on: unknown) => problems({ bundles: { web: { on } } });

function config(data: unknown) {
  const parsed = parseConfig(data);
  if ("issues" in parsed) throw new Error(formatIssues(parsed.issues));
  return parsed.config;
}

Deno.test("parseConfig() reads the example of the design", () => {
  const { candies, bundles, tasks, vms } = config(design);
  assert.deepEqual(Object.keys(candies), ["ripgrep", "motd"]);
  assert.deepEqual(candies["motd"]?.plan?.[0], { mkdir: "~/bin", mode: "0755" });
  assert.deepEqual(bundles["web"]?.on, { target: "ssh", host: ["deploy@web1"] });
  assert.deepEqual(tasks["release"], { needs: ["test"], permissions: { run: ["git"] }, run: "function" });
  assert.equal(vms["arch"]?.ram, "8GiB");
});

Deno.test("parseConfig() gives every table when there is nothing", () => {
  assert.deepEqual(Object.keys(config({})), [
    ...["candies", "locals", "bundles", "vms", "boxes", "tasks", "pods", "k8s", "androids", "groups", "agents"],
    ...["distros", "builders", "inits", "resources", "sidecars", "others", "defaults"],
  ]);
});

Deno.test("parseConfig() finds nothing under names every object has", () => {
  assert.equal(config({}).bundles["constructor"], undefined);
  assert.equal(
    problems({ bundles: { web: { on: { target: "local" }, candy: ["constructor"] } } }),
    'bundles/web/candy/0: unknown candy "constructor"\n  hint: declare a candy of that name',
  );
  const { candies } = config({ candies: { constructor: about, "to-string": { ...about, require: ["constructor"] } } });
  assert.deepEqual(Object.keys(candies), ["constructor", "to-string"]);
});

Deno.test("parseConfig() refuses __proto__ as a name, wherever it stands", () => {
  const data = JSON.parse(
    '{"candies":{"__proto__":{}},"bundles":{"web":{"on":{"target":"local"},"env":{"__proto__":"x"}}}}',
  );
  assert.equal(
    problems(data),
    'candies: the key "__proto__" cannot be used\n  hint: choose another name\n' +
      'bundles/web/env: the key "__proto__" cannot be used\n  hint: choose another name',
  );
});

Deno.test("parseConfig() reports every problem at once, each at its place", () => {
  const found = problems({
    candies: {
      motd: { version: "1", description: "x", depends: ["git"], plan: [{ mkdir: "bin" }, { mkdir: "/${FOO}" }] },
      git: { ...about, require: ["moth"] },
    },
    bundles: { web: { on: { target: "vm", vm: "arch" } } },
  });
  assert.equal(
    found,
    [
      'candies/motd/version: "1" is not a CalVer',
      '  hint: write `YYYY.DDD.HHMM`, for example "2026.300.0900"',
      'candies/motd/plan/0/mkdir: "bin" is not a path on the target',
      '  hint: write an absolute path, or one that starts with "~/" or "${HOME}"',
      'candies/motd/depends: unknown field "depends"',
      "  hint: it is written `require` now; rename it, or run `charly migrate`",
      "candies/motd/plan/1/mkdir: ${FOO} is no variable of the candy",
      "  hint: there are: USER, UID, GID, HOME, ARCH, BUILD_ARCH",
      'candies/git/require/0: unknown candy "moth"',
      '  hint: did you mean "motd"?',
      'bundles/web/on/vm: unknown VM "arch"',
      "  hint: declare a VM of that name",
    ].join("\n"),
  );
});

for (
  const [old, now] of [
    ["packages", "it is written `package` now; rename it, or run `charly migrate`"],
    ["layers", "it is written `candy` now; rename it, or run `charly migrate`"],
    ["rpm", "it is written `distro` now; rename it, or run `charly migrate`"],
    ["deb", "it is written `distro` now; rename it, or run `charly migrate`"],
    ["path_append", "it is written `pathAppend` now; rename it, or run `charly migrate`"],
    ["env_requires", "it is written `envRequire` now; rename it, or run `charly migrate`"],
    ["directory", "this old field is gone; remove it, or run `charly migrate`"],
    ["info", "this old field is gone; remove it, or run `charly migrate`"],
    ["descripton", 'did you mean "description"?'],
  ] as const
) {
  Deno.test(`parseConfig() explains the field ${old}`, () => {
    assert.equal(candyProblems({ [old]: {} }), `candies/motd/${old}: unknown field "${old}"\n  hint: ${now}`);
  });
}

for (
  const [what, fields, found] of [
    ["PATH in env", { env: { PATH: "/bin" } }, 'env/PATH: "PATH" cannot be set in `env`'],
    ["a reserved variable", { var: { HOME: "/x" } }, 'var/HOME: variable "HOME" is set by charly'],
    ["a variable that is in env too", { var: { A: "1" }, env: { A: "2" } }, 'var/A: variable "A" is also in `env`'],
    ["a small variable", { var: { a: "1" } }, 'var/a: "a" is not a variable name'],
    ["a candy that needs itself", { require: ["motd"] }, 'require/0: candy "motd" refers to itself'],
    ["two verbs", { plan: [{ mkdir: "/a", setcap: "/b", caps: "" }] }, "plan/0: has 2 verbs: mkdir, setcap"],
    ["no verb", { plan: [{ mode: "0644" }] }, "plan/0: has no verb"],
    ["a mistyped verb", { plan: [{ mkdri: "/a" }] }, 'plan/0: has no verb, found "mkdri"'],
    ["an old step", { plan: [{ run: "make it", plugin: "command" }] }, "plan/0: has no verb"],
    ["a bad mode", { plan: [{ mkdir: "/a", mode: "755" }] }, 'plan/0/mode: "755" is not a file mode'],
    ["a numeric mode", { plan: [{ mkdir: "/a", mode: 755 }] }, "plan/0/mode: expected a text, found 755"],
    [
      "bad capabilities",
      { plan: [{ setcap: "/a", caps: "net=ep" }] },
      'plan/0/caps: "net=ep" is not a list of capabilities',
    ],
    ["a way out of the candy", { plan: [{ copy: "../x", to: "/x" }] }, 'plan/0/copy: "../x" is not a relative path'],
    ["a NUL in a path", { plan: [{ mkdir: "/a\0b" }] }, 'plan/0/mkdir: "/a\\u0000b" is not a path on the target'],
    ["a download that goes nowhere", { plan: [{ download: "https://x/y.zip" }] }, "plan/0: `download` needs `to`"],
    [
      "once and always",
      { plan: [{ command: "x", once: true, always: true }] },
      "plan/0: `once` and `always` exclude each other",
    ],
    [
      "two entries of one id",
      { plan: [{ id: "a", mkdir: "/a" }, { id: "a", mkdir: "/b" }] },
      'plan/1: entry "a" is also at candies/motd/plan/0',
    ],
    ["an unknown secret", { plan: [{ command: "x", secret: ["TOKEN"] }] }, 'plan/0/secret/0: unknown secret "TOKEN"'],
    [
      "a probe outside of probe",
      { plan: [{ check: "x", file: "/x", probe: { file: "/x" } }] },
      'plan/0/file: unknown field "file"',
    ],
    [
      "two volumes of one name",
      { volume: [{ name: "v", path: "/a" }, { name: "v", path: "/b" }] },
      'volume/1: volume "v" is also at candies/motd/volume/0',
    ],
    [
      "two secrets of one name",
      { secret: [{ name: "s" }, { name: "s" }] },
      'secret/1: secret "s" is also at candies/motd/secret/0',
    ],
    [
      "two services of one kind",
      { service: [{ name: "s", exec: "a" }, { name: "s", exec: "b" }] },
      'service/1: service "s (custom)" is also at candies/motd/service/0',
    ],
    [
      "a service of both kinds",
      { service: [{ name: "s", exec: "a", usePackaged: "b" }] },
      "service/0: `usePackaged` and `exec` exclude each other",
    ],
    ["a service of no kind", { service: [{ name: "s" }] }, "service/0: `service` needs `usePackaged` or `exec`"],
    [
      "a unit with a slash",
      { service: [{ name: "s", usePackaged: "a/b" }] },
      'service/0/usePackaged: "a/b" is not a unit name',
    ],
    ["a variable needed twice", {
      envRequire: [{ name: "A", description: "x" }],
      secretAccept: [{ name: "A", description: "x" }],
    }, 'secretAccept/0/name: variable "A" is also at candies/motd/envRequire/0'],
    ["localpkg as text", { localpkg: "pkg" }, 'localpkg: expected an object, found "pkg"'],
    ["an apk of both sources", { apk: [{ package: "a", apk: "b" }] }, "apk/0: has 2 sources: package, apk"],
    ["a relayed port that is not there", { port: [80], portRelay: [81] }, "portRelay/0: `portRelay` needs port 81"],
    ["a port out of range", { port: [70000] }, "port/0: found 70000"],
    [
      "a second word behind the address of a package",
      { distro: { fedora: { repo: [{ name: "x", rpm: "https://x/$(rpm -E %fedora).rpm --nogpgcheck" }] } } },
      'distro/fedora/repo/0/rpm: "https://x/$(rpm -E %fedora).rpm --nogpgcheck" is not an address of a repository',
    ],
    ["a distro nobody has", { distro: { "Debian 13": {} } }, 'distro/Debian 13: "Debian 13" is not a distribution'],
  ] as const
) {
  Deno.test(`parseConfig() refuses ${what} in a candy`, () => {
    assert.equal(candyProblems(fields).split("\n")[0], `candies/motd/${found}`);
    assert.equal(candyProblems(fields).split("\n").length, 2, candyProblems(fields));
  });
}

Deno.test("parseConfig() takes capabilities in every spelling of setcap", () => {
  for (const caps of ["", "cap_net_raw=ep", "cap_net_raw,cap_net_admin+eip", "cap_net_raw=ep,cap_sys_nice=ep"]) {
    assert.equal(candyProblems({ plan: [{ setcap: "/usr/bin/x", caps }] }), "");
  }
});

Deno.test("parseConfig() takes one packaged and one custom service of a name", () => {
  const service = [{ name: "web", usePackaged: "nginx", distro: ["debian:13"] }, { name: "web", exec: "nginx -g x" }];
  assert.equal(candyProblems({ service }), "");
});

Deno.test("parseConfig() lets commands and contents hold any variable, and paths those of the candy", () => {
  const plan = [
    { command: "echo ${ANYTHING}" },
    { write: "/opt/${TOOL}/conf", content: "${NOBODY} \0" },
    { copy: "./x", to: "${HOME}/x-${BUILD_ARCH}" },
  ];
  assert.equal(candyProblems({ var: { TOOL: "x" }, plan }), "");
});

for (
  const [on, found] of [
    [{ target: "ssh", host: ["a@b"], user: "c" }, 'host/0: host "a@b" and `user: "c"` both name a user'],
    [{ target: "ssh", host: [] }, "host: no host is given"],
    [{ target: "ssh", host: ["b:99999"] }, 'host/0: read SSH host "b:99999": found port 99999'],
    [{ target: "ssh", host: ["b", "b"] }, 'host/1: host "b" is also at bundles/web/on/host/0'],
    [{ target: "ssh", host: ["b"], sshArg: ["-4"] }, 'sshArg: `sshArg` needs `transport: "openssh"`'],
    [{ target: "local", user: "x" }, 'user: unknown field "user"'],
    [{ target: "sssh" }, 'target: found "sssh"'],
    [{ target: "nested", outer: { target: "vm", vm: "x" }, via: "ssh", name: "x" }, 'outer/target: found "vm"'],
    [
      { target: "nested", outer: { target: "local" }, via: "ssh", name: "a@b", user: "c" },
      'name: host "a@b" and `user: "c"` both name a user',
    ],
  ] as const
) {
  Deno.test(`parseConfig() refuses the target ${JSON.stringify(on)}`, () => {
    assert.equal(targetProblems(on).split("\n")[0], `bundles/web/on/${found}`);
  });
}

Deno.test("parseConfig() takes addresses of both families", () => {
  assert.equal(targetProblems({ target: "ssh", host: ["deploy@[2001:db8::1]:2222", "10.0.0.1:22", "alias"] }), "");
});

for (
  const [what, vm, found] of [
    [
      "autostart with qemu",
      { autostart: true, backend: "qemu" },
      'autostart: `autostart` needs backend "libvirt" or "auto"',
    ],
    [
      "secure boot on i440fx",
      { firmware: "uefi-secure", machine: "i440fx" },
      "machine: `machine` and `firmware` exclude each other",
    ],
    [
      "secure boot without SMM",
      { firmware: "uefi-secure", libvirt: { features: { smm: false } } },
      "libvirt/features/smm: `smm` and `firmware` exclude each other",
    ],
    [
      "a port and an automatic one",
      { ssh: { port: 22, portAuto: true } },
      "ssh/portAuto: `port` and `portAuto` exclude each other",
    ],
    ["a bridge nobody names", { network: { mode: "bridge" } }, "network: `mode` needs `bridge`"],
    ["a negative size", { ram: "-4GiB" }, 'ram: "-4GiB" is not a size'],
    ["a size of nothing", { diskSize: "0GiB" }, 'diskSize: "0GiB" is not a size'],
    ["half a processor", { cpu: 0.5 }, "cpu: found 0.5"],
    ["an unknown source", { source: { kind: "clon" } }, 'source/kind: found "clon"'],
    [
      "an unknown original",
      { source: { kind: "clone", fromVm: "x", fromSnapshot: "s" } },
      'source/fromVm: unknown VM "x"',
    ],
  ] as const
) {
  Deno.test(`parseConfig() refuses ${what} in a machine`, () => {
    assert.equal(problems({ vms: { dev: vm } }).split("\n")[0], `vms/dev/${found}`);
  });
}

Deno.test("parseConfig() names a cycle of candies with arrows", () => {
  const candies = {
    a: { ...about, require: ["b"] },
    b: { ...about, candy: ["c"] },
    c: { ...about, bakePlugin: ["a"] },
  };
  assert.equal(
    problems({ candies }),
    "candies/c/bakePlugin/0: candies refer to each other: a → b → c → a\n  hint: remove one of these references",
  );
});

Deno.test("parseConfig() names a cycle of tasks, and a task that needs itself", () => {
  assert.equal(
    problems({ tasks: { a: { needs: ["b"] }, b: { needs: ["a"] }, c: { needs: ["c"] } } }),
    'tasks/c/needs/0: task "c" refers to itself\n  hint: remove the reference\n' +
      "tasks/b/needs/0: tasks refer to each other: a → b → a\n  hint: remove one of these references",
  );
});

Deno.test("parseConfig() checks the arguments of tasks", () => {
  const args = { n: { type: "number", default: "x" }, m: { default: "x", required: true }, "no-good": {} };
  assert.equal(
    problems({ tasks: { a: { args: { n: args.n, m: args.m } } } }),
    'tasks/a/args/n/default: expected a number, found "x"\n  hint: write a number\n' +
      "tasks/a/args/m: `default` and `required` exclude each other\n  hint: what has a default need not be given",
  );
  assert.match(
    problems({ tasks: { a: { args: { "no-good": {} } } } }),
    /^tasks\/a\/args\/no-good: "no-good" is not an argument/,
  );
});

Deno.test("parseConfig() tells apart an unknown and a misspelt default bundle", () => {
  const bundles = { web: { on: { target: "local" } } };
  assert.equal(
    problems({ bundles, defaults: { bundle: "wen" } }),
    'defaults/bundle: unknown bundle "wen"\n  hint: did you mean "web"?',
  );
  assert.equal(
    problems({ bundles, defaults: { bundle: "laptop" } }),
    'defaults/bundle: unknown bundle "laptop"\n  hint: declared bundles: web',
  );
});

Deno.test("parseConfig() refuses waiting times that do not fit into each other", () => {
  assert.equal(
    problems({ defaults: { readiness: { absoluteCap: "1m", noProgress: "2m", stopGrace: "30s" } } }),
    "defaults/readiness/noProgress: `noProgress` is longer than `absoluteCap`\n" +
      "  hint: make `absoluteCap` at least as long as `noProgress`",
  );
});

Deno.test("parseConfig() merges what a configuration takes in", () => {
  const git = { candies: { git: about }, bundles: { lab: { on: { target: "local" } } }, defaults: { bundle: "lab" } };
  const { candies, bundles, defaults } = config({
    extend: [git, { extend: [git], candies: { gh: { ...about, require: ["git"] } } }],
    candies: { motd: { ...about, require: ["gh"] } },
  });
  assert.deepEqual(Object.keys(candies), ["motd", "git", "gh"]);
  assert.deepEqual(Object.keys(bundles), ["lab"]);
  assert.deepEqual(defaults, { bundle: "lab" });
});

Deno.test("parseConfig() reports both places of a name declared twice", () => {
  const data = { extend: [{ candies: { git: { ...about, reboot: true } } }], candies: { git: about } };
  assert.equal(
    problems(data),
    'extend/0/candies/git: candy "git" is also at candies/git\n  hint: rename or remove one of the two',
  );
});

Deno.test("parseConfig() reports two default bundles it takes in, unless it names one itself", () => {
  const bundles = { a: { on: { target: "local" } }, b: { on: { target: "local" } } };
  const extend = [{ bundles, defaults: { bundle: "a" } }, { defaults: { bundle: "b" } }];
  assert.equal(
    problems({ extend }).split("\n")[0],
    "extend/1/defaults/bundle: two configurations name different default bundles",
  );
  assert.deepEqual(config({ extend, defaults: { bundle: "b" } }).defaults, { bundle: "b" });
});

Deno.test("parseConfig() says that a YAML file cannot be taken in yet", () => {
  assert.equal(
    problems({ extend: [{ yaml: "./charly.yml" }] }).split("\n")[0],
    'extend/0: cannot take in "./charly.yml": this version of charly does not read YAML',
  );
});

Deno.test("parseConfig() reports names that only differ in their code points", () => {
  const on = { target: "local" };
  assert.equal(
    problems({ bundles: { "caf\u00e9": { on }, "cafe\u0301": { on } } }).split("\n")[0],
    'bundles/cafe\u0301: bundle "cafe\u0301" looks the same as another bundle written with other code points',
  );
});

Deno.test("parseConfig() takes functions of tasks and refuses them elsewhere", () => {
  assert.deepEqual(config({ tasks: { a: { run: () => {} } } }).tasks["a"], { run: "function" });
  assert.equal(
    problems({ project: () => {}, defaults: new Map() }).split("\n")[0],
    "project: found a function, which is not data",
  );
});

Deno.test("parseConfig() refuses data that contains itself or never ends", () => {
  const ring: Record<string, unknown> = {};
  ring["extend"] = [ring];
  assert.equal(problems(ring).split("\n")[0], "extend/0: found an object that contains itself, which is not data");
  let deep: unknown = {};
  for (let level = 0; level < 5000; level++) deep = { extend: [deep] };
  assert.match(problems(deep), /is nested deeper than 100 levels/);
});

Deno.test("formatIssues() keeps a place on one line when a name holds line breaks", () => {
  const lines = problems({ bundles: { "a\nb": { on: { target: "local" } } } }).split("\n");
  assert.equal(lines[0], 'bundles/"a\\nb": "a\\nb" is not a bundle name');
  assert.equal(lines.length, 2);
});
