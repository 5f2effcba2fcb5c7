import assert from "node:assert/strict";
import { execScript } from "../../../lib/deploy/host_exec.ts";
import { localTransport } from "../../../lib/execute/transport/local.ts";

async function ran(script: string, stdin?: Uint8Array, signal?: AbortSignal) {
  await using transport = localTransport({ env: { HOME: "/tmp", PATH: Deno.env.get("PATH") ?? "" }, home: "/tmp" });
  const out: Uint8Array[] = [], err: Uint8Array[] = [];
  const { code } = await execScript(transport, script, {
    stdout: (bytes) => void out.push(bytes),
    stderr: (bytes) => void err.push(bytes),
    ...(stdin === undefined ? {} : { stdin }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = (chunks: Uint8Array[]) => new TextDecoder().decode(new Uint8Array(chunks.flatMap((it) => [...it])));
  return { code, out: text(out), err: text(err) };
}

Deno.test("execScript() keeps output and errors apart and returns the exit code", async () => {
  assert.deepEqual(await ran("printf out; printf err >&2; exit 7"), { code: 7, out: "out", err: "err" });
});

Deno.test("execScript() hands the rest of the input to the script, not to the shell", async () => {
  const stdin = new TextEncoder().encode("exit 9\n$(id)\0'");
  assert.deepEqual(await ran("cat", stdin), { code: 0, out: "exit 9\n$(id)\0'", err: "" });
});

Deno.test("execScript() takes any text: quotes, line breaks, here-documents, no input", async () => {
  const script = "cat <<'END'\nit's \"$HOME\" `x` é\nEND\nread -r x || printf none";
  assert.deepEqual(await ran(script), { code: 0, out: 'it\'s "$HOME" `x` é\nnone', err: "" });
});

Deno.test("execScript() ends with the script although it did not read its input", async () => {
  assert.deepEqual(await ran("exit 3", new Uint8Array(1_000_000)), { code: 3, out: "", err: "" });
});

Deno.test("execScript() does not begin when it was cancelled before", async () => {
  await assert.rejects(ran("printf never", undefined, AbortSignal.abort()), { name: "AbortError" });
});
