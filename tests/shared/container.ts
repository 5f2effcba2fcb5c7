/** A real podman container with BusyBox inside, kept in a storage of its own and removed with it. */
import { needPackages } from "./packages.ts";
import { run } from "./sshd.ts";

/** A running container. */
export interface Container extends AsyncDisposable {
  readonly name: string;
  /** Environment whose `podman` is the real one, looking at this storage. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a container without network. Needs root. */
export async function startContainer(): Promise<Container> {
  await needPackages({ podman: "/usr/bin/podman", runc: "/usr/sbin/runc", "busybox-static": "/bin/busybox" });
  const dir = await Deno.makeTempDir({ prefix: "charly-podman-" });
  const name = "charly-test";
  await Deno.mkdir(`${dir}/rootfs/bin`, { recursive: true });
  await Deno.mkdir(`${dir}/rootfs/tmp`);
  await Deno.copyFile("/bin/busybox", `${dir}/rootfs/bin/busybox`);
  await Deno.chmod(`${dir}/rootfs/bin/busybox`, 0o755);
  const applets = (await run("/bin/busybox", ["--list"])).split("\n").filter((it) => it !== "" && it !== "busybox");
  for (const applet of applets) await Deno.symlink("busybox", `${dir}/rootfs/bin/${applet}`);
  // the limits podman asks for by default are above what a container as outer machine may set
  await Deno.writeTextFile(
    `${dir}/containers.conf`,
    '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=1024:1024"]\n',
  );
  await Deno.mkdir(`${dir}/bin`);
  await Deno.writeTextFile(
    `${dir}/bin/podman`,
    `#!/bin/sh\nCONTAINERS_CONF=${dir}/containers.conf exec /usr/bin/podman --root ${dir}/storage --runroot ${dir}/run ` +
      `--runtime runc --cgroup-manager cgroupfs --storage-driver vfs "$@"\n`,
    { mode: 0o755 },
  );
  const podman = `${dir}/bin/podman`;
  await run("tar", ["-C", `${dir}/rootfs`, "-cf", `${dir}/rootfs.tar`, "."]);
  await run(podman, ["import", `${dir}/rootfs.tar`, "charly-busybox"]);
  await run(podman, [
    "run",
    "-d",
    "--name",
    name,
    "--network",
    "none",
    "localhost/charly-busybox",
    "/bin/sleep",
    "3600",
  ]);
  return {
    name,
    env: { PATH: `${dir}/bin:${Deno.env.get("PATH") ?? "/usr/bin:/bin"}`, HOME: dir },
    async [Symbol.asyncDispose]() {
      await run(podman, ["rm", "-f", "-t", "0", name]);
      await run(podman, ["rmi", "-f", "localhost/charly-busybox"]);
      await run("umount", ["-q", "-l", `${dir}/storage/vfs`]).catch(() => {}); // podman bind-mounts it on itself
      await Deno.remove(dir, { recursive: true });
    },
  };
}
