import assert from "node:assert/strict";
import { parseTaskArgs } from "../../../lib/tasks/args.ts";

const specs = {
  tag: { required: true },
  count: { type: "number", default: 3 },
  dryRun: { type: "boolean" },
  to: { default: "web" },
} as const;

Deno.test("parseTaskArgs() types values and fills defaults in", () => {
  assert.deepEqual(parseTaskArgs("release", specs, ["--tag", "v1", "--dry-run"]), {
    tag: "v1",
    dryRun: true,
    count: 3,
    to: "web",
  });
  assert.deepEqual(parseTaskArgs("release", specs, ["--tag=a=b\nc", "--count", "0.5", "--no-dry-run"]), {
    tag: "a=b\nc",
    count: 0.5,
    dryRun: false,
    to: "web",
  });
  assert.deepEqual(parseTaskArgs("release", specs, ["--tag", "--count"]), { tag: "--count", count: 3, to: "web" });
});

Deno.test("parseTaskArgs() refuses what was not declared, what is missing and what is no number", () => {
  for (
    const [words, message] of [
      [[], "--tag is required"],
      [["--tag"], "--tag needs a value"],
      [["--tag", "a", "--tag", "b"], "--tag was given twice"],
      [["--tagg", "a"], "it has no argument --tagg"],
      [["a"], 'it does not expect "a"'],
      [["--tag", "a", "--count", "many"], '--count got "many"'],
      [["--tag", "a", "--dry-run=maybe"], '--dry-run got "maybe"'],
      [["--__proto__", "a"], "it has no argument --__proto__"],
    ] as const
  ) {
    assert.throws(() => parseTaskArgs("release", specs, words), { message: `task release: ${message}`, exitCode: 2 });
  }
});
