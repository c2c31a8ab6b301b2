/*
 * Bytes of mail as text, whatever their label says (WHATWG Encoding): labels mean what they mean to browsers, and those that
 * are wrong or unknown cost no text.
 */

/** A text, and whether its label was of no use. */
export interface DecodedText {
  readonly text: string
  readonly unknown: boolean
}

/** Decodes bytes; without a label they are UTF-8 where they can be, else windows-1252. */
export function decodeText(bytes: Uint8Array, label: string | undefined): DecodedText {
  const name = (label ?? 'us-ascii').trim().toLowerCase()
  if (WESTERN.has(name)) return { text: western(bytes), unknown: false }
  if (name === '' || ASCII.has(name)) return { text: guessed(bytes), unknown: false }
  try {
    return { text: new TextDecoder(name).decode(bytes), unknown: false }
  } catch {
    return { text: guessed(bytes), unknown: true }
  }
}

function guessed(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return western(bytes)
  }
}

/** By a table of ours: older runtimes take windows-1252 for Latin-1, in which these bytes are control characters. */
function western(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return text.replaceAll(
    /[\u0080-\u009F]/g,
    (each) => WINDOWS_1252[each.charCodeAt(0) - 0x80] ?? each,
  )
}

const ASCII: ReadonlySet<string> = new Set(['us-ascii', 'ascii', 'ansi_x3.4-1968', 'unknown-8bit'])
const WESTERN: ReadonlySet<string> = new Set([
  'iso-8859-1',
  'iso8859-1',
  'iso_8859-1',
  'latin1',
  'l1',
  'windows-1252',
  'cp1252',
  'x-cp1252',
])
const WINDOWS_1252: readonly string[] = Array.from(
  '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ',
)
