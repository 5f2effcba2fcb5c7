import assert from "node:assert/strict";
import fc from "fast-check";
import { type Frame, FrameParser } from "../../../lib/execute/frames.ts";

const mark = "0123456789abcdef0123456789abcdef";
const encoder = new TextEncoder();

function concat(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function bytesOf({ type, step, args, payload }: Frame, by = mark): Uint8Array {
  return concat(encoder.encode(`\n${[by, type, step, payload.length, ...args].join(" ")}\n`), payload);
}

const word = fc.stringMatching(/^[a-z0-9:./%-]{1,12}$/);
/** Payloads that look like frames, our own included. */
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(`\n${mark} E 1 0 0 ok\n`, `\n${mark} `, "\n", "\n\n\n", `\n${"0".repeat(32)} Z 0 0 1 done 9\n`).map((
    it,
  ) => encoder.encode(it)),
);
const frame: fc.Arbitrary<Frame> = fc.record({
  type: fc.constantFrom(..."HLCBEOWTZXV"),
  step: word,
  args: fc.array(word, { maxLength: 4 }),
  payload,
}, { noNullPrototype: true });

Deno.test("FrameParser gives the same frames however the bytes are torn", () => {
  fc.assert(fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.nat(400), { maxLength: 20 }), (frames, cuts) => {
    const bytes = concat(...frames.map((it) => bytesOf(it)));
    const places = [0, ...cuts.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length];
    const parser = new FrameParser(mark);
    const got = places.slice(1).flatMap((end, index) => parser.push(bytes.slice(places[index], end)));
    assert.deepEqual(got, frames);
    assert.equal(parser.pending, 0);
  }));
});

Deno.test("FrameParser gives the same frames torn at every single byte", () => {
  const frames: Frame[] = [
    { type: "B", step: "1", args: [], payload: new Uint8Array() },
    { type: "O", step: "1", args: ["m"], payload: encoder.encode(`\n${mark} E 1 0 0 ok\n`) },
    { type: "E", step: "1", args: ["0", "ok", "0"], payload: encoder.encode("é") },
  ];
  const bytes = concat(...frames.map((it) => bytesOf(it)));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const parser = new FrameParser(mark);
    assert.deepEqual([...parser.push(bytes.slice(0, cut)), ...parser.push(bytes.slice(cut))], frames, `cut at ${cut}`);
  }
  const parser = new FrameParser(mark);
  assert.deepEqual([...bytes].flatMap((byte) => parser.push(new Uint8Array([byte]))), frames);
});

Deno.test("FrameParser never gives a frame out of a cut one", () => {
  fc.assert(fc.property(frame, fc.nat(), (it, at) => {
    const bytes = bytesOf(it);
    const parser = new FrameParser(mark);
    assert.deepEqual(parser.push(bytes.slice(0, at % bytes.length)), []);
  }));
});

Deno.test("FrameParser refuses every mark but its own", () => {
  fc.assert(fc.property(frame, fc.stringMatching(/^[0-9a-f]{0,40}$/), (it, other) => {
    fc.pre(other !== mark);
    assert.throws(() => new FrameParser(mark).push(bytesOf(it, other)), {
      code: "bad-frame",
      message: /the mark is not ours/,
    });
  }));
});

Deno.test("FrameParser refuses what is no frame behind a whole one, and gives nothing of it", () => {
  fc.assert(fc.property(frame, fc.uint8Array({ minLength: 1, maxLength: 50 }), (it, garbage) => {
    fc.pre(garbage[0] !== 10);
    assert.throws(() => new FrameParser(mark).push(concat(bytesOf(it), garbage)), { code: "bad-frame" });
  }));
});

for (
  const [what, header, message] of [
    ["a header without end", `${mark} O 1 ${"x".repeat(5000)}`, /a header has no end/],
    ["a long whole header", `${mark} O 1 0 ${"x".repeat(5000)}\n`, /a header has no end/],
    ["a length that is no number", `${mark} O 1 1e3 m\n`, /a frame has no length/],
    ["a negative length", `${mark} O 1 -1 m\n`, /a frame has no length/],
    ["no length", `${mark} O 1\n`, /a frame has no length/],
    ["a length beyond 64 MiB", `${mark} O 1 67108865 m\n`, /larger than 64 MiB/],
    ["an unknown kind of type", `${mark} oops 1 0\n`, /not one of ours/],
    ["no type", `${mark}\n`, /not one of ours/],
  ] as const
) {
  Deno.test(`FrameParser refuses ${what}`, () => {
    assert.throws(() => new FrameParser(mark).push(encoder.encode(`\n${header}`)), { code: "bad-frame", message });
  });
}

Deno.test("FrameParser keeps no more than what is not whole yet", () => {
  const parser = new FrameParser(mark);
  const big: Frame = { type: "O", step: "1", args: ["m"], payload: new Uint8Array(65_536).fill(10) };
  let count = 0;
  for (let round = 0; round < 500; round++) count += parser.push(bytesOf(big)).length;
  assert.deepEqual([count, parser.pending], [500, 0]);
});
