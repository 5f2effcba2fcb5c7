import assert from "node:assert/strict";
import { derivePermissions, type PermissionInput, renderFlags } from "../../../lib/plan/permissions.ts";

const here: PermissionInput = {
  reach: [],
  state: "/home/u/.local/state/charly",
  deno: "/opt/deno",
  program: (name) => name === "sudo" ? undefined : `/usr/bin/${name}`,
  project: { root: "/home/u/shop", config: "/home/u/shop/charly.config.ts" },
};

Deno.test("derivePermissions() names the machine that is dialled, keys and known hosts, and no more", () => {
  const needed = derivePermissions({
    ...here,
    reach: [{
      kind: "ssh",
      host: "deploy@web1",
      transport: "ssh2",
      hops: [{ host: "fe80::1", port: 2222 }, { host: "web1", port: 22 }],
      files: ["/home/u/.ssh/id_ed25519", "/home/u/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"],
      agent: "/run/agent",
    }],
  });
  assert.deepEqual(needed.net, ["[fe80::1]:2222", "unix:/run/agent"]);
  assert.deepEqual(needed.read, [
    "/etc/passwd",
    "/etc/ssh/ssh_known_hosts",
    "/home/u/.local/state/charly",
    "/home/u/.ssh/id_ed25519",
    "/home/u/.ssh/known_hosts",
    "/home/u/shop",
    "/run/agent",
  ]);
  assert.deepEqual(needed.write, ["/home/u/.local/state/charly", "/run/agent"]);
  assert.deepEqual(needed.run, ["/bin/sh", "/opt/deno", "/usr/bin/ssh"]);
  assert.ok(needed.env.includes("SSH_AUTH_SOCK"));
});

Deno.test("derivePermissions() lets a local target start env, which starts the rest, and dial nobody", () => {
  const needed = derivePermissions({ ...here, reach: [{ kind: "local", host: "local" }] });
  assert.deepEqual([needed.run, needed.net], [["/bin/sh", "/opt/deno", "/usr/bin/env"], []]);
});

Deno.test("derivePermissions() dials nobody when the system's ssh or a ProxyCommand does", () => {
  const way = { kind: "ssh", host: "a", hops: [{ host: "a", port: 22 }], files: [] } as const;
  assert.deepEqual(derivePermissions({ ...here, reach: [{ ...way, transport: "openssh" }] }).net, []);
  const proxied = derivePermissions({ ...here, reach: [{ ...way, transport: "ssh2", proxyCommand: "nc %h %p" }] });
  assert.deepEqual([proxied.net, proxied.run], [[], ["/bin/sh", "/opt/deno", "/usr/bin/ssh"]]);
});

Deno.test("derivePermissions() adds files a plan sends, artifacts it brings back, and secrets it names", () => {
  const needed = derivePermissions({
    ...here,
    plans: [{
      plan: {
        project: "shop",
        bundle: "web",
        deployId: "d",
        target: "local",
        plans: [],
        artifacts: [{ name: "k", path: "/etc/k", retrieveTo: "out/../keys/k", candy: "c" }],
        secrets: [{ name: "API_TOKEN", required: true }],
        digest: "",
      },
      acts: [{
        type: "file",
        resource: "file:/srv/big",
        step: 1,
        candy: "c",
        level: "root",
        summary: "write /srv/big",
        reversibility: "exact",
        path: "/srv/big",
        mode: "0644",
        content: { sha256: "", size: 1, from: { kind: "file", path: "/data/big.img" } },
      }],
    }],
  });
  assert.ok(needed.read.includes("/data/big.img"));
  assert.ok(needed.write.includes("/home/u/shop/keys"));
  assert.ok(needed.env.includes("API_TOKEN"));
});

Deno.test("renderFlags() drops paths inside others and gives no flag for an empty list", () => {
  const none = { read: [], write: [], net: [], run: [], env: [], sys: [] };
  assert.deepEqual(renderFlags(none), []);
  assert.deepEqual(renderFlags({ ...none, read: ["/a/b", "/a", "/ab"], env: ["B", "A", "B"] }), [
    "--allow-read=/a,/ab",
    "--allow-env=A,B",
  ]);
  assert.deepEqual(renderFlags({ ...none, read: ["/srv/a,b/c"] }), ["--allow-read=/srv"]);
});
