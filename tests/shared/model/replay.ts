/** Plays one story: `deno run -A tests/shared/model/replay.ts '<story as JSON>'`; as a failing model test prints it. */
import { play } from "./stage.ts";

await play(JSON.parse(Deno.args[0] ?? "{}"), console.log);
console.log("model and machine agree");
