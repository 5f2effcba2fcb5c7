/** Addresses of repositories: what their authors ask a shell for is put in from the facts, and no shell ever sees the rest. */
import { CharlyError } from "../base/errors.ts";
import type { PackageFormat, Repo } from "../entities/candy.ts";
import type { StepFacts } from "../steps/define_step.ts";
import { archOf } from "../steps/variables.ts";

/** What addresses depend on. */
export type AddressFacts = Pick<StepFacts, "distro" | "machine">;

const addressed = ["url", "key", "gpgkey", "rpm", "server", "suite"] as const;

/**
 * A repository as its steps have it: addresses final, what no format acts on left out.
 *
 * `$(rpm -E %fedora)`, `$(dpkg --print-architecture)` and the like are known from the facts: the plan shows the address itself,
 * and two plans of equal machines are equal. Any other `$( … )` is refused, for it would reach the package manager as it is.
 *
 * @throws CharlyError naming the candy, the repository and what is not known
 */
export function finalRepo(candy: string, repo: Repo, format: PackageFormat, facts: AddressFacts): Repo {
  const { keep: _kept, ...own } = repo;
  const final: { -readonly [K in keyof Repo]: Repo[K] } = { ...own };
  for (const field of addressed) {
    const text = own[field];
    if (text === undefined) continue;
    final[field] = text.replace(/\$\(([^()]*)\)|`([^`]*)`/g, (whole, asked?: string, quoted?: string) => {
      const answer = answerOf((asked ?? quoted ?? "").trim().replace(/\s+/g, " "), facts);
      if (answer !== undefined) return answer;
      throw refused(candy, repo, `${field}: nobody answers ${whole} on ${facts.distro[0] ?? "this machine"}`);
    });
    // Several keys may stand behind each other.
    if (field !== "gpgkey" && /\s/.test(final[field]!)) throw refused(candy, repo, `${field}: has a blank in it`);
  }
  if (own.signedBy !== undefined && !/^\/[\w./+-]+$/.test(own.signedBy)) {
    throw refused(candy, repo, `signedBy: ${JSON.stringify(own.signedBy)} is no plain path`);
  }
  if (format === "deb" && own.key !== undefined && !/^https?:\/\//.test(final.key!)) {
    throw refused(candy, repo, `key: ${JSON.stringify(final.key)} is no address`);
  }
  return final;
}

/** What a machine would answer. */
function answerOf(command: string, { distro, machine }: AddressFacts): string | undefined {
  if (command === "uname -m" || command === "arch" || command === "rpm -E %_arch") return machine;
  if (command === "dpkg --print-architecture") return archOf(machine);
  const macro = /^rpm (?:-E|--eval) (["']?)%(?:\{\??)?(fedora|rhel|centos)\}?\1$/.exec(command)?.[2];
  if (macro === undefined) return undefined;
  const family = macro === "fedora" ? ["fedora"] : ["rhel", "centos", "rocky", "almalinux"];
  const tag = distro.find((it) => family.includes(it.replace(/:.*/, "")) && it.includes(":"));
  return tag?.replace(/^[^:]*:/, "").replace(/\..*/, "");
}

function refused(candy: string, { name }: Repo, what: string): CharlyError {
  return new CharlyError(`candy "${candy}": repository ${JSON.stringify(name)}: ${what}`, {
    hint: "write the address out, in a section for each version where it differs",
    code: "bad-repository",
    exitCode: 2,
  });
}
