import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { hidden, RedactedStream, Redactor } from "../../../lib/command/redact.ts";

const secret = 's3cr\'et $(x)\nsecond "line" of it';

Deno.test("Redactor hides a value as it is, line by line, quoted, as JSON, as an address, in base64 and hex", () => {
  const redactor = new Redactor([secret]);
  const base64 = (before: string) => Buffer.from(`${before}${secret} and more`).toString("base64");
  const spelled = [
    secret,
    'second "line" of it',
    secret.replaceAll("'", "'\\''"),
    JSON.stringify({ a: secret }),
    encodeURIComponent(secret),
    Buffer.from(secret).toString("hex"),
    Buffer.from(secret).toString("hex").toUpperCase(),
    ...["", "a", "ab"].map(base64),
  ];
  for (const text of spelled) {
    const shown = redactor.text(`before ${text} behind`);
    assert.ok(shown.startsWith("before ") && shown.endsWith(" behind") && shown.includes(hidden), shown);
    for (const part of ["s3cr", "of it", "second"]) assert.ok(!shown.includes(part), shown);
  }
});

Deno.test("Redactor leaves short values and other text alone", () => {
  const redactor = new Redactor(["short", "", "longer one"]);
  assert.equal(redactor.text("short stories, longer on average"), "short stories, longer on average");
  assert.equal(new Redactor(["12345"]).isIdle, true);
});

Deno.test("RedactedStream shows the same however the bytes are torn, and nothing of a secret", () => {
  const pieces = fc.array(fc.constantFrom("password", "pass", "pas", "word", "\n", "x", "passpassword"), {
    maxLength: 12,
  });
  fc.assert(fc.property(pieces, fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 20 }), (words, cuts) => {
    const bytes = Buffer.from(words.join(""));
    const stream = new RedactedStream(new Redactor(["password"]));
    const shown: Uint8Array[] = [];
    let at = 0;
    for (const cut of [...cuts, bytes.length]) {
      shown.push(stream.push(bytes.subarray(at, at + cut)));
      at += cut;
    }
    shown.push(stream.end());
    assert.equal(Buffer.concat(shown).toString(), words.join("").replaceAll("password", hidden));
  }));
});

Deno.test("RedactedStream holds nothing back that cannot become a secret", () => {
  const stream = new RedactedStream(new Redactor(["password"]));
  assert.equal(Buffer.from(stream.push(Buffer.from("all of this pa"))).toString(), "all of this ");
  assert.equal(Buffer.from(stream.push(Buffer.from("ge"))).toString(), "page");
});
