/** `charly bundle add`: deploy by the reference's name. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { deployBundle } from "./_deploy.ts";
import { addFlags, addOptions } from "./_shared.ts";

export default defineVerb({
  name: "bundle add",
  summary: "Deploy a bundle",
  description:
    "The same as `charly deploy`. With a reference behind the name, that is installed on this machine under the name,\n" +
    "whether or not the configuration declares such a bundle.",
  examples: [
    ["charly bundle add web", "deploy the bundle `web`"],
    ["charly bundle add web --add-candy motd", "with one candy more"],
    ["charly bundle add tools ripgrep", "one candy on this machine, as the bundle `tools`"],
  ],
  args: {
    name: { brief: "Name of the bundle", offer: "bundle" },
    ref: { brief: "What to install: a candy, a path, @host/org/repo/path:ver", optional: true, offer: "candy" },
  },
  flags: addFlags,
  run: (context) =>
    deployBundle(context, {
      bundle: context.args.name,
      options: {
        ...addOptions(context, context.flags),
        ...(context.args.ref === undefined ? {} : { ref: context.args.ref }),
      },
      load: context.flags,
      format: context.flags.format,
      words: context.words,
    }),
});
