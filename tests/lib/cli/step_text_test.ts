import assert from "node:assert/strict";
import { keptText, StepText } from "../../../lib/cli/step_text.ts";

const encoder = new TextEncoder();

Deno.test("StepText.lines() gives whole lines, a character cut in two with the rest of it", () => {
  const text = new StepText();
  const bytes = encoder.encode("dé\nnext");
  assert.deepEqual(text.lines(bytes.subarray(0, 2)), []);
  assert.deepEqual(text.lines(bytes.subarray(2)), ["dé"]);
  assert.deepEqual(text.rest(), ["next"]);
});

Deno.test("StepText.lines() shows the beginning of a line without end, and goes on behind it", () => {
  const text = new StepText();
  for (let n = 0; n < 100; n++) assert.deepEqual(text.lines(encoder.encode("x".repeat(10_000))), []);
  const [long, short] = text.lines(encoder.encode("y\nshort\n"));
  assert.equal(long, `${"x".repeat(4096)}…`);
  assert.equal(short, "short");
  assert.deepEqual(text.rest(), []);
});

Deno.test("StepText.last() gives the last twenty lines of any amount of output, in bounded space", () => {
  const text = new StepText();
  for (let n = 0; n < 20_000; n++) text.remember(encoder.encode(`line ${n}\n`));
  assert.deepEqual(text.last(), Array.from({ length: 20 }, (_, n) => `line ${19_980 + n}`));
});

Deno.test("StepText.last() shows bytes that are no text, and nothing where nothing came", () => {
  const text = new StepText();
  text.remember(new Uint8Array([0xff, 0x41, 0x0a]));
  assert.deepEqual(text.last(), ["\ufffdA"]);
  assert.deepEqual(new StepText().last(), []);
});

Deno.test("keptText() names the file and its size, or why there is none", () => {
  assert.equal(keptText({ bytes: 1024 ** 3, file: "/s/1.log" }), " all of its output (1.0 GiB): /s/1.log");
  assert.equal(keptText({ bytes: 70_000, lost: "no space" }), " its output is not kept: no space");
  assert.equal(keptText({ bytes: 12 }), "");
  assert.equal(keptText(undefined), "");
});
