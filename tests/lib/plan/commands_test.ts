import assert from "node:assert/strict";
import { commandsOf } from "../../../lib/plan/commands.ts";
import type { Act } from "../../../lib/steps/act.ts";
import { bytesContent, textContent } from "../../../lib/steps/content.ts";

const base = { step: 1, candy: "it", summary: "", reversibility: "exact", resource: "" } as const;
const user = { ...base, level: "user" } as const;
const root = { ...base, level: "root" } as const;
const command = { type: "command", shell: "bash", text: "thing\n", env: {}, path: [], secrets: [] } as const;
const download = {
  type: "download",
  url: "https://example.com/x?a=1&b=2",
  to: "/opt/x",
  extract: "tar.gz",
  strip: 1,
  include: ["bin"],
  mode: "0755",
  env: {},
  uninstall: [],
} as const;

const cases: readonly (readonly [name: string, act: Act, text: string])[] = [
  [
    "a file with its text",
    { ...root, type: "file", path: "/etc/motd", content: textContent("it's\n"), mode: "0644", owner: "root:adm" },
    "install -D -m 0644 -o root -g adm /dev/stdin /etc/motd <<'CHARLY_WRITE'\nit's\nCHARLY_WRITE\n",
  ],
  [
    "a file whose text holds the tag and ends in no newline",
    { ...user, type: "file", path: "/a b", content: textContent("x\nCHARLY_WRITE"), mode: "0600" },
    "install -D -m 0600 /dev/stdin '/a b' <<'CHARLY_WRITE_2' # without the last newline\nx\nCHARLY_WRITE\nCHARLY_WRITE_2\n",
  ],
  [
    "a binary file by its size",
    { ...user, type: "file", path: "/b", content: bytesContent(new Uint8Array([0, 255])), mode: "0755" },
    "install -D -m 0755 /dev/stdin /b # 2 bytes, sha256 06eb7d6a69ee\n",
  ],
  [
    "a sensitive file as ***",
    { ...user, type: "file", path: "/s", content: { ...textContent("pin"), sensitive: true }, mode: "0600" },
    "install -D -m 0600 /dev/stdin /s # ***\n",
  ],
  [
    "a unit file with its reload",
    { ...root, type: "file", path: "/u", content: textContent("u\n"), mode: "0644", reload: "system" },
    "install -D -m 0644 /dev/stdin /u <<'CHARLY_WRITE'\nu\nCHARLY_WRITE\nsystemctl daemon-reload\n",
  ],
  ["a directory", { ...user, type: "dir", path: "/a$b", mode: "0755" }, "install -d -m 0755 '/a$b'\n"],
  ["a link", { ...user, type: "link", path: "/l", target: "-rf" }, "ln -sfn -rf /l\n"],
  [
    "a command with environment, PATH and a masked secret",
    { ...user, ...command, env: { A: "1 2" }, path: ["/x y"], secrets: ["TOKEN"], unless: "thing --ok" },
    "if (\nthing --ok\n) >/dev/null 2>&1; then exit 0; fi\n" +
    "bash <<'CHARLY_COMMAND'\nexport A='1 2'\nexport PATH='/x y':\"$PATH\"\nexport TOKEN=***\nthing\nCHARLY_COMMAND\n",
  ],
  [
    "packages of apt",
    {
      ...root,
      type: "packages",
      format: "deb",
      names: ["git", "c++"],
      options: ["-t", "b"],
      exclude: [],
      refresh: true,
      replaces: [],
    },
    "apt-get update\nDEBIAN_FRONTEND=noninteractive apt-get install -y --no-remove -t b git c++\n",
  ],
  [
    "packages of dnf",
    {
      ...root,
      type: "packages",
      format: "rpm",
      names: ["git"],
      options: [],
      exclude: ["vi"],
      refresh: true,
      replaces: [],
    },
    "dnf install -y --exclude=vi git\n",
  ],
  [
    "packages of pacman",
    {
      ...root,
      type: "packages",
      format: "pac",
      names: ["git"],
      options: [],
      exclude: [],
      refresh: true,
      replaces: ["g"],
    },
    "pacman -Rdd --noconfirm g\npacman -Sy --noconfirm --needed git\n",
  ],
  [
    "a user's unit",
    { ...user, type: "unit", unit: "bar.service", manager: "user", enable: true, custom: true },
    "systemctl --user enable --now bar.service\n",
  ],
  ["capabilities", { ...root, type: "cap", path: "/p", caps: "cap_net_raw=ep" }, "setcap 'cap_net_raw=ep' /p\n"],
  ["no capabilities", { ...root, type: "cap", path: "/p", caps: "" }, "setcap -r /p\n"],
  [
    "an archive",
    { ...user, ...download, sha256: "ab" },
    "file=$(mktemp)\ncurl -fL --retry 3 -o \"$file\" -- 'https://example.com/x?a=1&b=2'\n" +
    'echo \'ab  \'"$file" | sha256sum -c\nmkdir -p /opt/x\ntar -x -z -f "$file" -C /opt/x --strip-components=1 bin\n',
  ],
  ["a kernel parameter", { ...root, type: "sysctl", key: "a.b", value: "1 2" }, "sysctl -w 'a.b=1 2'\n"],
  [
    "an account",
    { ...root, type: "account", account: "user", name: "deploy", uid: 990, groups: ["dev", "adm"] },
    "useradd -m -u 990 -G dev,adm deploy\n",
  ],
  ["a reboot", { ...root, type: "reboot" }, "systemctl reboot\n"],
];

for (const [name, act, text] of cases) {
  Deno.test(`commandsOf() shows ${name}`, () => assert.equal(commandsOf(act), text));
}
