/** Services as supervisor INI text, and `system_services`, become a list of services. */
import type { Entry, Mapping, Place, Tree } from "../../tree.ts";
import { textAt } from "../../tree.ts";
import { withEntries } from "../edit.ts";
import { mapLayers } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

export const serviceIni: LegacyRule = {
  schema: "2026.112.0523",
  name: "service-ini",
  about: "`service: |` of INI text and `system_services` become entries of `service`",
  apply: (files, log) =>
    mapLayers(files, (layer) => {
      const found = layer.entries.filter(({ key }) => ["service", "services", "system_services"].includes(key));
      const ini = found.find(({ key, value }) => key === "service" && value.is === "scalar" && value.value !== null);
      const units = found.find(({ key }) => key === "system_services");
      if (ini === undefined && units === undefined) return layer;
      const listed = found.find(({ key, value }) => key !== "system_services" && value.is === "list");
      const items: Tree[] = [...(listed?.value.is === "list" ? listed.value.items : [])];
      if (ini?.value.is === "scalar") {
        items.push(...programsOf(ini.value.text, ini.value.at));
        log.change(ini.keyAt, "the INI text of `service` is a list now");
      }
      if (units?.value.is === "list") {
        for (const unit of units.value.items) if (unit.is === "scalar") items.push(packaged(unit.text, unit.at));
        log.change(units.keyAt, "`system_services` are packaged units of `service` now");
      }
      const first = ini ?? listed ?? units!;
      const service: Entry = { key: "service", keyAt: first.keyAt, value: { is: "list", items, at: first.value.at } };
      return withEntries(
        layer,
        layer.entries.flatMap((entry) => entry === first ? [service] : found.includes(entry) ? [] : [entry]),
      );
    }),
};

/** Options of a program and what they are called now. */
const renamed: Readonly<Record<string, string>> = {
  command: "exec",
  user: "user",
  directory: "working_directory",
  priority: "priority",
};

function programsOf(text: string, at: Place): Mapping[] {
  const programs: Mapping[] = [];
  for (const section of text.split(/^\s*\[/m).slice(1)) {
    const name = /^program:([^\]]+)\]/.exec(section)?.[1]?.trim();
    if (name === undefined) continue;
    const fields: Entry[] = [field("name", name, at)];
    // a value goes on as long as its lines are indented
    for (const [, option = "", value = ""] of section.matchAll(/^([a-z_]+)\s*=\s*(.*(?:\n[ \t]+.*)*)$/gm)) {
      const now = renamed[option];
      const plain = value.replaceAll(/\n\s+/g, " ").trim();
      if (now !== undefined) fields.push(now === "priority" ? numeric(now, plain, at) : field(now, plain, at));
      if (option === "autorestart") fields.push(field("restart", restartOf(plain), at));
      if (option === "environment") fields.push({ key: "env", keyAt: at, value: environment(plain, at) });
    }
    fields.push(truth("enable", at), field("scope", "system", at));
    programs.push({ is: "map", entries: fields, at });
  }
  return programs;
}

function restartOf(value: string): string {
  return value === "false" ? "no" : value === "unexpected" ? "on-failure" : "always";
}

/** `A="1",B="2"`. */
function environment(text: string, at: Place): Mapping {
  const pairs = [...text.matchAll(/([A-Za-z_][A-Za-z0-9_]*)=("(?:[^"]*)"|'(?:[^']*)'|[^,]*)/g)];
  return {
    is: "map",
    at,
    entries: pairs.map(([, key = "", value = ""]) => field(key, value.replace(/^(["'])(.*)\1$/s, "$2"), at)),
  };
}

function packaged(unit: string, at: Place): Mapping {
  const whole = /\.[a-z]+$/.test(unit) ? unit : `${unit}.service`;
  const name = unit.replace(/\.service$/, "");
  return {
    is: "map",
    at,
    entries: [
      field("name", name, at),
      field("use_packaged", whole, at),
      truth("enable", at),
      field("scope", "system", at),
    ],
  };
}

const field = (key: string, value: string, at: Place): Entry => ({ key, keyAt: at, value: textAt(value, at) });
const truth = (key: string, at: Place): Entry => ({
  key,
  keyAt: at,
  value: { is: "scalar", value: true, text: "true", quoted: false, at },
});
const numeric = (key: string, value: string, at: Place): Entry => ({
  key,
  keyAt: at,
  value: { is: "scalar", value: Number(value), text: value, quoted: false, at },
});
