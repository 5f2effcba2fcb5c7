/** Case 1, what cannot be: it is said where the configuration is read or planned, before anything is asked of a target. */
import assert from "node:assert/strict";
import { parseConfig } from "../../lib/config/parse.ts";
import { formatIssues } from "../../lib/config/issue.ts";
import type { CharlyError } from "../../lib/base/errors.ts";
import type { Candy } from "../../lib/entities/candy.ts";
import { attackRig, escaped } from "../shared/attack_rig.ts";
import { longText } from "../shared/hostile_text.ts";

const base = { version: "2026.300.0900", description: "it" };

/** What is said of a candy, one line each, without the hints. */
function saidOf(candy: Record<string, unknown>, name = "it"): string[] {
  const parsed = parseConfig({ candies: { [name]: { ...base, ...candy } } });
  if (!("issues" in parsed)) return [];
  for (const line of formatIssues(parsed.issues).split("\n")) assert.ok(line.length < 400, "a message is no dump");
  return formatIssues(parsed.issues).split("\n").filter((line) => !line.startsWith("  hint: "));
}

/** What is said of a bundle's target. */
function saidOfTarget(on: Record<string, unknown>): string[] {
  const parsed = parseConfig({ candies: { it: base }, bundles: { web: { on, candy: ["it"] } } });
  return "issues" in parsed
    ? formatIssues(parsed.issues).split("\n").filter((line) => !line.startsWith("  hint: "))
    : [];
}

const fields: Readonly<Record<string, (text: string) => Record<string, unknown>>> = {
  description: (text) => ({ description: text }),
  "a command": (text) => ({ plan: [{ command: text }] }),
  "an undo": (text) => ({ plan: [{ command: "true", undo: text }] }),
  "a guard": (text) => ({ plan: [{ command: "true", unless: text }] }),
  "a value": (text) => ({ env: { A: text } }),
  "a value of a command": (text) => ({ plan: [{ command: "true", env: { A: text } }] }),
  "a path": (text) => ({ plan: [{ mkdir: `/srv/${text}` }] }),
  "a link's target": (text) => ({ plan: [{ link: "/srv/l", target: text }] }),
  "a snippet": (text) => ({ shell: { bash: { init: text } } }),
  "a directory of PATH": (text) => ({ pathAppend: [`/opt/${text}`] }),
  "a service's program": (text) => ({ service: [{ name: "s", exec: text }] }),
  "a service's value": (text) => ({ service: [{ name: "s", exec: "/bin/x", env: { A: text } }] }),
  "a repository": (text) => ({ distro: { debian: { repo: [{ name: "r", url: "https://x", components: text }] } } }),
  "a package": (text) => ({ package: [`x${text}`] }),
  "a kernel parameter's value": (text) => ({ plan: [{ kernelParam: "kernel.x", value: text }] }),
  "a variable": (text) => ({ var: { TOOL: text } }),
};

for (const [what, candy] of Object.entries(fields)) {
  Deno.test(`${what} with NUL, or with what no UTF-8 can hold, is refused by the configuration`, () => {
    assert.deepEqual(saidOf(candy("fine")), []);
    for (const bad of ["a\0b", "a\ud800b", "\udfff"]) assert.equal(saidOf(candy(bad)).length, 1, JSON.stringify(bad));
  });
}

Deno.test("the content of a file may hold NUL, and nothing UTF-8 cannot hold", () => {
  assert.deepEqual(saidOf({ plan: [{ write: "/srv/x", content: "a\0b" }] }), []);
  assert.deepEqual(saidOf({ plan: [{ write: "/srv/x", content: "a\ud800b" }] }), [
    'candies/it/plan/0/content: "a\\ud800b" is not a text UTF-8 can hold',
  ]);
});

Deno.test("names that become names of files, users, units and packages are words, and no options", () => {
  for (const bad of ["-rf", "a b", "a\nb", "", "a;b\tc"]) {
    assert.equal(saidOf({ package: [bad] }).length, 1, `package ${JSON.stringify(bad)}`);
    assert.equal(saidOf({ plan: [{ service: bad }] }).length, 1, `unit ${JSON.stringify(bad)}`);
    assert.equal(saidOf({ plan: [{ user: bad }] }).length, 1, `user ${JSON.stringify(bad)}`);
    assert.equal(saidOf({ plan: [{ unixGroup: bad }] }).length, 1, `group ${JSON.stringify(bad)}`);
    assert.equal(saidOf({ plan: [{ mkdir: "/srv/x", runAs: bad }] }).length, 1, `runAs ${JSON.stringify(bad)}`);
    assert.equal(saidOf({ service: [{ name: bad, exec: "/bin/x" }] }).length, 1, `service ${JSON.stringify(bad)}`);
    assert.ok(saidOf({}, bad).length >= 1, `candy ${JSON.stringify(bad)}`);
    const parsed = parseConfig({ bundles: { [bad]: { on: { target: "local" } } } });
    assert.ok("issues" in parsed, `bundle ${JSON.stringify(bad)}`);
  }
  for (const bad of ["$(touch escaped)", "it's", "a'b", "`x`"]) {
    assert.equal(saidOf({ plan: [{ user: bad }] }).length, 1);
    assert.equal(saidOf({ distro: { arch: { aur: { package: ["x"], replace: [bad] } } } }).length, 1);
  }
});

