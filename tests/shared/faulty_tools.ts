/** Tools of the target that die, or are told of an error, at one of their system calls. */
import { needPackages } from "./packages.ts";
import { type TempDir, tempDir } from "./tmp.ts";

/** What happens at a call that changes something. */
export interface ToolFault {
  readonly tool: string;
  /** Which of the tool's own runs, from 0. */
  readonly run: number;
  /** `kill`: dead right behind that call of the run (from 1); `EINTR` for that call alone; else every call from there on. */
  readonly how: "kill" | "EDQUOT" | "EINTR" | "EIO";
  readonly call: number;
}

/** A directory for the front of PATH. */
export interface FaultyTools extends AsyncDisposable {
  readonly bin: string;
  arm(fault: ToolFault): Promise<void>;
  disarm(): Promise<void>;
  /** Whether the run of the tool that was to fail has taken place. */
  reached(): Promise<boolean>;
}

/** Calls that change something; a machine need not have all of them. */
const calls = [
  ...["rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "symlink", "symlinkat", "rmdir"],
  ...["mkdir", "mkdirat", "chmod", "fchmod", "fchmodat", "chown", "lchown", "fchown", "fchownat", "utimensat"],
  ...["write", "copy_file_range", "ftruncate", "fsync", "fdatasync", "syncfs"],
].map((name) => `?${name}`).join(",");

/** Makes the directory; without a fault it is empty. */
export async function faultyTools(): Promise<FaultyTools> {
  await needPackages({ strace: "/usr/bin/strace" });
  const dir: TempDir = await tempDir();
  await Deno.chmod(dir.path, 0o755);
  const empty = async () => {
    for await (const { name } of Deno.readDir(dir.path)) await Deno.remove(dir.join(name), { recursive: true });
  };
  let armed: ToolFault | undefined;
  return {
    bin: dir.path,
    async arm(fault) {
      await empty();
      armed = fault;
      const { tool, run, how, call } = fault;
      // An interruption passes; what was asked for is tried again until it does.
      const inject = how === "kill"
        ? `signal=KILL:when=${call}`
        : `error=${how}:when=${call}${how === "EINTR" ? "" : "+"}`;
      await dir.write({
        [tool]: [
          "#!/bin/sh",
          "PATH=/usr/sbin:/usr/bin:/sbin:/bin n=0",
          `while ! mkdir "$0.$n" 2>/dev/null; do n=$((n + 1)); done`,
          `[ $n -eq ${run} ] || exec ${tool} "$@"`,
          `exec strace -qq -o /dev/null -e trace=${calls} -e inject=${calls}:${inject} ${tool} "$@"`,
          "",
        ].join("\n"),
      });
      await Deno.chmod(dir.join(tool), 0o755);
    },
    disarm: empty,
    reached: () => Deno.stat(dir.join(`${armed?.tool}.${armed?.run}`)).then(() => true, () => false),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}
