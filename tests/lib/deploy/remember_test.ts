import assert from "node:assert/strict";
import { type EngineOptions, jobOf } from "../../../lib/deploy/engine.ts";
import { forgetOperatorCopy, rememberedHosts } from "../../../lib/deploy/remember.ts";
import type { DeployProject } from "../../../lib/deploy/contract.ts";
import { diagnose } from "../../../lib/deploy/doctor.ts";
import { targets } from "../../../targets/mod.ts";
import { localRig, projectOf } from "../../shared/local_rig.ts";
import { tempDir } from "../../shared/tmp.ts";

const candies = { motd: { env: { A: "1" } } };
const engineIn = (stateHome: string, path = "/usr/bin:/bin"): EngineOptions => ({
  targets,
  env: { PATH: path },
  operator: "ann@here",
  stateHome,
  secretDir: `${stateHome}/secret`,
});

/** A copy as a deploy leaves it, of a bundle on another host. */
const copyOn = (text: string, host: string) =>
  JSON.stringify({ ...JSON.parse(text), host, on: JSON.stringify({ target: "ssh", host: [host] }) });

Deno.test("the operator's copy is written for its owner alone, holds no content, and goes with the deploy", async () => {
  await using rig = await localRig();
  await rig.add({ candies: { motd: { plan: [{ write: "~/a", content: "content of a file" }] } } });
  const place = `${rig.place}/state/charly/ledger/shop/web/local.json`;
  assert.equal((await Deno.stat(place)).mode! & 0o777, 0o600);
  assert.equal((await Deno.readTextFile(place)).includes("content of a file"), false);
  assert.deepEqual(await rememberedHosts(engineIn(`${rig.place}/state`), "shop", "web"), { target: "local" });
  await rig.del();
  await assert.rejects(Deno.stat(place), Deno.errors.NotFound);
  assert.equal(await rememberedHosts(engineIn(`${rig.place}/state`), "shop", "web"), undefined);
});

Deno.test("rememberedHosts() joins the hosts of a bundle, of its project only when one is named", async () => {
  await using rig = await localRig();
  await rig.add({ candies });
  const directory = `${rig.place}/state/charly/ledger/shop/web`;
  const text = await Deno.readTextFile(`${directory}/local.json`);
  await Deno.remove(`${directory}/local.json`);
  await Deno.writeTextFile(`${directory}/web1.json`, copyOn(text, "ann@web1"));
  await Deno.writeTextFile(`${directory}/web2.json`, copyOn(text, "ann@web2"));
  const engine = engineIn(`${rig.place}/state`);
  const hosts = await rememberedHosts(engine, undefined, "web");
  assert.deepEqual(hosts?.target === "ssh" ? [hosts.host].flat().sort() : hosts, ["ann@web1", "ann@web2"]);
  assert.equal(await rememberedHosts(engine, "another project", "web"), undefined);
  assert.equal(await rememberedHosts(engine, "shop", "another bundle"), undefined);
});

Deno.test("rememberedHosts() names the file that is broken", async () => {
  await using dir = await tempDir({ "state/charly/ledger/shop/web/h.json": "{" });
  await assert.rejects(rememberedHosts(engineIn(dir.join("state")), "shop", "web"), {
    code: "ledger-corrupt",
    message: /shop\/web\/h\.json/,
  });
});

Deno.test("forgetOperatorCopy() is content when there is none", async () => {
  await using dir = await tempDir();
  const project = projectOf({ candies }, dir.path);
  await forgetOperatorCopy(engineIn(dir.path), jobOf(engineIn(dir.path), project, "web", {}), "local");
});

Deno.test("jobOf() refuses bundles and hosts nobody declared, naming those that are", async () => {
  await using dir = await tempDir();
  const project: DeployProject = projectOf({ candies }, dir.path);
  const engine = engineIn(dir.path);
  assert.deepEqual(jobOf(engine, project, "web", {}).hosts, ["local"]);
  assert.throws(() => jobOf(engine, project, "wep", {}), { code: "unknown-bundle", exitCode: 2, hint: /web/ });
  assert.throws(() => jobOf(engine, project, "web", { host: ["db"] }), { code: "unknown-host", hint: /local/ });
});

Deno.test("diagnose() says what is missing, what it is for and how to get it", async () => {
  await using dir = await tempDir({ "bin/sh": "", "bin/bash": "", "bin/curl": "" });
  await Deno.chmod(dir.join("bin/sh"), 0o755);
  await Deno.chmod(dir.join("bin/curl"), 0o755);
  const findings = await diagnose(engineIn(dir.join("state"), dir.join("bin")), undefined);
  const state = Object.fromEntries(findings.map((it) => [it.what, it.state]));
  assert.deepEqual([state.sh, state.bash, state.curl, state.sudo, state["state directory"]], [
    "ok",
    "missing",
    "ok",
    "warning",
    "ok",
  ]);
  assert.match(findings.find((it) => it.what === "sudo")?.hint ?? "", /apt-get install sudo/);
});

Deno.test("diagnose() says so when the state directory cannot be made", async () => {
  await using dir = await tempDir({ state: "a file" });
  const findings = await diagnose(engineIn(dir.join("state")), undefined);
  const found = findings.find((it) => it.what === "state directory");
  assert.equal(found?.state, "missing");
  assert.match(found?.hint ?? "", /XDG_STATE_HOME/);
});
