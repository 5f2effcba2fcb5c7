/** Generators of ledger values, for property tests. */
import fc from "fast-check";
import type { JournalEntry } from "../../../lib/ledger/journal.ts";
import type { Prior } from "../../../lib/ledger/record.ts";

const n = fc.nat({ max: 99 });
const words = fc.string({ unit: "binary", minLength: 1 });
const ref = fc.tuple(n, n, fc.constantFrom("", ".after", ".tree")).map(([run, at, word]) =>
  `r${String(run).padStart(8, "0")}-00c0ffee.${at}${word}`
);

/** With the prototype objects have in our code. */
function plain<T>(value: T): T {
  return structuredClone(value);
}

/** Any prior. */
export const anyPrior: fc.Arbitrary<Prior> = fc.oneof(
  fc.constant<Prior>({ was: "absent" }),
  fc.record({
    was: fc.constantFrom("linked" as const, "copied" as const),
    ref,
    what: fc.constantFrom("file" as const, "link" as const),
  }),
  fc.record({ was: fc.constant("dir" as const), mode: fc.constantFrom("0755", "1777"), uid: n, gid: n }),
  fc.record({ was: fc.constant("value" as const), value: fc.string({ unit: "binary" }) }),
  fc.record({ was: fc.constant("listed" as const), ref }),
).map(plain);

/** Any journal entry but seals, whose truth depends on what is before them. */
export const anyEntry: fc.Arbitrary<JournalEntry> = fc.oneof(
  fc.record({
    type: fc.constant("R" as const),
    proto: fc.constant(1),
    engine: words,
    run: words,
    deploy: words,
    boot: words,
    uptime: n,
    utc: words,
    operator: words,
  }),
  fc.record({ type: fc.constant("P" as const), n, resource: words, prior: anyPrior }),
  fc.record({ type: fc.constant("B" as const), n }),
  fc.record({ type: fc.constant("N" as const), n, ref }),
  fc.record({
    type: fc.constant("E" as const),
    n,
    exit: n,
    state: fc.constantFrom(
      "ok" as const,
      "same" as const,
      "skip" as const,
      "fail" as const,
      "timeout" as const,
      "cut" as const,
    ),
    ms: n,
  }),
  fc.record({ type: fc.constantFrom("U" as const, "I" as const), n, resource: words }),
  fc.record({
    type: fc.constant("V" as const),
    n,
    result: fc.constantFrom("undone" as const, "gone" as const, "released" as const),
  }),
  fc.record({ type: fc.constant("V" as const), n, result: fc.constant("kept" as const), reason: words }),
  fc.record({ type: fc.constant("V" as const), n, result: fc.constant("failed" as const), exit: n }),
  fc.record({ type: fc.constant("Z" as const), reason: words }),
  fc.constant<JournalEntry>({ type: "D" }),
).map(plain);
