/*
 * Text of peers where people read it: names, banners and bodies that cannot drive a terminal, reorder a line or begin one.
 */

/** As one line: control, bidirectional and line-breaking characters are shown as escapes. */
export function harmless(text: string): string {
  return text.replace(UNPRINTABLE, escape)
}

/** The same for texts of several lines: line ends and tabs stay. */
export function harmlessLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(UNPRINTABLE, (found) => (found === '\n' || found === '\t' ? found : escape(found)))
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const known = SHORT.get(character)
  if (known !== undefined) return known
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\r', '\\r'],
  ['\n', '\\n'],
  ['\t', '\\t'],
])
// C0, DEL and C1 drive terminals; separators end a line, bidirectional marks reorder it; halves of characters are none.
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029\ufeff]/gu
