/** The setup finds what test files declare. */
import assert from "node:assert/strict";
import { declaredPackages } from "../../tasks/dev/setup_tests.ts";

Deno.test("declaredPackages() finds every package with its file, optional ones too", () => {
  const call = "need" + "Packages"; // written in two parts, so that the setup does not take this text for a declaration
  const source = `
    await ${call}({ sudo: "/usr/bin/sudo", "dpkg-dev": "/usr/bin/dpkg-scanpackages" });
    await ${call}({
      "openssh-server": "/usr/sbin/sshd",
      ...(wanted ? {} : { zsh: "/usr/bin/zsh" }),
    });
    other({ fish: "/usr/bin/fish" });
  `;
  assert.deepEqual(declaredPackages(source), {
    sudo: "/usr/bin/sudo",
    "dpkg-dev": "/usr/bin/dpkg-scanpackages",
    "openssh-server": "/usr/sbin/sshd",
    zsh: "/usr/bin/zsh",
  });
});

Deno.test("declaredPackages() finds nothing where nothing is declared", () => {
  assert.deepEqual(declaredPackages(`const sudo = "/usr/bin/sudo";`), {});
});
