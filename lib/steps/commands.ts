/** Acts as the shell text a person would type for them: what `plan --commands` prints. Nothing here is ever run. */
import { assertNever } from "../base/brand.ts";
import { quoteWord, quoteWords } from "../command/quote.ts";
import type { Act, BlockAct, CommandAct, Content, DownloadAct, FileAct, PackagesAct } from "./act.ts";

/** Longer or binary contents are named by size and digest. */
const shownBytes = 16 * 1024;

/** Shell text of one act, ending in a newline. Secrets show as `***`. */
export function commandsOf(act: Act): string {
  const guard = [
    ...(act.needsTool === undefined ? [] : [`command -v ${quoteWord(act.needsTool)} >/dev/null || exit 0`]),
    ...(act.creates === undefined ? [] : [`test ! -e ${quoteWord(act.creates)} || exit 0`]),
    ...(act.unless === undefined ? [] : [`if (\n${act.unless}\n) >/dev/null 2>&1; then exit 0; fi`]),
  ];
  const text = bodyOf(act);
  return [...guard, text.replace(/\n$/, "")].join("\n") + "\n";
}

function bodyOf(act: Act): string {
  switch (act.type) {
    case "file":
      return fileText(act);
    case "dir":
      return `install -d -m ${act.mode}${owner(act.owner)} ${quoteWord(act.path)}`;
    case "link":
      return `ln -sfn ${quoteWords([act.target, act.path])}`;
    case "block":
      return blockText(act);
    case "command":
      return commandText(act);
    case "packages":
      return packagesText(act);
    case "unit": {
      const manager = act.manager === "user" ? "systemctl --user" : "systemctl";
      return act.enable ? `${manager} enable --now ${quoteWord(act.unit)}` : `# leave ${act.unit} as it is`;
    }
    case "cap":
      return act.caps === "" ? `setcap -r ${quoteWord(act.path)}` : `setcap ${quoteWords([act.caps, act.path])}`;
    case "download":
      return downloadText(act);
    case "sysctl":
      return `sysctl -w ${quoteWord(`${act.key}=${act.value}`)}`;
    case "account":
      return act.account === "group" ? quoteWords(["groupadd", ...option("-g", act.gid), act.name]) : quoteWords([
        "useradd",
        "-m",
        ...option("-u", act.uid),
        ...option("-g", act.gid),
        ...option("-d", act.home),
        ...option("-s", act.loginShell),
        ...option("-G", act.groups?.join(",")),
        act.name,
      ]);
    case "reboot":
      return "systemctl reboot";
    default:
      return assertNever(act);
  }
}

function option(flag: string, value: string | number | undefined): string[] {
  return value === undefined || value === "" ? [] : [flag, String(value)];
}

function owner(text: string | undefined): string {
  if (text === undefined) return "";
  const [user = "", group] = text.split(":");
  return ` -o ${quoteWord(user)}${group === undefined ? "" : ` -g ${quoteWord(group)}`}`;
}

function fileText(act: FileAct): string {
  const install = `install -D -m ${act.mode}${owner(act.owner)}`;
  const text = shownText(act.content);
  const reload = act.reload === undefined ? "" : `\nsystemctl ${act.reload === "user" ? "--user " : ""}daemon-reload`;
  if (text === undefined) {
    const from = act.content.from.kind === "file" ? quoteWord(act.content.from.path) : "/dev/stdin";
    return `${install} ${from} ${quoteWord(act.path)} # ${describe(act.content)}${reload}`;
  }
  return `${install} /dev/stdin ${quoteWord(act.path)} ${hereDocument(text)}${reload}`;
}

function describe(content: Content): string {
  return content.sensitive === true ? "***" : `${content.size} bytes, sha256 ${content.sha256.slice(0, 12)}`;
}

