import assert from "node:assert/strict";

/** Every module a static import reaches; what verbs import when they are typed is not among them. */
async function staticGraph(entry: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry], stderr: "null" })
    .output();
  interface Module {
    readonly specifier: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier: string }; readonly isDynamic?: boolean }[];
  }
  const { roots, modules } = JSON.parse(new TextDecoder().decode(stdout)) as { roots: string[]; modules: Module[] };
  const seen = new Set<string>();
  const visit = (specifier: string) => {
    if (seen.has(specifier)) return;
    seen.add(specifier);
    for (const { code, isDynamic } of modules.find((one) => one.specifier === specifier)?.dependencies ?? []) {
      if (code !== undefined && !isDynamic) visit(code.specifier);
    }
  };
  roots.forEach(visit);
  return [...seen];
}

Deno.test("charly starts without any npm package: zod, dax, ssh2 and the parser are loaded by those who need them", async () => {
  const modules = await staticGraph("tasks/main.ts");
  assert.ok(modules.some((one) => one.endsWith("/lib/cli/run_cli.ts")));
  assert.deepEqual(modules.filter((one) => one.startsWith("npm:")), []);
  assert.deepEqual(modules.filter((one) => one.includes("/tasks/verbs/")), []);
});

Deno.test("charly --version runs without a permission, and never asks for one", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "tasks/main.ts", "--version"],
  }).output();
  assert.deepEqual([code, new TextDecoder().decode(stdout).startsWith("charly ")], [0, true]);
});

Deno.test("completion offers names of a config read before without any package or module of Node", async () => {
  for (
    const entry of ["lib/config/load.ts", "lib/config/remembered.ts", "tasks/verbs/plan.ts", "tasks/verbs/complete.ts"]
  ) {
    assert.deepEqual((await staticGraph(entry)).filter((one) => /^(npm|node):/.test(one)), [], entry);
  }
});
