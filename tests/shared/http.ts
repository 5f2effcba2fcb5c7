/** A web server on loopback with content that the test gives it, which counts what is asked for. */
import { run } from "./run.ts";
import { tempDir } from "./tmp.ts";

/** A body, or an answer made for each request. */
export type Served = string | Uint8Array<ArrayBuffer> | ((request: Request) => Response | Promise<Response>);

/** A running server. */
export interface HttpServer extends AsyncDisposable {
  /** `http://127.0.0.1:port`, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** How often a path was asked for. */
  requests(path: string): number;
  /** Puts a file at a path, or takes the place of what is there. */
  put(path: string, body: Served): void;
}

const types: Readonly<Record<string, string>> = {
  js: "text/javascript",
  ts: "text/typescript",
  json: "application/json",
  txt: "text/plain",
};

/** Serves `files` (by path, with a leading slash); `await using` ends it. Everything else is a 404. */
export function serveHttp(files: Readonly<Record<string, Served>> = {}): HttpServer {
  const served = new Map(Object.entries(files)), counts = new Map<string, number>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname);
    counts.set(path, (counts.get(path) ?? 0) + 1);
    const body = served.get(path);
    if (body === undefined) return new Response("not found\n", { status: 404 });
    if (typeof body === "function") return await body(request);
    const type = types[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    return new Response(body, { headers: { "content-type": type } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    port: server.addr.port,
    requests: (path) => counts.get(path) ?? 0,
    put: (path, body) => void served.set(path, body),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Files by path; `mode` makes one executable. */
export type ArchiveFiles = Readonly<Record<string, string | { readonly content: string; readonly mode: number }>>;

/** A `tar` with the compression of that flag, made by the system's tar. */
export async function tarArchive(
  files: ArchiveFiles,
  compression: "gzip" | "xz" | "bzip2" | "zstd" | "none" = "gzip",
): Promise<Uint8Array<ArrayBuffer>> {
  await using tree = await unpacked(files);
  await using out = await tempDir();
  const names = (await Array.fromAsync(Deno.readDir(tree.path))).map(({ name }) => name).sort();
  const flag = compression === "none" ? [] : [`--${compression}`];
  await run(["tar", "-c", ...flag, "-f", out.join("a"), "--owner=0", "--group=0", "-C", tree.path, ...names]);
  return await Deno.readFile(out.join("a"));
}

/** A zip archive with stored entries: no machine needs a `zip` program for it. */
export function zipArchive(files: ArchiveFiles): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [], index: Uint8Array[] = [];
  let offset = 0;
  for (const [path, file] of Object.entries(files)) {
    const name = new TextEncoder().encode(path);
    const content = new TextEncoder().encode(typeof file === "string" ? file : file.content);
    const mode = typeof file === "string" ? 0o644 : file.mode;
    // version, flags, method, time, date (1980-01-01), crc, packed and real size, length of name, no extra field
    const common = [u16(20), u16(0x800), u16(0), u16(0), u16(0x21), u32(crc32(content)), u32(content.length)];
    const sizes = [u32(content.length), u16(name.length), u16(0)];
    const local = join([u32(0x04034b50), ...common, ...sizes, name, content]);
    parts.push(local);
    const attributes = [u16(0), u16(0), u16(0), u32(((0o100000 | mode) << 16) >>> 0), u32(offset)];
    index.push(join([u32(0x02014b50), u16(0x0314), ...common, ...sizes, ...attributes, name]));
    offset += local.length;
  }
  const directory = join(index);
  const end = [
    u32(0x06054b50),
    u16(0),
    u16(0),
    u16(index.length),
    u16(index.length),
    u32(directory.length),
    u32(offset),
  ];
  return join([...parts, directory, ...end, u16(0)]);
}

async function unpacked(files: ArchiveFiles) {
  const tree = await tempDir();
  for (const [path, file] of Object.entries(files)) {
    const full = await tree.write({ [path]: typeof file === "string" ? file : file.content });
    await Deno.chmod(full, typeof file === "string" ? 0o644 : file.mode);
  }
  return tree;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : 0xedb88320);
  }
  return ~crc >>> 0;
}

function u16(value: number): Uint8Array {
  return new Uint8Array([value & 255, value >> 8 & 255]);
}

function u32(value: number): Uint8Array {
  return new Uint8Array([value & 255, value >>> 8 & 255, value >>> 16 & 255, value >>> 24]);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
