/** Rules between the fields of a candy. */
import type { Candy } from "../../entities/candy.ts";
import { planRules } from "./plan.ts";
import { noDuplicates, type Report } from "./report.ts";
import { reservedVariables } from "./variables.ts";

/**
 * Checks what no schema of one field can see.
 *
 * @param name the candy's name
 * @param candy its fields, without those that are wrong in themselves
 * @param path where it stands
 * @param report told each problem
 */
export function candyRules(name: string, candy: Partial<Candy>, path: readonly string[], report: Report): void {
  for (const field of ["require", "candy", "bakePlugin"] as const) {
    candy[field]?.forEach((ref, index) => {
      if (ref === name) report([field, index], { code: "self-reference", noun: "candy", name });
    });
  }
  candy.require?.forEach((ref, index) => {
    if (!candy.candy?.includes(ref)) return;
    report(["require", index], {
      code: "excludes",
      fields: ["require", "candy"],
      hint: `name "${ref}" in one of the two: what a candy is made of is there anyway`,
    });
  });
  if (candy.env !== undefined && Object.hasOwn(candy.env, "PATH")) report(["env", "PATH"], { code: "path-in-env" });
  for (const variable of Object.keys(candy.var ?? {})) {
    if (reservedVariables.includes(variable)) report(["var", variable], { code: "reserved-variable", name: variable });
    if (Object.hasOwn(candy.env ?? {}, variable)) {
      report(["var", variable], { code: "shadowed-variable", name: variable });
    }
  }
  listRules(candy, path, report);
  serviceRules(candy, path, report);
  wiringRules(candy, path, report);
  planRules(candy, path, report);
}

function listRules(candy: Partial<Candy>, path: readonly string[], report: Report): void {
  const unique = (field: keyof Candy, what: string, keys: readonly (string | undefined)[] | undefined) =>
    noDuplicates(report, path, field, what, keys);
  unique("volume", "volume", candy.volume?.map((volume) => volume.name));
  unique("alias", "alias", candy.alias?.map((alias) => alias.name));
  unique("secret", "secret", candy.secret?.map((secret) => secret.name));
  unique("artifact", "artifact", candy.artifact?.map((artifact) => artifact.name));
  unique("mcpProvide", "MCP server", candy.mcpProvide?.map((server) => server.name));
  unique("port", "port", candy.port?.map((port) => String(port).replace(/^.*:/, "")));
  unique("portRelay", "port", candy.portRelay?.map(String));
  const ports = new Set(candy.port?.map((port) => Number(String(port).replace(/^.*:/, ""))));
  candy.portRelay?.forEach((port, index) => {
    if (ports.has(port)) return;
    report(["portRelay", index], {
      code: "needs",
      field: "portRelay",
      needs: `port ${port}`,
      hint: `add ${port} to \`port\``,
    });
  });
}

function serviceRules(candy: Partial<Candy>, path: readonly string[], report: Report): void {
  // one packaged and one custom entry of a name belong together: the target decides between them
  noDuplicates(
    report,
    path,
    "service",
    "service",
    candy.service?.map((service) =>
      `${service.name} (${service.usePackaged === undefined ? "custom" : "packaged"}${tags(service)})`
    ),
  );
  candy.service?.forEach((service, index) => {
    const { usePackaged, exec, overrides, kind, event } = service;
    if (usePackaged !== undefined && exec !== undefined) {
      const hint = "write two entries of the same name: one with `usePackaged`, one with `exec`";
      report(["service", index], { code: "excludes", fields: ["usePackaged", "exec"], hint });
    }
    if (usePackaged === undefined && exec === undefined) {
      const hint = "write `usePackaged` for a unit a package brings, `exec` for one of your own";
      report(["service", index], { code: "needs", field: "service", needs: "`usePackaged` or `exec`", hint });
    }
    if (overrides !== undefined && usePackaged === undefined && exec !== undefined) {
      const hint = "write the settings beside `exec`";
      report(["service", index, "overrides"], { code: "needs", field: "overrides", needs: "`usePackaged`", hint });
    }
    if (kind === "eventlistener" && event === undefined) {
      report(["service", index], {
        code: "needs",
        field: "kind",
        needs: "`event`",
        hint: "add the event it listens to",
      });
    }
  });
}

/** Entries of one name for different distros are different entries. */
function tags(service: { readonly distro?: readonly string[] }): string {
  return service.distro === undefined ? "" : ` for ${service.distro.join(",")}`;
}

/** A variable may be needed, wanted or provided in one way only. */
function wiringRules(candy: Partial<Candy>, path: readonly string[], report: Report): void {
  const first = new Map<string, readonly string[]>();
  for (const name of Object.keys(candy.envProvide ?? {})) first.set(name, [...path, "envProvide", name]);
  for (const field of ["envRequire", "envAccept", "secretRequire", "secretAccept"] as const) {
    candy[field]?.forEach(({ name }, index) => {
      const other = first.get(name);
      if (other === undefined) first.set(name, [...path, field, String(index)]);
      else report([field, index, "name"], { code: "duplicate", what: "variable", name, other });
    });
  }
  const servers = new Map<string, readonly string[]>();
  for (const field of ["mcpRequire", "mcpAccept"] as const) {
    candy[field]?.forEach(({ name }, index) => {
      const other = servers.get(name);
      if (other === undefined) servers.set(name, [...path, field, String(index)]);
      else report([field, index, "name"], { code: "duplicate", what: "MCP server", name, other });
    });
  }
}