Deno.test("endless names and values are refused with the length that can be", () => {
  const kib64 = "x".repeat(64 * 1024), mib = longText(1024 * 1024);
  assert.equal(saidOf({}, kib64).length, 1);
  assert.equal(saidOf({ service: [{ name: kib64, exec: "/bin/x" }] }).length, 1);
  assert.equal(saidOf({ plan: [{ service: kib64 }] }).length, 1);
  assert.equal(saidOf({ env: { A: mib } }).length, 1);
  assert.equal(saidOf({ plan: [{ command: "true", env: { A: mib } }] }).length, 1);
  assert.equal(saidOf({ plan: [{ kernelParam: "kernel.x", value: "1\nkernel.y = 2" }] }).length, 1);
});

Deno.test("a host, a user and a container are no options and no shell text, at any transport", () => {
  for (
    const bad of ["-oProxyCommand=touch${IFS}escaped", "x$(touch escaped)", "a b", "`x`", "x;y", "x\ny", "x'y", "x|y"]
  ) {
    for (const transport of ["ssh2", "openssh"]) {
      assert.ok(saidOfTarget({ target: "ssh", host: [bad], transport }).length > 0, `host ${bad}`);
      assert.ok(saidOfTarget({ target: "ssh", host: [`${bad}@web1`], transport }).length > 0, `user@ ${bad}`);
      assert.ok(saidOfTarget({ target: "ssh", host: ["web1"], user: bad, transport }).length > 0, `user ${bad}`);
    }
    const outer = { target: "local" };
    assert.ok(saidOfTarget({ target: "nested", outer, via: "ssh", name: bad }).length > 0, `inner host ${bad}`);
    assert.ok(
      saidOfTarget({ target: "nested", outer, via: "ssh", name: "web1", user: bad }).length > 0,
      `inner ${bad}`,
    );
  }
});

/** Candies that parse and cannot be planned: the code that is said, and nothing is made. */
const unplannable: Readonly<Record<string, { readonly code: string; readonly candy: Partial<Candy> }>> = {
  "a path of 64 KiB": { code: "bad-path", candy: { plan: [{ mkdir: `/srv/${"x/".repeat(32 * 1024)}` }] } },
  "a name of 64 KiB": { code: "bad-path", candy: { plan: [{ write: `~/${"x".repeat(64 * 1024)}`, content: "" }] } },
  "a path out of its place": { code: "bad-path", candy: { plan: [{ write: "~/a/../../b", content: "" }] } },
  "a unit of several lines": {
    code: "bad-unit",
    candy: { service: [{ name: "s", exec: "/bin/x\nExecStartPre=/bin/y", scope: "user" }] },
  },
  "a unit's user of several lines": {
    code: "bad-unit",
    candy: { service: [{ name: "s", exec: "/bin/x", user: "u\nExecStart=/bin/y" }] },
  },
  "a block that holds the end of a block": {
    code: "bad-snippet",
    candy: { shell: { bash: { init: "a=1\n# opencharly:end it\nb=2" } } },
  },
  "a repository of several lines": {
    code: "bad-repository",
    candy: { distro: { debian: { repo: [{ name: "r", url: "https://x", components: "main\ndeb http://evil x y" }] } } },
  },
};

Deno.test("what parses and cannot be is said by the plan, before the target is changed", async () => {
  await using rig = await attackRig("local");
  for (const [what, { code, candy }] of Object.entries(unplannable)) {
    const written = { candies: { it: candy } };
    const install = { withServices: true, allowRepoChanges: true };
    const found = await rig.add(written, { install }).then((outcome) => outcome.error, (error: unknown) => error);
    assert.ok(found !== undefined, what);
    const { code: is, message, hint } = found as CharlyError;
    assert.deepEqual([what, is], [what, code]);
    assert.ok(hint !== undefined && message.length < 600, what);
    assert.deepEqual([...(await rig.tree()).keys()], ["."], what);
  }
  assert.deepEqual(await escaped(rig), []);
});
