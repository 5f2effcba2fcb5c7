// Dotfiles at user scope: files, links, variables, PATH and shell snippets, with no root anywhere.
import { bundle, candy, check, command, defineConfig, file, link, local, mkdir, write } from "@charly/charly";
import gitconfig from "./files/gitconfig" with { type: "text" };

export default defineConfig({
  project: "dotfiles",
  candies: {
    git: candy({
      version: "2026.300.0900",
      description: "git, as I like it",
      plan: [
        mkdir("~/.config/git"),
        write("~/.config/git/config", { content: gitconfig }),
        check("git reads it", command("git config alias.st"), { stdout: { contains: "status" } }),
      ],
    }),
    scripts: candy({
      version: "2026.300.0900",
      description: "a directory for small programs",
      pathAppend: ["~/bin"],
      plan: [
        mkdir("~/bin"),
        write("~/bin/today", { content: "#!/bin/sh\nexec date +%F\n", mode: "0755" }),
        link("~/bin/heute", { target: "today" }),
        check("it may be executed", file("~/bin/today", { mode: "0755" })),
      ],
    }),
    shell: candy({
      version: "2026.300.0900",
      description: "variables and aliases for every shell there is",
      require: ["scripts"],
      env: { EDITOR: "vim", LESS: "-FRX" },
      shell: {
        init: "alias ll='ls -l'",
        fish: { init: "alias ll 'ls -l'" },
      },
    }),
  },
  bundles: { laptop: bundle({ on: local(), candy: ["git", "shell"] }) },
});
