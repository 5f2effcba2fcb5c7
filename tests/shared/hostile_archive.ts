/** Archives that no honest program writes. */
import { run } from "./run.ts";
import { tempDir } from "./tmp.ts";

/** A member of a tar archive, written into its header as it stands here. */
export type Member =
  & { readonly name: string }
  & (
    | { readonly file: string }
    | { readonly dir: true }
    | { readonly link: string }
    | { readonly hardLink: string }
    | { readonly device: readonly [major: number, minor: number] }
    | { readonly pipe: true }
  );

const encoder = new TextEncoder();

/** The archive, gzipped. */
export async function tarGz(members: readonly Member[]): Promise<Uint8Array<ArrayBuffer>> {
  const blocks = [...members.flatMap(blocksOf), new Uint8Array(1024)];
  const packed = new Blob(blocks as BlobPart[]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function blocksOf(member: Member): Uint8Array[] {
  const [type, target, content] = "file" in member
    ? ["0", "", encoder.encode(member.file)] as const
    : "dir" in member
    ? ["5", "", undefined] as const
    : "link" in member
    ? ["2", member.link, undefined] as const
    : "hardLink" in member
    ? ["1", member.hardLink, undefined] as const
    : "device" in member
    ? ["3", "", undefined] as const
    : ["6", "", undefined] as const;
  const [major, minor] = "device" in member ? member.device : [0, 0];
  const header = new Uint8Array(512);
  const put = (at: number, text: string) => void header.set(encoder.encode(text), at);
  const octal = (value: number, width: number) => value.toString(8).padStart(width - 1, "0");
  put(0, member.name);
  put(100, octal("dir" in member ? 0o755 : 0o644, 8));
  put(108, octal(0, 8));
  put(116, octal(0, 8));
  put(124, octal(content?.length ?? 0, 12));
  put(136, octal(1_000_000_000, 12));
  put(148, " ".repeat(8));
  put(156, type);
  put(157, target);
  put(257, "ustar\x0000");
  put(329, octal(major, 8));
  put(337, octal(minor, 8));
  put(148, `${octal(header.reduce((a, b) => a + b), 7)}\0 `);
  if (content === undefined) return [header];
  const body = new Uint8Array(Math.ceil(content.length / 512) * 512);
  body.set(content);
  return [header, body];
}

/** A zip archive of one file. `zip` writes no such names: it gets one of the same length, which is replaced in what it wrote. */
export async function zip(name: string, content: string): Promise<Uint8Array<ArrayBuffer>> {
  const plain = "~".repeat(name.length);
  await using dir = await tempDir({ [plain]: content });
  await run(["zip", "-q", "-X", "-0", "it.zip", plain], { cwd: dir.path });
  const bytes = await Deno.readFile(dir.join("it.zip"));
  const wanted = encoder.encode(plain);
  for (let at = 0; at < bytes.length; at++) {
    if (wanted.every((byte, n) => bytes[at + n] === byte)) bytes.set(encoder.encode(name), at);
  }
  return bytes;
}
