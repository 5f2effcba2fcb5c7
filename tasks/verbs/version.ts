/** `charly version`: versions of charly and of what it runs on. */
import { defineVerb } from "../../lib/cli/define_verb.ts";

export default defineVerb({
  name: "version",
  summary: "Print the versions of charly, Deno, V8 and TypeScript",
  description: "`charly --version` prints charly's alone.",
  args: {},
  flags: {},
  run: ({ out, version }) => {
    const versions = { charly: version, ...Deno.version };
    out.both(versions, () => Object.entries(versions).map(([name, value]) => `${name} ${value}`).join("\n"));
    return Promise.resolve();
  },
});
