// A web server over SSH: a package, its site, a reload that undo repeats, and checks of the result.
import { bundle, candy, check, command, defineConfig, http, mkdir, service, ssh, write } from "@charly/charly";

const site = `server {
    listen 80 default_server;
    root /srv/www;
}
`;

export default defineConfig({
  project: "web",
  candies: {
    nginx: candy({
      version: "2026.300.0900",
      description: "nginx with one static site",
      package: ["nginx"],
      service: [{ name: "nginx", usePackaged: "nginx.service", enable: true }],
      plan: [
        mkdir("/srv/www", { runAs: "root" }),
        write("/srv/www/index.html", { content: "<h1>hello</h1>\n", runAs: "root" }),
        write("/etc/nginx/sites-available/default", { content: site, runAs: "root" }),
        // the way back waits until the old file stands again
        command("systemctl reload-or-restart nginx", {
          id: "reload",
          runAs: "root",
          undo: { command: "systemctl reload-or-restart nginx", at: "end" },
        }),
        check("nginx runs", service("nginx"), { running: true }),
        check("the page is there", http("http://127.0.0.1/", { body: { contains: "hello" } }), { eventually: "10s" }),
      ],
    }),
  },
  bundles: {
    web: bundle({
      on: ssh("deploy@web1.example.com"),
      candy: ["nginx"],
      installOpts: { withServices: true, allowRootTasks: true },
    }),
  },
});
