/** `charly bundle reset`: a deployment is here as it is everywhere. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { changeDeployment, dropDeployment } from "../../lib/config/host/overlay_write.ts";
import { checkField, overlayFields } from "../../lib/config/host/overlay_values.ts";
import { enterHostFiles, ownHostFiles } from "../host_files.ts";

export default defineVerb({
  name: "bundle reset",
  summary: "Drop what differs on this machine",
  description:
    "Takes a deployment, or only some of its fields, out of the overlay of this machine. What charly keeps there for itself (the\n" +
    "state of a virtual machine, for example) stays.",
  examples: [
    ["charly bundle reset web", "web is here as it is everywhere"],
    ["charly bundle reset web env", "only its env"],
  ],
  args: {
    bundle: { brief: "Deployment of the overlay", offer: "bundle" },
    fields: { brief: "Only these fields", optional: true, rest: true },
  },
  flags: {},
  async run(context) {
    const { args, out, words } = context;
    const files = ownHostFiles();
    for (const field of args.fields) checkField(field, overlayFields("local"), "deployment");
    const handedOver = await enterHostFiles(context, files, { words, write: true });
    if (handedOver !== undefined) return handedOver;
    const changed = args.fields.length === 0
      ? await dropDeployment(files, args.bundle)
      : await changeDeployment(files, args.bundle, "group", args.fields.map((key) => ({ key, value: undefined })));
    out.both(
      { bundle: args.bundle, changed, path: files.overlay },
      () => changed ? `${args.bundle}: dropped` : `the overlay does not say so of ${args.bundle}`,
    );
  },
});
