import assert from "node:assert/strict";
import type { AddOptions, DelOptions, PlanOptions } from "../../lib/deploy/contract.ts";
import { charly, hostPlan, planned, project } from "../shared/cli.ts";

const outcome = { bundle: "web", ok: true, hosts: [] };

Deno.test("plan takes the only bundle, or defaults.bundle, else lists them and ends with 2", async () => {
  const asked: string[] = [];
  const api = { planBundle: (_: unknown, bundle: string) => Promise.resolve((asked.push(bundle), [hostPlan([])])) };
  const one = project({ bundles: { solo: { on: { target: "local" } } } });
  assert.equal((await charly(["plan"], { api, project: one })).code, 0);
  assert.equal((await charly(["plan"], { api, project: project({ defaults: { bundle: "web2" } }) })).code, 0);
  assert.deepEqual(asked, ["solo", "web2"]);
  const several = await charly(["plan"], { api, project: project() });
  assert.deepEqual([several.code, several.stderr.split("\n")[1]], [2, "hint: name one of: web, web2"]);
});

Deno.test("plan says what a name is that is kept, and which bundles have to do with it", async () => {
  const on = { target: "local" } as const;
  const told = project({
    bundles: {
      web: { on, from: "base" },
      one: { on, keep: { memberOf: "beds" } },
      two: { on, keep: { memberOf: "beds" } },
    },
    locals: { base: { candy: [] } },
    pods: { nginx: { image: "nginx" } },
    groups: { beds: {} },
  });
  const said = async (name: string) => {
    const { code, stderr } = await charly(["plan", name], { project: told });
    assert.equal(code, 2);
    return stderr;
  };
  assert.equal(
    await said("nginx"),
    'error: find bundle: "nginx" is a pod: this version of charly keeps it and does not bring it up\n' +
      "hint: declared bundles: web, one, two\n",
  );
  assert.match(await said("beds"), /"beds" is a group: .*\nhint: name one of the bundles one, two\n$/);
  assert.match(
    await said("base"),
    /"base" is a local template, which is no bundle by itself\nhint: name the bundle web\n$/,
  );
  assert.match(await said("constructor"), /"constructor" is not declared/);
});

Deno.test("plan --exit-code ends with 10 when there is something to do and with 0 otherwise", async () => {
  const plan = (state: "will-run" | "up-to-date") => ({
    planBundle: () => Promise.resolve([hostPlan([planned(1, { state })])]),
  });
  assert.equal((await charly(["plan", "web", "--exit-code"], { api: plan("will-run"), project: project() })).code, 10);
  assert.equal((await charly(["plan", "web", "--exit-code"], { api: plan("up-to-date"), project: project() })).code, 0);
  assert.equal((await charly(["plan", "web"], { api: plan("will-run"), project: project() })).code, 0);
});

