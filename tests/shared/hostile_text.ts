/** Texts that break what quotes, parses or prints carelessly. */
import fc from "fast-check";

/** Pieces whose neighbours make the trouble. A run that touches `escaped` has read one of them as a program. */
export const hostilePieces: readonly string[] = [
  ..."'\"`\\$!*?~#;&|<>()[]{}=%^, \n\r\t\u0001\u0007\u001b\u007f",
  ...[
    "$(touch escaped)",
    "`touch escaped`",
    "';touch escaped;'",
    '";touch escaped;"',
    "\n. \ntouch escaped\n",
    "|touch escaped",
  ],
  ...[
    "$HOME",
    "${IFS}",
    "${x:-y}",
    "{{ 7*7 }}",
    "{% raw %}",
    "%s%n",
    "\\n",
    "\\0",
    "-rf",
    "--",
    "-oProxyCommand=touch escaped",
  ],
  ...[
    "é",
    "e\u0301",
    "日本",
    "👩‍👩‍👧",
    "\u202e",
    "\u200b",
    "\u2028",
    "\u00a0",
    "\ufeff",
    "EOF\n",
    "\u001b]52;c;ZXNjYXBlZA==\u0007",
  ],
  ...["__proto__", "constructor", "a", "Z", "0"],
];

/** Any text but NUL. */
export const hostileText: fc.Arbitrary<string> = fc.array(fc.constantFrom(...hostilePieces), {
  minLength: 1,
  maxLength: 14,
}).map((parts) => parts.join(""));

/** A text with something to see in it, as most fields ask for. */
export const hostileWords: fc.Arbitrary<string> = hostileText.filter((it) => it.trim() !== "");

/** The name of one file: no `/`, at most 255 bytes; a leading dash is one. */
export const hostileName: fc.Arbitrary<string> = hostileText
  .map((it) => [...it.replaceAll("/", "")].slice(0, 40).join(""))
  .filter((it) => it.trim() !== "" && it !== "." && it !== ".." && !it.startsWith("~") && !it.includes("${"));

/** Any bytes. */
export const hostileBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 3000, size: "max" }),
  hostileText.map((it) => new TextEncoder().encode(it)),
  fc.constantFrom(new Uint8Array(), new Uint8Array([0, 255, 254, 0, 10]), new Uint8Array([0xc3, 0x28, 0xf0, 0x28])),
);

/** Texts of that many bytes, made of what needs quoting. */
export function longText(bytes: number): string {
  const unit = "l'été $(touch escaped) `x` \\\n";
  const text = unit.repeat(Math.ceil(bytes / new TextEncoder().encode(unit).length));
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes - 8)).replaceAll("\ufffd", "") +
    "the end.";
}
