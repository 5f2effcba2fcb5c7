/** BusyBox as the shell and every tool of a directory: what a small target has, and nothing else. */
import { needPackages } from "./packages.ts";
import { run } from "./run.ts";
import { type TempDir, tempDir } from "./tmp.ts";

/** A directory of applets. */
export interface BusyBox extends AsyncDisposable {
  /** Directory with a link per applet; as the whole PATH it hides every other tool. */
  readonly bin: string;
  /** Absolute path of its `sh`. */
  readonly sh: string;
}

/** Links every applet of a BusyBox into a directory. Its `sh` prefers applets to whatever PATH offers. */
export async function busyBox(): Promise<BusyBox> {
  await needPackages({ "busybox-static": "/bin/busybox" });
  const dir: TempDir = await tempDir();
  await Deno.chmod(dir.path, 0o755);
  const applets = (await run(["/bin/busybox", "--list"])).split("\n").filter((name) => name !== "");
  for (const name of applets) await Deno.symlink("/bin/busybox", dir.join(name));
  return { bin: dir.path, sh: dir.join("sh"), [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}
