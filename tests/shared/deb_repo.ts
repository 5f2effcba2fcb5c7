/** A small .deb repository of the test's own, which this machine's apt installs from; all of it gone at the end. */
import { createHash } from "node:crypto";
import { run } from "./run.ts";
import { tempDir } from "./tmp.ts";

/** One package to build. */
export interface DebPackage {
  readonly name: string;
  readonly version: string;
  /** A Depends line. */
  readonly depends?: string;
  /** A Conflicts line. */
  readonly conflicts?: string;
  /** Content by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Absolute paths of `files` that dpkg treats as configuration. */
  readonly conffiles?: readonly string[];
  /** sh. */
  readonly preinst?: string;
  readonly postinst?: string;
  readonly prerm?: string;
  readonly postrm?: string;
}

/** A repository that apt knows. */
export interface DebRepo extends AsyncDisposable {
  /** Where the .deb files and the index are. */
  readonly dir: string;
  /** The line in sources.list form. */
  readonly line: string;
  /** Builds packages, adds them to the index and lets apt read it. */
  add(...packages: readonly DebPackage[]): Promise<void>;
  /** The path of a built .deb file. */
  file(name: string, version: string): string;
}

/** What every repository has. `charly-hello` 2.0 is for {@link DebRepo.add}. */
export const debPackages = {
  hello: {
    name: "charly-hello",
    version: "1.0",
    files: { "/usr/bin/charly-hello": "#!/bin/sh\necho hello 1.0\n" },
  },
  hello2: {
    name: "charly-hello",
    version: "2.0",
    files: { "/usr/bin/charly-hello": "#!/bin/sh\necho hello 2.0\n" },
  },
  dep: { name: "charly-dep", version: "1.0", files: { "/usr/share/charly-dep/data": "data\n" } },
  app: {
    name: "charly-app",
    version: "1.0",
    depends: "charly-dep",
    files: { "/usr/bin/charly-app": "#!/bin/sh\ncat /usr/share/charly-dep/data\n" },
  },
  conf: {
    name: "charly-conf",
    version: "1.0",
    files: { "/etc/charly-conf.conf": "answer=42\n" },
    conffiles: ["/etc/charly-conf.conf"],
  },
  post: {
    name: "charly-post",
    version: "1.0",
    postinst: "mkdir -p /var/lib/charly-post\necho configured >/var/lib/charly-post/stamp\n",
    postrm: `[ "$1" != purge ] || rm -rf /var/lib/charly-post\n`,
  },
} satisfies Record<string, DebPackage>;

const { hello, dep, app, conf, post } = debPackages;

/**
 * Builds a repository and adds it to apt's sources; `await using` purges its packages and takes it out. Needs root on Debian.
 *
 * @param packages what is in it at first
 */
export async function debRepo(packages: readonly DebPackage[] = [hello, dep, app, conf, post]): Promise<DebRepo> {
  const dir = await tempDir();
  await Deno.chmod(dir.path, 0o755); // apt reads as the user _apt
  const id = dir.path.slice(dir.path.lastIndexOf("-") + 1);
  const source = `/etc/apt/sources.list.d/charly-test-${id}.list`, line = `deb [trusted=yes] file:${dir.path} ./`;
  const names = new Set<string>();
  const stanzas: string[] = [];
  const update = () =>
    run([
      ...["apt-get", "update", "-q", "-o", `Dir::Etc::sourcelist=${source}`, "-o", "Dir::Etc::sourceparts=-"],
      ...["-o", "APT::Get::List-Cleanup=0", "-o", "DPkg::Lock::Timeout=120"],
    ]);
  const file = (name: string, version: string) => dir.join(`${name}_${version}_all.deb`);
  const repo: DebRepo = {
    dir: dir.path,
    line,
    file,
    async add(...packages) {
      for (const entry of packages) {
        const path = file(entry.name, entry.version);
        const control = await buildDeb(entry, path);
        const bytes = await Deno.readFile(path);
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        stanzas.push(
          `${control}Filename: ./${path.slice(dir.path.length + 1)}\nSize: ${bytes.length}\nSHA256: ${sha256}\n`,
        );
        names.add(entry.name);
      }
      await Deno.writeTextFile(dir.join("Packages"), stanzas.join("\n"));
      await update();
    },
    async [Symbol.asyncDispose]() {
      const known = await run(["dpkg-query", "-W", "-f", "${Package}\\n"]);
      const left = known.split("\n").filter((name) => names.has(name));
      if (left.length > 0) {
        await run(["dpkg", "--force-remove-reinstreq", "--purge", ...left], {
          env: { DEBIAN_FRONTEND: "noninteractive" },
        });
      }
      await Deno.remove(source);
      for await (const { name } of Deno.readDir("/var/lib/apt/lists")) {
        if (name.includes(dir.path.replaceAll("/", "_"))) await Deno.remove(`/var/lib/apt/lists/${name}`);
      }
      await dir[Symbol.asyncDispose]();
    },
  };
  await Deno.writeTextFile(source, `${line}\n`);
  try {
    await repo.add(...packages);
  } catch (error) {
    await repo[Symbol.asyncDispose]();
    throw error;
  }
  return repo;
}

/** Builds one .deb at `path`. @returns its control stanza */
export async function buildDeb(entry: DebPackage, path: string): Promise<string> {
  await using tree = await tempDir();
  await Deno.chmod(tree.path, 0o755);
  const control = [
    `Package: ${entry.name}`,
    `Version: ${entry.version}`,
    "Architecture: all",
    "Maintainer: charly tests <tests@example.invalid>",
    ...(entry.depends === undefined ? [] : [`Depends: ${entry.depends}`]),
    ...(entry.conflicts === undefined ? [] : [`Conflicts: ${entry.conflicts}`]),
    `Description: ${entry.name} of the tests`,
    "",
  ].join("\n");
  await tree.write({ "DEBIAN/control": control });
  for (const [name, content] of Object.entries(entry.files ?? {})) {
    await Deno.chmod(await tree.write({ [name.slice(1)]: content }), name.includes("/bin/") ? 0o755 : 0o644);
  }
  if (entry.conffiles !== undefined) {
    await tree.write({ "DEBIAN/conffiles": entry.conffiles.map((name) => `${name}\n`).join("") });
  }
  for (const script of ["preinst", "postinst", "prerm", "postrm"] as const) {
    if (entry[script] === undefined) continue;
    await Deno.chmod(await tree.write({ [`DEBIAN/${script}`]: `#!/bin/sh\nset -e\n${entry[script]}` }), 0o755);
  }
  await run(["dpkg-deb", "--root-owner-group", "--build", tree.path, path]);
  return control;
}
