import assert from "node:assert/strict";
import fc from "fast-check";
import { GrowingBuffer } from "../../../../lib/config/sandbox/growing_buffer.ts";
import { readFrame } from "../../../../lib/config/sandbox/frame.ts";

const marker = "0123456789abcdef0123456789abcdef";
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (own: Uint8Array) => new TextDecoder().decode(own);

Deno.test("readFrame() separates what a config printed from its result", () => {
  const { frame, own } = readFrame(bytes(`${marker}\nhello\n\n${marker} data 7\n{"a":1}`), 100);
  assert.deepEqual(frame, { kind: "data", payload: '{"a":1}' });
  assert.equal(text(own), "hello\n");
});

Deno.test("readFrame() finds an empty frame after nothing printed", () => {
  const { frame, own } = readFrame(bytes(`${marker}\n\n${marker} no-default 0\n`), 100);
  assert.deepEqual(frame, { kind: "no-default", payload: "" });
  assert.equal(own.length, 0);
});

Deno.test("readFrame() does not take another marker's frame", () => {
  const forged = `${"f".repeat(32)} data 4\ntrue`;
  const { frame, own } = readFrame(bytes(`${marker}\n\n${forged}`), 100);
  assert.equal(frame, undefined);
  assert.equal(text(own), `\n${forged}`);
});

Deno.test("readFrame() refuses a length beyond the limit before reading it", () => {
  assert.equal(readFrame(bytes(`${marker}\n\n${marker} data 101\n`), 100).tooLong, true);
  assert.equal(readFrame(bytes(`${marker}\n\n${marker} data -1\n`), 100).tooLong, true);
  assert.equal(readFrame(bytes(`${marker}\n\n${marker} data x\n`), 100).tooLong, true);
});

Deno.test("readFrame() waits for the whole frame wherever the stream is cut", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (printed, payload) => {
    const size = bytes(payload).length;
    const whole = bytes(`${marker}\n${printed}\n${marker} data ${size}\n${payload}`);
    for (let end = 0; end < whole.length; end++) assert.equal(readFrame(whole.subarray(0, end), 1e6).frame, undefined);
    const { frame, own } = readFrame(whole, 1e6);
    assert.deepEqual(frame, { kind: "data", payload: text(bytes(payload)) });
    assert.deepEqual(own, bytes(printed));
  }));
});

Deno.test("GrowingBuffer keeps every byte in order", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 8 }), (chunks) => {
    const buffer = new GrowingBuffer();
    for (const chunk of chunks) buffer.push(chunk);
    assert.deepEqual([...buffer.bytes()], chunks.flatMap((chunk) => [...chunk]));
  }));
});