Deno.test("plan --out writes the document with mode 0600", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const api = { planBundle: () => Promise.resolve([hostPlan([planned(1)])]) };
    await charly(["plan", "web", "--out", `${dir}/web.plan`], { api, project: project() });
    assert.equal((await Deno.stat(`${dir}/web.plan`)).mode! & 0o777, 0o600);
    assert.equal(JSON.parse(await Deno.readTextFile(`${dir}/web.plan`)).hosts[0].digest, "0123456789abcdef");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("bundle add hands every flag to the engine", async () => {
  let seen: AddOptions | undefined;
  const api = {
    addBundle: (_p: unknown, _b: string, options: AddOptions) => Promise.resolve((seen = options, outcome)),
  };
  const words =
    "bundle add web --add-candy git --add-candy motd --node-only --verify --with-services --allow-repo-changes " +
    "--allow-root-tasks --skip-incompatible --builder-image img:1 --disposable --lifecycle dev --parallel 4 --serial 2 " +
    "--max-fail 25% --on-failure rollback --live --rerun 3 --rerun 5 --adopt --take-over --host deploy@web1";
  assert.equal((await charly(words.split(" "), { api, project: project() })).code, 0);
  const { signal, ...options } = seen!;
  assert.equal(signal!.aborted, false);
  assert.deepEqual(options, {
    addCandy: ["git", "motd"],
    nodeOnly: true,
    install: {
      verify: true,
      withServices: true,
      allowRepoChanges: true,
      allowRootTasks: true,
      skipIncompatible: true,
      builderImage: "img:1",
    },
    disposable: true,
    lifecycle: "dev",
    parallel: 4,
    serial: 2,
    maxFail: "25%",
    onFailure: "rollback",
    live: true,
    rerun: [3, 5],
    adopt: true,
    takeOver: true,
    host: ["deploy@web1"],
  });
});

Deno.test("deploy -y opens the three gates, apply --plan -y opens none", async () => {
  const seen: PlanOptions["install"][] = [];
  const api = {
    addBundle: (_p: unknown, _b: string, options: AddOptions) => Promise.resolve((seen.push(options.install), outcome)),
  };
  await charly(["deploy", "web", "-y"], { api, project: project() });
  const file = await Deno.makeTempFile();
  try {
    await charly(["apply", "web", "--plan", file, "-y"], { api, project: project() });
  } finally {
    await Deno.remove(file);
  }
  assert.deepEqual(seen, [{ withServices: true, allowRepoChanges: true, allowRootTasks: true }, {}]);
});

Deno.test("deploy --dry-run plans, applies nothing, and prints JSON with --format json", async () => {
  const api = { planBundle: () => Promise.resolve([hostPlan([planned(1)])]) };
  const { code, stdout } = await charly(["deploy", "web", "--dry-run", "--format", "json"], {
    api,
    project: project(),
  });
  assert.deepEqual([code, JSON.parse(stdout)[0].steps[0].summary], [0, "write /home/d/1 (0644)"]);
});

Deno.test("bundle del works without a configuration and lists what is left", async () => {
  let seen: DelOptions | undefined;
  const api = {
    delBundle: (configured: unknown, bundle: string, options: DelOptions) => {
      assert.deepEqual([configured, bundle], [undefined, "old"]);
      seen = options;
      const host = {
        host: "local",
        result: "failed" as const,
        ran: 2,
        upToDate: 0,
        skipped: 0,
        durationMs: 5,
        left: ["/etc/motd: edited since"],
      };
      return Promise.resolve({ bundle, ok: false, hosts: [host] });
    },
  };
  const { code, stdout } = await charly(["bundle", "del", "old", "--keep-services", "--force"], { api });
  assert.deepEqual([code, seen!.keepServices, seen!.force, seen!.keepRepoChanges], [1, true, true, undefined]);
  assert.match(stdout, /left: \/etc\/motd: edited since/);
});

Deno.test("status escapes what a target calls itself", async () => {
  const api = {
    statusOf: () =>
      Promise.resolve([{
        bundle: "web",
        host: "h\x1b[2J",
        state: "partial" as const,
        candies: ["motd"],
        steps: 2,
        note: "cut at step 2",
      }]),
  };
  assert.equal(
    (await charly(["status"], { api, project: project() })).stdout,
    "web on h\\x1b[2J: partial, 2 steps: motd (cut at step 2)\n",
  );
});

Deno.test("drift --exit-code ends with 10 when something differs", async () => {
  const drifted = [{ resource: "file:/etc/motd", summary: "write /etc/motd", found: "other content" }];
  const api = { driftOf: () => Promise.resolve([{ host: "a", drifted, checked: 4 }]) };
  const { code, stdout } = await charly(["drift", "web", "--exit-code"], { api, project: project() });
  assert.deepEqual([code, stdout], [10, "a: 1 of 4 resources differ\n  ! write /etc/motd: other content\n"]);
});

Deno.test("permissions prints one flag per line, with the port that is dialled", async () => {
  const api = {
    reachOf: () =>
      Promise.resolve([{
        kind: "ssh" as const,
        host: "deploy@web1",
        transport: "ssh2" as const,
        hops: [{ host: "jump", port: 2222 }, { host: "10.0.0.5", port: 22 }],
        files: ["/home/u/.ssh/id_ed25519"],
      }]),
    planBundle: () => Promise.resolve([hostPlan([])]),
  };
  const { stdout } = await charly(["permissions", "web"], { api, project: project() });
  assert.match(stdout, /^--allow-net=jump:2222$/m);
  assert.match(stdout, /^--allow-read=.*\/home\/u\/\.ssh\/id_ed25519/m);
});

Deno.test("run --list tells needs and arguments", async () => {
  const tasks = {
    test: { description: "runs tests" },
    release: { needs: ["test"], args: { tag: { required: true } } },
  };
  const { code, stdout } = await charly(["run", "--list"], { project: project({ tasks }) });
  assert.deepEqual([code, stdout], [
    0,
    "test  runs tests\nrelease    needs test\n    charly run release --tag <string>\n",
  ]);
});

Deno.test("bundle set refuses a typed configuration, and says that it can decide itself", async () => {
  const { code, stderr } = await charly(["bundle", "set", "web2", "host=web1"], { project: project() });
  assert.equal(code, 2);
  assert.match(stderr, /this project is not written in YAML\nhint: a typed configuration decides by itself/);
});

Deno.test("plan says what reading the project had to say, each its own way, and in events as an event", async () => {
  const odd = {
    code: "stray-key",
    at: { file: "charly.yml", line: 3, column: 5 },
    message: "it is odd",
    hint: "mend it",
  };
  const told = { ...project(), output: "printed\n", warnings: [odd], overlaid: ["web2/host"] };
  const api = { planBundle: () => Promise.resolve([hostPlan([])]) };
  const text = await charly(["plan", "web2"], { project: told, api });
  assert.equal(
    text.stderr,
    "printed\nwarning: charly.yml:3:5 stray-key it is odd\n  hint: mend it\non this machine only: web2/host\n",
  );
  const json = await charly(["plan", "web2", "--json"], { project: told, api });
  assert.deepEqual(JSON.parse(json.stdout).issues, [
    {
      severity: "warning",
      code: "stray-key",
      message: "it is odd",
      hint: "mend it",
      file: "charly.yml",
      line: 3,
      column: 5,
    },
  ]);
  const events = await charly(["plan", "web2", "--json=events"], { project: told, api });
  assert.deepEqual(JSON.parse(events.stdout.split("\n")[0]!).event, "warning");
  const many = await charly(["plan", "web2"], { project: { ...told, warnings: Array(5).fill(odd) }, api });
  assert.match(many.stderr, /^warning: charly\.yml: 5 warnings\n {2}hint: run `charly import --check` to see them$/m);
});
