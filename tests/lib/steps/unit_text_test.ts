import assert from "node:assert/strict";
import { renderDropin, renderUnit, unitName } from "../../../lib/steps/unit_text.ts";

Deno.test("unitName() adds .service unless the name ends in a unit type", () => {
  assert.deepEqual(["nginx", "fstrim.timer", "a.b", "docker.socket", "network.target"].map(unitName), [
    "nginx.service",
    "fstrim.timer",
    "a.b.service",
    "docker.socket",
    "network.target",
  ]);
});

Deno.test("renderUnit() renders the least there is", () => {
  assert.equal(
    renderUnit("web", { name: "api", exec: "/usr/bin/api" }),
    `[Unit]
Description=charly web api

[Service]
Type=simple
ExecStart=/usr/bin/api

[Install]
WantedBy=multi-user.target
`,
  );
});

Deno.test("renderUnit() wants default.target and takes no User for a user unit", () => {
  const text = renderUnit("web", { name: "api", exec: "api", scope: "user", user: "root" });
  assert.match(text, /^WantedBy=default\.target$/m);
  assert.doesNotMatch(text, /User=/);
});

Deno.test("renderUnit() leaves Restart out for unless-stopped", () => {
  assert.doesNotMatch(renderUnit("w", { name: "a", exec: "a", restart: "unless-stopped" }), /Restart/);
  assert.match(renderUnit("w", { name: "a", exec: "a", restart: "on-failure" }), /^Restart=on-failure$/m);
});

Deno.test("renderUnit() defers the home in every spelling", () => {
  const text = renderUnit("w", { name: "a", exec: "%(ENV_HOME)s/a ${HOME}/b", workingDirectory: "~/srv" });
  assert.match(text, /^ExecStart=\{\{\.Home\}\}\/a \{\{\.Home\}\}\/b$/m);
  assert.match(text, /^WorkingDirectory=\{\{\.Home\}\}\/srv$/m);
});

Deno.test("renderUnit() quotes environment so that systemd reads it back unchanged", () => {
  const text = renderUnit("w", { name: "a", exec: "a", env: { A: 'say "hi" 100%\nbye \\' } });
  assert.match(text, /^Environment="A=say \\"hi\\" 100%%\\nbye \\\\"$/m);
});

Deno.test("renderUnit() refuses a template marker that nobody resolved", () => {
  assert.throws(() => renderUnit("w", { name: "a", exec: "{{.Candy}}/bin/a" }), {
    message: 'candy "w": service a: the template marker {{ is left in the unit',
  });
  assert.throws(() => renderUnit("w", { name: "a", exec: "%(ENV_DISPLAY)s" }), { code: "bad-unit" });
});

Deno.test("renderUnit() refuses a value that would become lines of its own", () => {
  assert.throws(() => renderUnit("w", { name: "a", exec: "a\nUser=root" }), {
    message: 'candy "w": service a: a value spans lines',
  });
  assert.throws(() => renderUnit("w", { name: "a", exec: "a", workingDirectory: "/a\nUser=root" }), {
    code: "bad-unit",
  });
});

Deno.test("renderUnit() joins a command that continues after a backslash", () => {
  assert.match(renderUnit("w", { name: "a", exec: "a --x \\\n  --y\n" }), /^ExecStart=a --x {2}--y$/m);
});

Deno.test("renderDropin() clears ExecStart before it sets it, and is nothing without overrides", () => {
  assert.equal(renderDropin("w", { name: "a", usePackaged: "a" }), undefined);
  assert.equal(
    renderDropin("w", { name: "a", usePackaged: "a", overrides: { exec: "/usr/bin/a -f", after: ["b"] } }),
    "[Unit]\nAfter=b.service\n\n[Service]\nExecStart=\nExecStart=/usr/bin/a -f\n",
  );
});
