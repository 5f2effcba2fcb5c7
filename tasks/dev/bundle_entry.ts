/** What `dist/charly.js` is: the words of a config, the API and the command line in one module. */
import { main } from "../main.ts";

export * from "../../mod.ts";
export * from "../../targets/api.ts";
// a task's process imports this from the bundle
export { serve } from "../../lib/tasks/child.ts";
export { main };

if (import.meta.main) {
  const interrupted = new AbortController();
  Deno.addSignalListener("SIGINT", () => {
    // The first asks the run to stop at the next step; the second does not ask.
    if (interrupted.signal.aborted) Deno.exit(130);
    interrupted.abort();
  });
  Deno.exit(await main(Deno.args, { signal: interrupted.signal }));
}
