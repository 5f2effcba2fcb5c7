/** A charly of its own that dies at a place of its run. Reads `KILL_JOB`, see kill_rig.ts. */
import { carryOut, type KillJob } from "./kill_rig.ts";

const job: KillJob = JSON.parse(Deno.env.get("KILL_JOB") ?? "{}");
await carryOut(job, () => {});
