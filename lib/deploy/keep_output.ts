/**
 * What steps print, to the last byte: the first {@link heldBytes} of a step stay in memory, and a step that prints more, or
 * fails after more lines than are shown, leaves a file on the operator's machine. It stands between the redactor and whoever
 * listens, so a file holds no secret that a screen would not show.
 */
import { pathPart } from "../ledger/operator_copy.ts";
import type { DeployEvent, DeployEvents } from "./contract.ts";

/** Bytes of a step's output that are no file yet. */
export const heldBytes: number = 64 * 1024;
/** Lines of a failed step that are shown; more of them, and there is a file. */
export const shownLines: number = 20;
/** Runs of one bundle on one host whose files are kept. */
export const keptRuns: number = 3;

/** Directory with what the steps of a bundle have printed: `<host>/<run>/<step>.log`, 0600 in 0700. */
export function outputDirectory(stateHome: string, project: string, bundle: string): string {
  return [stateHome, "charly/output", pathPart(project), pathPart(bundle)].join("/");
}

/** The output of one step as it grows. */
interface Growing {
  held: Uint8Array[];
  bytes: number;
  lines: number;
  file?: { readonly path: string; readonly handle: Deno.FsFile };
  /** Why the rest is kept nowhere. */
  lost?: string;
}

/** Keeps the output of one run and passes every event on. */
export class OutputKeeper {
  readonly #growing = new Map<string, Growing>();
  readonly #run: string;
  readonly #made = new Map<string, Promise<string>>();

  /** @param directory see {@link outputDirectory} */
  constructor(readonly listener: DeployEvents, readonly directory: string) {
    const random = crypto.randomUUID().slice(0, 8);
    this.#run = `${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}-${random}`;
  }

  /** Takes the place of the listener. */
  readonly events: DeployEvents = async (event) => {
    if (event.kind === "step-output") {
      await this.#keep(event);
      return await this.listener(event);
    }
    if (event.kind === "step-end") return await this.listener(await this.#ended(event));
    if (event.kind === "host-end") this.#close(event.host); // steps that were cut have no end
    return await this.listener(event);
  };

  /** Closes what is open still. */
  close(): void {
    for (const { file } of this.#growing.values()) file?.handle.close();
    this.#growing.clear();
  }

  async #keep({ host, n, bytes }: DeployEvent & { kind: "step-output" }): Promise<void> {
    const key = `${host}\0${n}`;
    const growing = this.#growing.get(key) ?? { held: [], bytes: 0, lines: 0 };
    this.#growing.set(key, growing);
    growing.bytes += bytes.length;
    if (growing.lines <= shownLines) growing.lines += linesIn(bytes);
    if (growing.lost !== undefined) return;
    if (growing.file === undefined) growing.held.push(bytes);
    if (growing.bytes > heldBytes) await this.#write(host, n, growing, bytes);
  }

  async #ended(event: DeployEvent & { kind: "step-end" }): Promise<DeployEvent> {
    const key = `${event.host}\0${event.n}`;
    const growing = this.#growing.get(key);
    if (growing === undefined) return event;
    this.#growing.delete(key);
    const failed = !["ok", "satisfied"].includes(event.result);
    if (failed && growing.lines > shownLines && growing.file === undefined && growing.lost === undefined) {
      await this.#write(event.host, event.n, growing, new Uint8Array());
    }
    growing.file?.handle.close();
    const { bytes, file, lost } = growing;
    return { ...event, output: { bytes, ...(file && { file: file.path }), ...(lost !== undefined && { lost }) } };
  }

  /** What was held first, then `bytes`. A full disk here is no failure of the run. */
  async #write(host: string, n: number, growing: Growing, bytes: Uint8Array): Promise<void> {
    try {
      if (growing.file === undefined) {
        const path = `${await this.#directoryOf(host)}/${n}.log`;
        const handle = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
        growing.file = { path, handle };
        for (const piece of growing.held.splice(0)) await writeAll(handle, piece);
      } else await writeAll(growing.file.handle, bytes);
    } catch (error) {
      growing.lost = error instanceof Error ? error.message : String(error);
      growing.held = [];
      await this.listener({
        kind: "warning",
        host,
        message: `step ${n}: its output is no longer kept: ${growing.lost}`,
      });
    }
  }

  /** The directory of this run; the oldest ones of the host go when it is made. */
  #directoryOf(host: string): Promise<string> {
    const made = this.#made.get(host) ?? this.#makeDirectory(host);
    this.#made.set(host, made);
    return made;
  }

  async #makeDirectory(host: string): Promise<string> {
    const all = `${this.directory}/${pathPart(host)}`;
    const mine = `${all}/${this.#run}`;
    await Deno.mkdir(mine, { recursive: true, mode: 0o700 });
    const runs = (await Array.fromAsync(Deno.readDir(all))).map(({ name }) => name).sort();
    for (const old of runs.filter((name) => name < this.#run).slice(0, Math.max(0, runs.length - keptRuns))) {
      await Deno.remove(`${all}/${old}`, { recursive: true }).catch(() => {}); // another run removes it
    }
    return mine;
  }

  #close(host: string): void {
    for (const [key, { file }] of this.#growing) {
      if (!key.startsWith(`${host}\0`)) continue;
      file?.handle.close();
      this.#growing.delete(key);
    }
  }
}

async function writeAll(handle: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await handle.write(bytes.subarray(at));
}

function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1 && lines <= shownLines; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

/** Removes kept output: of a bundle, of a project, or of all of them; gives what went, or with `dryRun` would go. */
export async function cleanOutput(
  stateHome: string,
  of: { readonly project?: string; readonly bundle?: string; readonly dryRun: boolean },
): Promise<string[]> {
  const root = `${stateHome}/charly/output`;
  const projects = of.project === undefined ? await namesIn(root) : [pathPart(of.project)];
  const found: string[] = [];
  for (const project of projects) {
    const bundles = of.bundle === undefined ? await namesIn(`${root}/${project}`) : [pathPart(of.bundle)];
    for (const bundle of bundles) {
      for (const host of await namesIn(`${root}/${project}/${bundle}`)) {
        for (const run of await namesIn(`${root}/${project}/${bundle}/${host}`)) {
          const path = `${root}/${project}/${bundle}/${host}/${run}`;
          if (!of.dryRun) await Deno.remove(path, { recursive: true });
          found.push(path);
        }
        if (!of.dryRun) await Deno.remove(`${root}/${project}/${bundle}/${host}`).catch(() => {}); // a run began
      }
    }
  }
  return found;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
