/** `charly schema`: JSON Schema of `charly.yml`, for editors. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { charlySchema } from "../../lib/config/yaml/json_schema.ts";

export default defineVerb({
  name: "schema",
  summary: "Print the JSON Schema of charly.yml for editors",
  description: "For yaml-language-server: keep it as a file and name it in the first line of charly.yml,\n" +
    "`# yaml-language-server: $schema=charly.schema.json`.",
  examples: [["charly schema > charly.schema.json", "completion and checks while you type YAML"]],
  args: {},
  flags: {},
  run: ({ out }) => {
    const schema = charlySchema();
    out.both(schema, () => JSON.stringify(schema, null, 2));
    return Promise.resolve();
  },
});
