import assert from "node:assert/strict";
import { localRig, timeless } from "../../shared/local_rig.ts";

const candies = { tools: { env: { EDITOR: "vi" } } };
const bashrc = `alias ll='ls -l'

# overthink:begin (managed by ov; do not edit inside this block)
for f in ~/.config/overthink/env.d/*.env; do . "$f"; done
# overthink:end

  # overthink:begin tools (managed by charly; do not edit inside this block)
alias t=tools
  # overthink:end tools
echo last
`;

Deno.test("blocks of the first generation go when ours comes, whatever follows their markers, and del brings them back", async () => {
  await using rig = await localRig({ ".bashrc": bashrc });
  await Deno.chmod(`${rig.home}/.bashrc`, 0o600);
  const before = await rig.tree();
  assert.equal((await rig.add({ candies })).ok, true);
  const text = await rig.read(".bashrc");
  assert.equal(text.includes("overthink"), false);
  assert.match(text, /^alias ll='ls -l'\n\n\necho last\n\n# opencharly:begin /);
  assert.equal((await Deno.stat(`${rig.home}/.bashrc`)).mode! & 0o777, 0o600);
  assert.equal((await rig.del()).ok, true);
  assert.deepEqual(timeless(await rig.tree()), timeless(before));
});

Deno.test("an old block without an end is left as it is, and said", async () => {
  const open = "one\n# overthink:begin (managed by ov)\ntwo\n";
  await using rig = await localRig({ ".bashrc": open });
  assert.equal((await rig.add({ candies })).ok, true);
  assert.equal((await rig.read(".bashrc")).startsWith(open), true);
  assert.equal(
    rig.events.some((event) => event.kind === "warning" && event.message.includes("does not end")),
    true,
  );
});

Deno.test("a block of ours without an end is refused, and the file stays", async () => {
  const open = "one\n# opencharly:begin (managed by charly; do not edit inside this block)\ntwo\n";
  await using rig = await localRig({ ".bashrc": open });
  const outcome = await rig.add({ candies });
  assert.match(outcome.hosts[0]?.error?.message ?? "", /a block begins and does not end; mend the file by hand/);
  assert.equal(await rig.read(".bashrc"), open);
});
