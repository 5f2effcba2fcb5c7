import assert from "node:assert/strict";
import { quoteWord } from "../../../lib/command/quote.ts";
import { HostSession } from "../../../lib/deploy/session.ts";
import { localTransport } from "../../../lib/execute/transport/local.ts";
import { localRig, timeless } from "../../shared/local_rig.ts";
import { tempDir } from "../../shared/tmp.ts";

/** A machine whose user is no root, with a sudo that wants this password (or none at all). */
async function machine(password: string | undefined) {
  const dir = await tempDir({
    "bin/id": "#!/bin/sh\ncase $1 in -un) echo ann ;; *) echo 1000 ;; esac\n",
    "bin/sudo": `#!/bin/sh
if [ "$1" = -n ]; then echo "sudo: a password is required" >&2; exit 1; fi
printf %s "$4" >&2
IFS= read -r given
[ "$given" = ${quoteWord(password ?? "")} ] || { printf 'Sorry, try again.\\n%s' "$4" >&2; read -r again; exit 1; }
shift 4
exec "$@"
`,
    "home/.keep": "",
  });
  for (const name of ["id", "sudo"]) await Deno.chmod(dir.join("bin", name), 0o755);
  return dir;
}

async function root(password: string | undefined, asked?: () => Promise<string | undefined>) {
  await using dir = await machine(password);
  const home = dir.join("home");
  const transport = localTransport({ env: { HOME: home, PATH: `${dir.join("bin")}:/usr/bin:/bin` }, home });
  await using session = await HostSession.open(transport, {
    host: "web1",
    ...(asked === undefined ? {} : { sudoPassword: asked }),
  });
  await session.executor.probe("root");
  return session.executor.isOpen("root");
}

Deno.test("HostSession is refused with the sudoers line that helps when sudo wants a password nobody has", async () => {
  await assert.rejects(root("secret"), { code: "sudo-refused", hint: /NOPASSWD/ });
  await assert.rejects(root("secret", () => Promise.resolve(undefined)), { code: "sudo-refused" });
});

Deno.test("HostSession asks once, opens with the right password and gives up after a wrong one", async () => {
  let asked = 0;
  const answer = (text: string) => () => {
    asked++;
    return Promise.resolve(text);
  };
  assert.equal(await root("it's $x", answer("it's $x")), true);
  await assert.rejects(root("secret", answer("wrong")), { code: "sudo-password-wrong" });
  assert.equal(asked, 2);
});

Deno.test("an add that needs root is refused before anything is written when sudo refuses", async () => {
  await using dir = await machine("secret");
  await using rig = await localRig({}, { PATH: `${dir.join("bin")}:/usr/bin:/bin` });
  const before = await rig.tree();
  const plan = [{ write: "~/a", content: "a" }, { write: `${rig.place}/never`, content: "b", runAs: "root" }];
  const outcome = await rig.add({ candies: { motd: { plan } } });
  assert.equal(outcome.hosts[0]?.error?.code, "sudo-refused");
  assert.deepEqual(timeless(await rig.tree()), timeless(before));
  await assert.rejects(Deno.stat(rig.store), Deno.errors.NotFound);
});
