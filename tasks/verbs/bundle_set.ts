/** `charly bundle set`: how a deployment differs on this machine. */
import { CharlyError } from "../../lib/base/errors.ts";
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { fieldChanges } from "../../lib/config/host/overlay_values.ts";
import { changeDeployment } from "../../lib/config/host/overlay_write.ts";
import { enterHostFiles, ownHostFiles } from "../host_files.ts";
import { deploymentKind } from "./_overlay.ts";
import { projectOf } from "./_shared.ts";

export default defineVerb({
  name: "bundle set",
  summary: "Say how a deployment differs on this machine",
  description:
    "Writes fields of a deployment of this charly.yml project into the overlay of this machine, under the names charly.yml has for\n" +
    "them. What stands there replaces the project's value, a list as a whole; false, 0 and nothing replace nothing. The project\n" +
    "itself stays as it is. Maps are written by hand: `charly bundle path` says where.",
  examples: [
    ["charly bundle set web host=deploy@web1", "from here it goes to that machine"],
    ["charly bundle set web env=EDITOR=vi env=LANG=C", "these two instead of the project's"],
  ],
  args: {
    bundle: { brief: "Deployment of the project", offer: "bundle" },
    fields: { brief: "FIELD=VALUE; a field of several values several times", rest: true },
  },
  flags: {},
  async run(context) {
    const { args, out, words } = context;
    if (args.fields.length === 0) {
      throw new CharlyError("change the overlay: no field is given", {
        hint: "write FIELD=VALUE, for example host=deploy@web1",
        code: "usage",
        exitCode: 2,
      });
    }
    const project = await projectOf(context);
    const kind = deploymentKind(project, args.bundle);
    const files = ownHostFiles();
    const changes = fieldChanges(args.fields, kind, files.overlay);
    const reads = [project.root];
    const handedOver = await enterHostFiles(context, files, { words, write: true, reads });
    if (handedOver !== undefined) return handedOver;
    const changed = await changeDeployment(files, args.bundle, kind, changes);
    const fields = changes.map(({ key }) => key);
    out.both(
      { bundle: args.bundle, fields, changed, path: files.overlay },
      () => changed ? `${args.bundle} has its own ${fields.join(", ")} on this machine` : "it is so already",
    );
  },
});
