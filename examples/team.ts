// A set of candies for others to take in: it declares what it brings, and deploys nothing itself.
import { candy, defineConfig, write } from "@charly/charly";

export default defineConfig({
  candies: {
    servers: candy({
      version: "2026.300.0900",
      description: "the team's name servers, for people to read",
      plan: [write("~/.config/team/servers", { content: "ns1.example.com\nns2.example.com\n" })],
    }),
    base: candy({
      version: "2026.300.0900",
      description: "what everybody has",
      require: ["servers"],
      env: { TEAM: "blue" },
    }),
  },
  locals: { desk: { candy: ["base"], env: { DESK: "yes" } } },
});
