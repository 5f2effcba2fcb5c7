/** Packages, repositories and AUR builds of a candy as steps: repositories first, each gated and undone for itself. */
import { CharlyError } from "../base/errors.ts";
import type { Candy, PackageFormat, Repo } from "../entities/candy.ts";
import { sha256 } from "../steps/content.ts";
import type { StepFacts } from "../steps/define_step.ts";
import type { BuilderStep, RepoChangeStep, SystemPackagesStep } from "../steps/step.ts";
import { selectAur, selectPackages } from "./packages.ts";
import { finalRepo } from "./repo_address.ts";

/** Repositories and packages for the machine's format. */
export function packageSteps(
  name: string,
  candy: Candy,
  facts: Pick<StepFacts, "distro" | "machine">,
  format: PackageFormat,
): (RepoChangeStep | SystemPackagesStep)[] {
  const selected = selectPackages(candy, facts.distro, format);
  const repos = selected.repos.map((repo) => finalRepo(name, checkedRepo(name, repo), format, facts));
  const files = repos.flatMap((repo) => repoFile(name, repo, format) ?? []);
  const prepared = repos.filter((repo) =>
    format === "rpm"
      ? repo.rpm !== undefined || isRepoFile(repo)
      : format === "deb"
      ? repo.url?.startsWith("ppa:") === true
      : repo.key !== undefined
  );
  const prepare = prepared.length + selected.copr.length + selected.modules.length === 0 ? [] : [
    packagesStep(name, format, {
      phase: "prepare",
      repos: prepared,
      copr: selected.copr,
      modules: selected.modules,
    }),
  ];
  const install = selected.packages.length === 0 ? [] : [
    packagesStep(name, format, {
      packages: selected.packages,
      options: selected.options,
      exclude: selected.exclude,
      keys: repos.flatMap((repo) => repo.key ?? []),
    }),
  ];
  return [...files, ...prepare, ...install];
}

/** A packages step with everything empty that is not given. */
export function packagesStep(
  candy: string,
  format: PackageFormat,
  fields: Partial<Omit<SystemPackagesStep, "kind" | "candy" | "format">>,
): SystemPackagesStep {
  return {
    kind: "SystemPackages",
    candy,
    format,
    phase: "install",
    packages: [],
    repos: [],
    options: [],
    copr: [],
    modules: [],
    exclude: [],
    keys: [],
    ...fields,
  };
}

/** The build of a candy's AUR packages, kept as data on targets without builders. */
export function aurStep(
  name: string,
  candy: Candy,
  tags: readonly string[],
  format: PackageFormat,
  builderImage: string,
  candyDir: string,
): BuilderStep | undefined {
  const aur = format === "pac" ? selectAur(candy, tags, format) : undefined;
  if (aur === undefined) return undefined;
  return {
    kind: "Builder",
    candy: name,
    builder: "aur",
    builderImage,
    phase: "install",
    artifacts: [{ containerPath: "/tmp/aur-pkgs", hostPath: "/tmp/charly-pkgs", chown: "" }],
    candyDir,
    context: { packages: aur.packages, options: aur.options, replaces: aur.replaces },
  };
}

/** Is the address a whole `.repo` file rather than a repository? */
function isRepoFile(repo: Repo): boolean {
  return repo.url?.endsWith(".repo") === true;
}

/** The list file of a repository, or nothing when a command sets it up (`rpm:` packages, `ppa:`). */
function repoFile(candy: string, repo: Repo, format: PackageFormat): RepoChangeStep | undefined {
  const step = (file: string, content: string, key?: RepoChangeStep["key"]): RepoChangeStep => ({
    kind: "RepoChange",
    candy,
    format,
    file,
    content,
    checksum: sha256(content),
    ...(key === undefined ? {} : { key }),
  });
  if (format === "deb") {
    if (repo.url === undefined || repo.url.startsWith("ppa:")) return undefined;
    const keyring = repo.signedBy ?? `/etc/apt/keyrings/${repo.name}.gpg`;
    const suite = repo.suite ?? "stable";
    const where = suite.endsWith("/") ? suite : `${suite} ${repo.components ?? "main"}`;
    const signed = repo.key === undefined && repo.signedBy === undefined ? "" : `[signed-by=${keyring}] `;
    return step(
      `/etc/apt/sources.list.d/${repo.name}.list`,
      `deb ${signed}${repo.url} ${where}\n`,
      repo.key === undefined ? undefined : { url: repo.key, path: keyring },
    );
  }
  if (format === "rpm") {
    if (repo.url === undefined || isRepoFile(repo)) return undefined;
    const gpgkey = repo.gpgkey ?? repo.key;
    const check = repo.gpgcheck ?? gpgkey !== undefined;
    const file = `/etc/yum.repos.d/${repo.name}.repo`;
    return step(
      file,
      [
        `[${repo.name}]`,
        `name=${repo.name}`,
        `baseurl=${repo.url}`,
        "enabled=1",
        `gpgcheck=${check ? 1 : 0}`,
        ...(gpgkey === undefined ? [] : [`gpgkey=${gpgkey}`]),
        "",
      ].join("\n"),
    );
  }
  const server = repo.server ?? repo.url;
  if (server === undefined) return undefined;
  const level = repo.siglevel === undefined ? [] : [`SigLevel = ${repo.siglevel}`];
  return step("/etc/pacman.conf", [`[${repo.name}]`, ...level, `Server = ${server}`, ""].join("\n"));
}

/** A repository's fields become a file name and lines of a list: nothing in them may be more than that. */
function checkedRepo(candy: string, repo: Repo): Repo {
  const values = Object.values(repo).map(String);
  if (/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(repo.name) && !values.some((value) => /[\n\r\0]/.test(value))) return repo;
  throw new CharlyError(
    `candy "${candy}": repository ${JSON.stringify(repo.name)}: a bad name, or a value over several lines`,
    {
      hint: "name it with letters, digits, dots and dashes, and write every value in one line",
      code: "bad-repository",
      exitCode: 2,
    },
  );
}
