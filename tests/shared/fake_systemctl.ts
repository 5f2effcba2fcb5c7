/** A systemctl that behaves: units are enabled, masked, started in files of its own, and every call is written down. */
import { tempDir } from "./tmp.ts";

/** How to set it up. */
export interface FakeSystemctlOptions {
  /** Also put it here, e.g. `/usr/local/bin/systemctl`, where sudo and a login over SSH find it. There must be nothing yet. */
  readonly at?: string;
}

/** State of a unit. */
export interface UnitState {
  readonly enabled?: boolean;
  readonly active?: boolean;
  readonly masked?: boolean;
  readonly failed?: boolean;
  /** Starting it fails. */
  readonly broken?: boolean;
}

/** A place for the program, its state and its log. */
export interface FakeSystemctl extends AsyncDisposable {
  /** A directory for the front of PATH. */
  readonly bin: string;
  /** Declares units that no unit file describes, with their state; a user's with its uid. */
  declare(units: Readonly<Record<string, UnitState>>, uid?: number): Promise<void>;
  /** What is true of a unit now; a user's unit with its uid. */
  unit(name: string, uid?: number): Promise<Required<UnitState> & { readonly starts: number }>;
  /** Whether `loginctl` was told to keep the manager of a user. */
  lingers(user: string): Promise<boolean>;
  /** Every call so far: the caller and the words, e.g. `root enable --now ssh.service`, `jane loginctl enable-linger jane`. */
  calls(): Promise<string[]>;
  /** Forgets the calls so far. */
  clear(): Promise<void>;
}

const loginctl = `#!/bin/sh
STATE=@STATE@
echo "$(id -un) loginctl $*" >>"$STATE/log"
case $1 in
enable-linger) : >"$STATE/linger-$2" ;;
disable-linger) rm -f "$STATE/linger-$2" ;;
show-user) if [ -e "$STATE/linger-$2" ]; then echo yes; else echo "Failed to get user: $2 is not logged in or lingering" >&2; exit 1; fi ;;
esac
`;

const words = ["enabled", "active", "masked", "failed", "broken"] as const;

/** Sets one up; `await using` takes it away. */
export async function fakeSystemctl(options: FakeSystemctlOptions = {}): Promise<FakeSystemctl> {
  const dir = await tempDir({ "state/log": "" });
  const bin = dir.join("bin"), state = dir.join("state");
  await Deno.mkdir(bin);
  for (const path of [dir.path, bin]) await Deno.chmod(path, 0o755);
  await Deno.chmod(state, 0o1777); // root and the test's user both write here
  await Deno.chmod(`${state}/log`, 0o666);
  const source = await Deno.readTextFile(new URL("fake_systemctl.sh", import.meta.url));
  const program = source.replace("@STATE@", state);
  await Deno.writeTextFile(`${bin}/systemctl`, program, { mode: 0o755 });
  await Deno.writeTextFile(`${bin}/loginctl`, loginctl.replace("@STATE@", state), { mode: 0o755 });
  if (options.at !== undefined) await Deno.writeTextFile(options.at, program, { createNew: true, mode: 0o755 });

  const place = async (uid: number | undefined) => {
    const path = uid === undefined ? `${state}/system` : `${state}/user-${uid}`;
    await Deno.mkdir(path, { recursive: true });
    if (uid !== undefined) await Deno.chown(path, uid, null);
    return path;
  };
  return {
    bin,
    async declare(units, uid) {
      const path = await place(uid);
      for (const [name, declared] of Object.entries(units)) {
        await Deno.writeTextFile(`${path}/${name}.known`, "");
        for (const word of words.filter((word) => declared[word])) {
          await Deno.writeTextFile(`${path}/${name}.${word}`, "");
        }
      }
    },
    async unit(name, uid) {
      const path = await place(uid);
      const is = async (word: string) => await Deno.stat(`${path}/${name}.${word}`).then(() => true, () => false);
      const [enabled, active, masked, failed, broken] = await Promise.all(words.map(is));
      const starts = (await Deno.readTextFile(`${path}/${name}.starts`).catch(() => "")).length / 2;
      return { enabled: enabled!, active: active!, masked: masked!, failed: failed!, broken: broken!, starts };
    },
    lingers: (user) => Deno.stat(`${state}/linger-${user}`).then(() => true, () => false),
    calls: async () => (await Deno.readTextFile(`${state}/log`)).split("\n").filter((line) => line !== ""),
    clear: () => Deno.truncate(`${state}/log`),
    async [Symbol.asyncDispose]() {
      if (options.at !== undefined) await Deno.remove(options.at);
      await dir[Symbol.asyncDispose]();
    },
  };
}
