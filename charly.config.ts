/** charly's own development environment, at user scope: what `deno task demo` deploys into a throw-away home, and undoes. */
import {
  bundle,
  candy,
  check,
  command,
  defineConfig,
  download,
  file,
  link,
  local,
  mkdir,
  task,
  write,
} from "@charly/charly";

export default defineConfig({
  project: "charly",
  candies: {
    editor: candy({
      version: "2026.325.0900",
      description: "one indentation everywhere",
      plan: [
        write("~/.editorconfig", {
          content: "root = true\n\n[*]\nindent_style = space\nindent_size = 2\nend_of_line = lf\n",
        }),
        check("the editor indents by two", file("~/.editorconfig", { contains: "indent_size = 2" })),
      ],
    }),
    tools: candy({
      version: "2026.325.0900",
      description: "two small programs, out of an archive",
      // The demo serves this archive itself; a project of yours names a release's address and its sha256 here.
      var: { TOOLS: "http://127.0.0.1:47474/charly-tools.tar.gz" },
      pathAppend: ["~/.local/bin"],
      plan: [
        mkdir("~/.local/bin", { mode: "0755" }),
        download("${TOOLS}", { to: "~/.local/opt/charly-tools", extract: "tar.gz", stripComponents: 1 }),
        link("~/.local/bin/greet", { target: "../opt/charly-tools/bin/greet" }),
      ],
    }),
    shell: candy({
      version: "2026.325.0900",
      description: "variables and a shell snippet",
      require: ["editor"],
      env: { EDITOR: "vi", CHARLY_GREETING: "it's a $5 hello" },
      shell: { bash: { init: "alias ll='ls -l'" } },
    }),
    workspace: candy({
      version: "2026.325.0900",
      description: "a directory to work in, prepared by a command",
      require: ["shell", "tools"],
      plan: [
        mkdir("~/work", { mode: "0700" }),
        command("greet > ~/work/WELCOME", {
          id: "welcome",
          description: "greet into ~/work/WELCOME",
          touches: ["~/work/WELCOME"],
        }),
        check("somebody was greeted", file("~/work/WELCOME", { contains: "hello" })),
      ],
    }),
  },
  bundles: {
    dev: bundle({ on: local(), candy: ["workspace"], description: "charly's development environment" }),
  },
  tasks: {
    versions: task({
      description: "what this project is built with",
      permissions: { run: ["git"] },
      run: async ({ $ }) => {
        await $`git log --oneline -3`;
      },
    }),
  },
  defaults: { bundle: "dev" },
});
