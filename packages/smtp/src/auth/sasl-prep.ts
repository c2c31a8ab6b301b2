/* User names and passwords in the form in which both sides compute with them (SASLprep, RFC 4013). */

/** The text in its one form: spaces are spaces, invisible characters are gone, and compatible characters are one. */
export function saslPrep(text: string): string {
  const plain = text.replaceAll(SPACES, ' ')
  const seen = Array.from(plain).filter((each) => !isInvisible(each.codePointAt(0) ?? 0))
  return seen.join('').normalize('NFKC')
}

function isInvisible(code: number): boolean {
  return INVISIBLE.some(([first, last = first]) => code >= first && code <= last)
}

// RFC 3454, tables C.1.2 and B.1.
const SPACES = /[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/g
const INVISIBLE: readonly (readonly [number, number?])[] = [
  [0xad],
  [0x34f],
  [0x1806],
  [0x180b, 0x180d],
  [0x200c, 0x200d],
  [0x2060],
  [0xfe00, 0xfe0f],
  [0xfeff],
]
