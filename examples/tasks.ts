// Tasks: functions with needs and declared permissions, on this machine and on a bundle's (`charly run release`).
import { bundle, candy, defineConfig, mkdir, ssh, task } from "@charly/charly";

export default defineConfig({
  project: "tasks",
  candies: {
    site: candy({ version: "2026.300.0900", description: "a place for releases", plan: [mkdir("~/releases")] }),
  },
  bundles: { web: bundle({ on: ssh("deploy@web1.example.com"), candy: ["site"] }) },
  tasks: {
    lint: task({
      description: "format and lint",
      permissions: { run: ["deno"], read: ["."] },
      run: async ({ $ }) => {
        await $`deno fmt --check`;
        await $`deno lint`;
      },
    }),
    test: task({
      description: "the tests",
      permissions: { run: ["deno"], read: ["."] },
      run: async ({ $ }) => {
        await $`deno test`;
      },
    }),
    // lint and test run side by side; this one follows when both are done
    release: task({
      description: "put a version on the server",
      needs: ["lint", "test"],
      permissions: { run: ["git"] },
      args: { version: { description: "a tag", required: true } },
      run: async ({ $, hosts, args }) => {
        const notes = await $`git log -1 --format=%B ${args.version}`.text();
        // the same quoting there as here: a value is one word, whatever it holds
        await hosts.web.$`printf %s ${notes} > ~/releases/${args.version}.txt`;
      },
    }),
  },
});
