/** Throw-away projects and what evaluating them came to. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { CharlyError } from "../../../../lib/base/errors.ts";
import { evaluate, type EvaluateOptions } from "../../../../lib/config/sandbox/evaluate.ts";
import { fileSource } from "../../../../lib/config/sandbox/source.ts";

/** A directory that is gone after the test. */
export interface Project extends Disposable {
  readonly dir: string;
}

/** Writes files, by relative path, into a new directory. */
export function project(files: Readonly<Record<string, string>>): Project {
  const dir = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "charly-sandbox-" }));
  for (const [name, text] of Object.entries(files)) {
    Deno.mkdirSync(dirname(join(dir, name)), { recursive: true });
    Deno.writeTextFileSync(join(dir, name), text);
  }
  return { dir, [Symbol.dispose]: () => Deno.removeSync(dir, { recursive: true }) };
}

/** Evaluates `charly.config.ts` of a new project. */
export async function run(
  files: string | Readonly<Record<string, string>>,
  options: EvaluateOptions & { readonly allowImport?: readonly string[] } = {},
): Promise<{ readonly data: unknown; readonly output: string }> {
  using here = project(typeof files === "string" ? { "charly.config.ts": files } : files);
  return await evaluate(fileSource(join(here.dir, "charly.config.ts"), options.allowImport), options);
}

/** The error a call ends with: its message without the name of the throw-away directory, its hint and code. */
export async function failure(
  attempt: Promise<unknown>,
): Promise<{ readonly message: string; readonly hint: string | undefined; readonly code: string | undefined }> {
  try {
    await attempt;
  } catch (error) {
    assert(error instanceof CharlyError, `expected a CharlyError, got ${error}`);
    assert.equal(error.exitCode, 2);
    const clean = (text: string) => text.replace(/\/[^\s"]*charly-sandbox-\w+/g, "PROJECT");
    return { message: clean(error.message), hint: error.hint && clean(error.hint), code: error.code };
  }
  assert.fail("it succeeded");
}

/** Serves files on loopback. */
export function serve(
  files: Record<string, string>,
): AsyncDisposable & { readonly url: string; readonly asked: string[] } {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const path = new URL(request.url).pathname;
    asked.push(path);
    const text = files[path];
    if (text === undefined) return new Response("not here", { status: 404 });
    if (text.startsWith("-> ")) return new Response(null, { status: 302, headers: { location: text.slice(3) } });
    const type = path.endsWith(".ts") ? "application/typescript" : "text/plain";
    return new Response(text, { headers: { "content-type": type } });
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, asked, [Symbol.asyncDispose]: () => server.shutdown() };
}
