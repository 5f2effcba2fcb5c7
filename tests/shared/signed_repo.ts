/** A .deb repository as vendors have them: served over HTTP, signed, with its key beside it. apt is told nothing of it. */
import { createHash } from "node:crypto";
import { buildDeb, type DebPackage } from "./deb_repo.ts";
import type { HttpServer } from "./http.ts";
import { needPackages } from "./packages.ts";
import { run } from "./run.ts";
import { tempDir } from "./tmp.ts";

/**
 * Serves a flat repository (`suite: "./"`) below `path`, and its armoured key at `<path>/key.asc`. Disposing of it purges its
 * packages and takes its lists away.
 */
export async function signedRepo(
  http: HttpServer,
  path: string,
  packages: readonly DebPackage[],
): Promise<AsyncDisposable> {
  await needPackages({ gpg: "/usr/bin/gpg", "gpg-agent": "/usr/bin/gpg-agent" });
  await using dir = await tempDir();
  const gnupg = { env: { GNUPGHOME: dir.join("gnupg") } };
  await Deno.mkdir(gnupg.env.GNUPGHOME, { mode: 0o700 });
  const gpg = (...words: string[]) => run(["gpg", "--batch", "--yes", "--quiet", ...words], gnupg);
  const stanzas: string[] = [];
  for (const entry of packages) {
    const name = `${entry.name}_${entry.version}_all.deb`;
    const control = await buildDeb(entry, dir.join(name));
    const bytes = await Deno.readFile(dir.join(name));
    http.put(`${path}/${name}`, bytes);
    stanzas.push(`${control}Filename: ./${name}\nSize: ${bytes.length}\nSHA256: ${digest(bytes)}\n`);
  }
  const index = stanzas.join("\n");
  http.put(`${path}/Packages`, index);
  const release = [
    "Suite: stable",
    "Codename: stable",
    `Date: ${new Date().toUTCString().replace("GMT", "UTC")}`,
    "SHA256:",
    ` ${digest(index)} ${new TextEncoder().encode(index).length} Packages`,
    "",
  ].join("\n");
  await dir.write({ Release: release });
  try {
    await gpg(
      "--passphrase",
      "",
      "--quick-generate-key",
      "charly tests <tests@example.invalid>",
      "rsa2048",
      "sign",
      "0",
    );
    await gpg("--clearsign", "--output", dir.join("InRelease"), dir.join("Release"));
    http.put(`${path}/InRelease`, await Deno.readTextFile(dir.join("InRelease")));
    http.put(`${path}/key.asc`, await gpg("--armor", "--export"));
  } finally {
    await run(["gpgconf", "--kill", "all"], gnupg);
  }
  return {
    async [Symbol.asyncDispose]() {
      const known = (await run(["dpkg-query", "-W", "-f", "${Package}\\n"])).split("\n");
      const left = packages.map(({ name }) => name).filter((name) => known.includes(name));
      if (left.length > 0) await run(["dpkg", "--purge", ...left], { env: { DEBIAN_FRONTEND: "noninteractive" } });
      const prefix = `127.0.0.1:${http.port}_`;
      for await (const { name } of Deno.readDir("/var/lib/apt/lists")) {
        if (name.startsWith(prefix)) await Deno.remove(`/var/lib/apt/lists/${name}`);
      }
    },
  };
}

function digest(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
