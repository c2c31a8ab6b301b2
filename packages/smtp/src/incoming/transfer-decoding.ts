/* The bytes that a transfer encoding stands for (RFC 2045, section 6), also where it is not kept to. */

/** Decoded bytes, and whether the encoding was kept to. */
export interface DecodedBytes {
  readonly bytes: Buffer
  readonly sound: boolean
}

/** Decodes a body; its characters stand for bytes. */
export function transferDecode(body: string, encoding: string): DecodedBytes {
  const name = encoding.trim().toLowerCase()
  if (name === 'base64') return base64(body)
  if (name === 'quoted-printable') return quotedPrintable(body)
  return { bytes: Buffer.from(body, 'latin1'), sound: IDENTITY.has(name) }
}

/** Base64 ends at its padding; what follows is no part of it. */
function base64(body: string): DecodedBytes {
  const letters = body.replaceAll(/\s+/g, '')
  const [whole = '', rest = ''] = /^([A-Za-z\d+/]*={0,2})(.*)$/s.exec(letters)?.slice(1) ?? []
  const isEnded = whole.endsWith('=') || rest === ''
  const text = isEnded ? whole : letters.replaceAll(/[^A-Za-z\d+/]/g, '')
  return { bytes: Buffer.from(text, 'base64'), sound: rest === '' }
}

function quotedPrintable(body: string): DecodedBytes {
  // Line by line: a search for blanks before a line's end would begin anew at each of them.
  const plain = body
    .split('\n')
    .map((line, at, { length }) => withoutBlanks(line, at < length - 1))
    .join('\n')
  const lines = plain.replaceAll(/=\r?\n/g, '')
  const text = lines.replaceAll(/=([\dA-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return { bytes: Buffer.from(text, 'latin1'), sound: !/=(?![\dA-F]{2})/i.test(lines) }
}

/** Blanks at the end of a line are none of its text: something on the way has added them. */
function withoutBlanks(line: string, isEnded: boolean): string {
  const end = isEnded && line.endsWith('\r') ? line.length - 1 : line.length
  let length = end
  while (length > 0 && BLANK.has(line.charAt(length - 1))) length -= 1
  return length === end ? line : line.slice(0, length) + line.slice(end)
}

const BLANK: ReadonlySet<string> = new Set([' ', '\t'])
const IDENTITY: ReadonlySet<string> = new Set(['', '7bit', '8bit', 'binary'])
