/**
 * ECDSA keys of OpenSSH files, as Deno's crypto takes them. ssh2 copies the private number the way OpenSSH writes it: with a
 * zero in front when its highest bit is set, and without leading zeros. SEC1 wants exactly the curve's length, Node's OpenSSL
 * is lenient about it and Deno is not, so that every other key would be refused as "invalid SEC1 private key".
 */
import { Buffer } from "node:buffer";
import { sign } from "node:crypto";
import type { ParsedKey } from "ssh2";

/** Bytes of a private number and hash of a signature, by curve. */
const curves: Readonly<Record<string, { readonly length: number; readonly hash: string }>> = {
  "ecdsa-sha2-nistp256": { length: 32, hash: "sha256" },
  "ecdsa-sha2-nistp384": { length: 48, hash: "sha384" },
  "ecdsa-sha2-nistp521": { length: 66, hash: "sha512" },
};

/** The same key, signing with its private number at full length; any other key as it is. */
export function fullLength(key: ParsedKey): ParsedKey {
  const curve = curves[key.type];
  if (curve === undefined || !key.isPrivateKey()) return key;
  const { length, hash } = curve;
  const der = Buffer.from(key.getPrivatePEM().replace(/-----[^-]+-----|\s/g, ""), "base64");
  // SEQUENCE { INTEGER 1, OCTET STRING number, [0] curve, [1] public half }
  const inside = element(der, 0);
  const version = element(der, inside.start);
  const secret = element(der, version.end);
  const found = der.subarray(secret.start, secret.end);
  if (found.length === length) return key;
  const digits = found.subarray(Math.max(0, found.length - length));
  const number = Buffer.concat([Buffer.alloc(length - digits.length), digits]);
  const body = Buffer.concat([
    der.subarray(inside.start, version.end),
    Buffer.from([0x04, length]),
    number,
    der.subarray(secret.end, inside.end),
  ]);
  const whole = Buffer.concat([Buffer.from(header(0x30, body.length)), body]).toString("base64");
  const pem = `-----BEGIN EC PRIVATE KEY-----\n${whole.replace(/.{64}/g, "$&\n")}\n-----END EC PRIVATE KEY-----\n`;
  const own: Pick<ParsedKey, "sign"> = {
    sign: (data, algorithm) => sign(algorithm ?? hash, Buffer.from(data), pem),
  };
  return Object.assign(Object.create(key), own); // everything else is the key's own
}

/** Where the content of a DER element begins and ends. */
function element(der: Buffer, at: number): { readonly start: number; readonly end: number } {
  const first = der[at + 1] ?? 0;
  const more = first < 0x80 ? 0 : first & 0x7f;
  const length = more === 0 ? first : der.readUIntBE(at + 2, more);
  return { start: at + 2 + more, end: at + 2 + more + length };
}

function header(tag: number, length: number): number[] {
  return length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
}
