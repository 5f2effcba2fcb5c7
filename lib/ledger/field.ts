/** Fields of journal records: ASCII without separators, everything else percent-encoded as UTF-8. */

const unreserved = /^[A-Za-z0-9._:/@+=,-]$/;
const wellFormed = /^(?:[A-Za-z0-9._:/@+=,-]|%[0-9A-F]{2})*$/;
const utf8 = new TextEncoder();

/**
 * Text as one field. A field that is a lone `.` is encoded too, because `.` closes a record: a torn record must not look
 * complete.
 *
 * @param text any text; lone surrogates become U+FFFD
 * @returns characters of `[A-Za-z0-9._:/@+=,%-]` only
 */
export function encodeField(text: string): string {
  if (text === ".") return "%2E";
  let out = "";
  for (const char of text) {
    if (unreserved.test(char)) out += char;
    else for (const byte of utf8.encode(char)) out += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/**
 * @param field what stands between two TABs
 * @returns the text, or `undefined` when this is no field of ours
 */
export function decodeField(field: string): string | undefined {
  if (!wellFormed.test(field)) return undefined;
  try {
    return decodeURIComponent(field);
  } catch {
    return undefined;
  }
}
