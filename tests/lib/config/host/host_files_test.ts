import assert from "node:assert/strict";
import { hostFiles } from "../../../../lib/config/host/host_files.ts";

Deno.test("hostFiles() are below XDG_CONFIG_HOME when that is absolute, else below the home, else nowhere", () => {
  for (
    const [xdg, home, expected] of [
      ["/etc/x/", "/home/me", "/etc/x/charly/charly.yml"],
      ["", "/home/me", "/home/me/.config/charly/charly.yml"],
      ["relative", "/home/me", "/home/me/.config/charly/charly.yml"],
      [undefined, "/home/me", "/home/me/.config/charly/charly.yml"],
      ["", "", undefined],
    ] as const
  ) {
    const files = hostFiles((name) => name === "HOME" ? home : name === "XDG_CONFIG_HOME" ? xdg : undefined);
    assert.equal(files?.overlay, expected, `${xdg} ${home}`);
  }
});
