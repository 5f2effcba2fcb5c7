import assert from "node:assert/strict";
import { HostSession } from "../../../lib/deploy/session.ts";
import { readStore } from "../../../lib/deploy/store_state.ts";
import { imaginedExecutor, recordingExecutor } from "../../../lib/execute/recording.ts";

Deno.test("recordingExecutor() remembers programs, files and what came back", async () => {
  await using executor = recordingExecutor(imaginedExecutor({
    run: (program) => ({
      frames: [{ type: "V", step: "0", args: ["said"], payload: new TextEncoder().encode(program) }],
    }),
  }));
  await executor.run("echo one", { level: "root", seq: 3 });
  const bytes = new TextEncoder().encode("hello");
  await executor.put("/f", { size: 5, open: () => ReadableStream.from([bytes]) }, {
    level: "user",
    mode: "0644",
    sha256: "00",
  });
  assert.equal(await new Response(executor.get("/f", { level: "user" })).text(), "hello");
  assert.deepEqual(executor.calls, [
    {
      call: "run",
      level: "root",
      program: "echo one",
      blobs: [],
      frames: [{ type: "V", step: "0", args: ["said"], payload: new TextEncoder().encode("echo one") }],
      end: { reason: "done", seq: 3 },
    },
    { call: "put", level: "user", path: "/f", mode: "0644", sha256: "00" },
    { call: "get", level: "user", path: "/f" },
  ]);
  assert.deepEqual([executor.isOpen("root"), executor.isOpen("user")], [true, true]);
});

Deno.test("imaginedExecutor() is machine enough for a session and an empty store", async () => {
  const executor = recordingExecutor(imaginedExecutor());
  await using session = await HostSession.over(executor, "web-1");
  assert.deepEqual([session.facts.user, session.facts.uid, session.venue], ["root", 0, "imagined"]);
  assert.equal((await readStore(session.executor, "user")).exists, false);
  assert.deepEqual(executor.calls.map((it) => [it.call, it.level]), [["probe", "user"], ["run", "user"]]);
});

Deno.test("imaginedExecutor() has no file that was not put, and nothing once it is closed", async () => {
  const executor = imaginedExecutor();
  await assert.rejects(new Response(executor.get("/none", { level: "user" })).text(), { code: "get-failed" });
  await executor.close();
  await assert.rejects(executor.run(":", { level: "user" }), { code: "closed" });
});