/** The text of a content that people can read, or nothing. */
function shownText(content: Content): string | undefined {
  if (content.sensitive === true || content.from.kind !== "bytes" || content.size > shownBytes) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content.from.bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/** A quoted here-document; its tag stands in no line of the text. A text without final newline says so. */
function hereDocument(text: string, tag = "CHARLY_WRITE"): string {
  const lines = text.split("\n");
  let word = tag;
  for (let n = 2; lines.includes(word); n++) word = `${tag}_${n}`;
  const open = text === "" || text.endsWith("\n");
  return `<<'${word}'${open ? "" : " # without the last newline"}\n${text}${open ? "" : "\n"}${word}`;
}

function blockText(act: BlockAct): string {
  return `# in ${quoteWord(act.path)}, in place or appended:\n${act.begin}\n${act.body}\n${act.end}`;
}

function commandText(act: CommandAct): string {
  const environment = Object.keys(act.env).sort().map((name) => `export ${name}=${quoteWord(act.env[name] ?? "")}`);
  return [
    `${act.shell} <<'${tagFor(act.text)}'`,
    ...environment,
    ...(act.path.length === 0 ? [] : [`export PATH=${act.path.map(quoteWord).join(":")}:"$PATH"`]),
    ...act.secrets.map((name) => `export ${name}=***`),
    ...(act.ctx ?? []).map(({ name }) => `# /ctx/${name} comes with it`),
    act.text.replace(/\n$/, ""),
    tagFor(act.text),
  ].join("\n");
}

function tagFor(text: string): string {
  let tag = "CHARLY_COMMAND";
  for (let n = 2; text.split("\n").includes(tag); n++) tag = `CHARLY_COMMAND_${n}`;
  return tag;
}

function packagesText(act: PackagesAct): string {
  const names = quoteWords(act.names);
  const options = act.options.length === 0 ? "" : ` ${act.options.join(" ")}`;
  const exclude = act.exclude.map((name) => ` --exclude=${quoteWord(name)}`).join("");
  switch (act.format) {
    case "deb":
      return `${
        act.refresh ? "apt-get update\n" : ""
      }DEBIAN_FRONTEND=noninteractive apt-get install -y --no-remove${options} ${names}`;
    case "rpm":
      return `dnf install -y${options}${exclude} ${names}`;
    case "pac": {
      const replaces = act.replaces.length === 0 ? "" : `pacman -Rdd --noconfirm ${quoteWords(act.replaces)}\n`;
      return `${replaces}pacman -S${act.refresh ? "y" : ""} --noconfirm --needed${options} ${names}`;
    }
    default:
      return assertNever(act.format);
  }
}

function downloadText(act: DownloadAct): string {
  const fetch = (to: string) => `curl -fL --retry 3 -o ${to} -- ${quoteWord(act.url)}`;
  const check = act.sha256 === undefined ? [] : [`echo ${quoteWord(`${act.sha256}  `)}"$file" | sha256sum -c`];
  const to = quoteWord(act.to ?? "");
  const head = ["file=$(mktemp)", fetch('"$file"'), ...check];
  const include = act.include.length === 0 ? "" : ` ${quoteWords(act.include)}`;
  switch (act.extract) {
    case "none":
      return [...head, `install -D -m ${act.mode} "$file" ${to}`].join("\n");
    case "sh":
      return [
        ...head,
        ...Object.keys(act.env).sort().map((name) => `export ${name}=${quoteWord(act.env[name] ?? "")}`),
        'sh "$file"',
      ].join("\n");
    case "zip":
      return [
        ...head,
        `unzip -o "$file"${include} -d ${to}${act.strip === 0 ? "" : ` # ${act.strip} leading parts dropped`}`,
      ]
        .join("\n");
    default: {
      const strip = act.strip === 0 ? "" : ` --strip-components=${act.strip}`;
      const filter = { "tar.gz": "-z", "tar.xz": "-J", "tar.zst": "--zstd" }[act.extract];
      return [...head, `mkdir -p ${to}`, `tar -x ${filter} -f "$file" -C ${to}${strip}${include}`].join("\n");
    }
  }
}
