/** How a secret may lie around: as it is, or in the spelling of some program. */
import { Buffer } from "node:buffer";

/** Spellings by name. What depends on its neighbours is cut to what does not. */
export function spellingsOf(secret: string): Readonly<Record<string, Buffer>> {
  const bytes = Buffer.from(secret);
  const sure = (before: number) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64").replace(/=+$/, "");
    return text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 8) / 6));
  };
  const spelled: Record<string, string | Buffer> = {
    raw: secret,
    "single quoted": secret.replaceAll("'", "'\\''"),
    "double quoted": secret.replace(/[\\"$`]/g, "\\$&"),
    "escaped for a shell": secret.replace(/[^A-Za-z0-9_\n]/g, "\\$&"),
    json: JSON.stringify(secret).slice(1, -1),
    url: encodeURIComponent(secret),
    form: encodeURIComponent(secret).replaceAll("%20", "+"),
    "base64 at 0": sure(0),
    "base64 at 1": sure(1),
    "base64 at 2": sure(2),
    base64url: Buffer.from(secret).toString("base64url"),
    hex: bytes.toString("hex"),
    HEX: bytes.toString("hex").toUpperCase(),
    html: secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
    "utf-16": Buffer.from(secret, "utf16le"),
  };
  for (const [n, line] of secret.split("\n").entries()) if (line.length >= 6) spelled[`line ${n + 1}`] = line;
  return Object.fromEntries(Object.entries(spelled).map(([name, it]) => [name, Buffer.from(it as string)]));
}

/** Which secrets are in these bytes, in which spelling. */
export function foundIn(bytes: Uint8Array, secrets: Readonly<Record<string, string>>): string[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return Object.entries(secrets).flatMap(([name, secret]) =>
    Object.entries(spellingsOf(secret)).filter(([, it]) => all.includes(it)).map(([how]) => `${name} (${how})`)
  );
}

/** Which files below these places hold one of them, by path; `allowed` paths do so on purpose. */
export async function filesWith(
  places: readonly string[],
  secrets: Readonly<Record<string, string>>,
  allowed: readonly string[] = [],
): Promise<string[]> {
  const found: string[] = [];
  const visit = async (path: string): Promise<void> => {
    if (allowed.some((it) => path === it || path.startsWith(`${it}/`))) return;
    try {
      const info = await Deno.lstat(path);
      if (info.isDirectory) {
        for (const { name } of await Array.fromAsync(Deno.readDir(path))) await visit(`${path}/${name}`);
      } else if (info.isSymlink) {
        for (const it of foundIn(new TextEncoder().encode(await Deno.readLink(path)), secrets)) {
          found.push(`${path}: ${it}`);
        }
      } else if (info.isFile && info.size < 32 * 1024 * 1024) {
        for (const it of foundIn(await Deno.readFile(path), secrets)) found.push(`${path}: ${it}`);
      }
      for (const it of foundIn(new TextEncoder().encode(path), secrets)) found.push(`the name of ${path}: ${it}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) && !(error instanceof Deno.errors.PermissionDenied)) throw error;
    }
  };
  for (const place of places) await visit(place);
  return found;
}
