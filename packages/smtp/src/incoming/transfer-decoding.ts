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
  const lines = body.replaceAll(/[ \t]+(?=\r?\n|$)/g, '').replaceAll(/=\r?\n/g, '')
  const text = lines.replaceAll(/=([\dA-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return { bytes: Buffer.from(text, 'latin1'), sound: !/=(?![\dA-F]{2})/i.test(lines) }
}

const IDENTITY: ReadonlySet<string> = new Set(['', '7bit', '8bit', 'binary'])
