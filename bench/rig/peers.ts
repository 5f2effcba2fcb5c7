/** Those charly is compared with: Debian's packages, set up as somebody who wants them fast would set them up. */
import { needPackages } from "../../tests/shared/packages.ts";
import { tryRun } from "../../tests/shared/run.ts";
import type { Contestant } from "./measure.ts";
import type { Hosts } from "./fleet.ts";
import type { TempDir } from "../../tests/shared/tmp.ts";

/** Package → a file it brings. */
const packages: Readonly<Record<string, string>> = {
  "ansible-core": "/usr/bin/ansible-playbook",
  "ansible-mitogen": "/usr/lib/python3/dist-packages/ansible_mitogen/__init__.py",
  "fabric": "/usr/bin/fab",
  "openssh-client": "/usr/bin/ssh",
  "openssh-server": "/usr/sbin/sshd",
  "python3": "/usr/bin/python3",
  "time": "/usr/bin/time",
};

/** Installs what is absent and says what there is, by name. */
export async function installPeers(): Promise<Readonly<Record<string, string>>> {
  await needPackages(packages);
  const versions: Record<string, string> = {};
  for (const name of Object.keys(packages)) {
    const { stdout } = await tryRun(["dpkg-query", "-W", "-f", "${Version}", name]);
    versions[name] = stdout.trim();
  }
  return versions;
}

/** How a playbook is run. */
export interface PlaybookOptions {
  /** `pipelining` is what its own documentation says to switch on for speed; `default` is what one gets without reading it. */
  readonly mode: "default" | "pipelining" | "mitogen";
  /** The play as YAML text, `hosts: all`. */
  readonly play: string;
  /** How many hosts of `hosts`, from the first. @default {1} */
  readonly count?: number;
}

/** `ansible-playbook` over the hosts, forks as many as hosts, no facts gathered unless the play says so. */
export async function ansible(dir: TempDir, hosts: Hosts, options: PlaybookOptions): Promise<Contestant> {
  const { mode, play, count = 1 } = options;
  const name = mode === "mitogen" ? "mitogen" : `Ansible (${mode})`;
  const at = `${mode}-${crypto.randomUUID().slice(0, 4)}`; // short: ssh's control sockets stand below it
  const fast = mode !== "default";
  await dir.write({
    [`${at}/ansible.cfg`]: [
      "[defaults]",
      `forks = ${fast ? count : 5}`,
      "host_key_checking = True",
      "retry_files_enabled = False",
      "timeout = 60", // a hundred connections at once keep two cores busy for longer than its 10 s
      "nocows = True",
      "interpreter_python = /usr/bin/python3",
      `inventory = ${dir.join(at, "hosts")}`,
      `local_tmp = ${dir.join(at, "tmp")}`,
      ...(fast ? ["gathering = explicit"] : []),
      ...(mode === "mitogen"
        ? [
          "strategy_plugins = /usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy",
          "strategy = mitogen_linear",
        ]
        : []),
      "[ssh_connection]",
      ...(mode === "pipelining" ? ["pipelining = True"] : []),
      `control_path_dir = ${dir.join(at, "cp")}`,
      // a second run must not find the connection of the first
      `ssh_args = -F ${hosts.configFile} -o ControlMaster=auto -o ControlPersist=5s`,
      "",
    ].join("\n"),
    [`${at}/hosts`]: `${hosts.names.slice(0, count).join("\n")}\n`,
    [`${at}/play.yml`]: play,
  });
  return {
    name,
    command: ["/usr/bin/ansible-playbook", dir.join(at, "play.yml")],
    env: { ...hosts.env, ANSIBLE_CONFIG: dir.join(at, "ansible.cfg"), ANSIBLE_NOCOLOR: "1" },
    cwd: dir.join(at),
    before: () => endMasters(dir.join(at, "cp")),
  };
}

/** Ends the ssh masters that Ansible left, so that every run pays for its own connection. */
async function endMasters(controlDir: string): Promise<void> {
  const sockets = await Array.fromAsync(Deno.readDir(controlDir)).catch(() => []);
  for (const { name } of sockets) await tryRun(["ssh", "-O", "exit", "-S", `${controlDir}/${name}`, "any"]);
}

/** A Python program over Fabric's API; `connections` are there as a list, in order of the hosts. */
export async function fabric(dir: TempDir, hosts: Hosts, program: string, count = 1): Promise<Contestant> {
  const file = `fabric-${crypto.randomUUID()}.py`;
  await dir.write({
    [file]: [
      "from fabric import Config, Connection, ThreadingGroup",
      `config = Config(runtime_ssh_path=${JSON.stringify(hosts.configFile)})`,
      `names = ${JSON.stringify(hosts.names.slice(0, count))}`,
      "connections = [Connection(name, config=config) for name in names]",
      program,
      "for connection in connections: connection.close()",
      "",
    ].join("\n"),
  });
  return { name: "Fabric", command: ["/usr/bin/python3", dir.join(file)], env: hosts.env };
}
