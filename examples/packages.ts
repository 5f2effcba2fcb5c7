// Packages: one name everywhere, other names per distribution, and a repository with its key.
import { bundle, candy, check, command, defineConfig, local, pkg } from "@charly/charly";

export default defineConfig({
  project: "packages",
  candies: {
    search: candy({
      version: "2026.300.0900",
      description: "fast search; what was installed before stays when this goes",
      package: ["ripgrep"],
      distro: {
        "debian,ubuntu": { package: ["fd-find"] },
        fedora: { package: ["fd-find"] },
        arch: { package: ["fd"] },
      },
      plan: [check("rg runs", command("rg --version"), { stdout: { contains: "ripgrep" } })],
    }),
    node: candy({
      version: "2026.300.0900",
      description: "Node.js from a repository of its makers",
      distro: {
        deb: {
          repo: [{
            name: "nodesource",
            url: "https://deb.nodesource.com/node_24.x",
            key: "https://deb.nodesource.com/gpgkey/nodesource-repo.gpg.key",
            suite: "nodistro",
          }],
          package: ["nodejs"],
        },
        pac: { package: ["nodejs", "npm"] },
      },
    }),
    // a package in the middle of a plan, under the name each distribution gives it
    late: candy({
      version: "2026.300.0900",
      description: "a package as a step",
      plan: [pkg("fd", { map: { debian: "fd-find", ubuntu: "fd-find", fedora: "fd-find" } })],
    }),
  },
  bundles: {
    workstation: bundle({
      on: local(),
      candy: ["search", "node", "late"],
      installOpts: { allowRepoChanges: true },
    }),
  },
});
