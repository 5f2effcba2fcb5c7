import assert from "node:assert/strict";
import { localTransport } from "../../../../lib/execute/transport/local.ts";
import { nestedCommand, nestedTransport, sessionEnv } from "../../../../lib/execute/transport/nested.ts";
import { recordingTransport, replayTransport } from "../../../../lib/execute/transport/recording.ts";
import { talk } from "../../../shared/transport_suite.ts";

Deno.test("nestedCommand() wraps for a container, with only what may go inside", () => {
  const env = { DISPLAY: ":0", XDG_RUNTIME_DIR: "/run/user/1000", AWS_SECRET_ACCESS_KEY: "x" };
  assert.equal(
    nestedCommand({ via: "podman-exec", name: "charly-web", user: "me", env }, "echo 'a b'"),
    "podman exec -i --user me --env 'DISPLAY=:0' charly-web /bin/sh -c 'echo '\\''a b'\\'''",
  );
  assert.deepEqual(sessionEnv(env, "ssh"), { DISPLAY: ":0", XDG_RUNTIME_DIR: "/run/user/1000" });
});

Deno.test("nestedCommand() passes a port to ssh only when one was written", () => {
  assert.match(nestedCommand({ via: "ssh", name: "me@vm:2222" }, "true"), / -p 2222 -l me -- vm true$/);
  assert.match(nestedCommand({ via: "ssh", name: "vm" }, "true"), /ServerAliveInterval=10' -- vm true$/);
});

Deno.test("nestedTransport() refuses a console and names that look like options", () => {
  const outer = localTransport();
  for (const options of [{ via: "virsh-console", name: "vm" }, { via: "ssh", name: "-oProxyCommand=id" }]) {
    assert.throws(() => nestedTransport(outer, options as never), { code: "config" });
  }
});

Deno.test("replayTransport() answers as the recorded transport did", async () => {
  await using recorder = recordingTransport(localTransport());
  const input = new TextEncoder().encode("hello");
  const real = await talk(await recorder.open("cat; echo err >&2; exit 3"), input);
  const recording = JSON.parse(JSON.stringify(recorder.recording));
  await using replay = replayTransport(recording);
  assert.deepEqual(await talk(await replay.open("cat; echo err >&2; exit 3"), input), real);
  await assert.rejects(() => replay.open("cat; echo err >&2; exit 3"), { code: "replay-differs" });
});
