import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
// @ts-types="npm:@types/ssh2@1.15.6"
import ssh2 from "ssh2";
import type { ParsedKey } from "ssh2";
import { fullLength } from "../../../../lib/execute/transport/ecdsa_key.ts";

/** Lengths of the private numbers of OpenSSH files: with a zero in front, as they are, with one digit less. */
for (const bits of ["256", "384", "521"] as const) {
  Deno.test(`fullLength() makes every ECDSA key of ${bits} bits one that signs`, () => {
    for (let round = 0; round < 12; round++) {
      const { private: text } = ssh2.utils.generateKeyPairSync("ecdsa", {
        bits: Number(bits) as 256,
        cipher: undefined as never,
      });
      const key = ssh2.utils.parseKey(text) as ParsedKey;
      const signed = fullLength(key).sign(Buffer.from("data")) as unknown;
      assert.ok(Buffer.isBuffer(signed), String(signed));
      assert.equal(key.verify(Buffer.from("data"), signed), true);
    }
  });
}

Deno.test("fullLength() leaves other keys alone", () => {
  const { private: text } = ssh2.utils.generateKeyPairSync("ed25519");
  const key = ssh2.utils.parseKey(text) as ParsedKey;
  assert.equal(fullLength(key), key);
});
