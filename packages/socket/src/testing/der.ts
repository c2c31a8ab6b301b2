/*
 * Writes DER (X.690), as much of it as certificates need. Every function gives the bytes of one complete value.
 */

/** A value with the given tag around what stands inside it. */
export function tagged(tag: number, ...inside: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(inside)
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body])
}

/** SEQUENCE. */
export function sequence(...items: readonly Uint8Array[]): Buffer {
  return tagged(0x30, ...items)
}

/** SET. */
export function setOf(...items: readonly Uint8Array[]): Buffer {
  return tagged(0x31, ...items)
}

/** A context-specific, constructed value, such as `[0]`. */
export function context(number: number, ...items: readonly Uint8Array[]): Buffer {
  return tagged(0xa0 | number, ...items)
}

/** INTEGER, not negative, from its bytes, the highest first. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const significant = first < 0 ? Buffer.of(0) : bytes.subarray(first)
  // A leading bit that is set would make it negative.
  return tagged(0x02, ...((significant[0] ?? 0) >= 0x80 ? [Buffer.of(0)] : []), significant)
}

/** BOOLEAN TRUE. */
export function yes(): Buffer {
  return tagged(0x01, Buffer.of(0xff))
}

/** BIT STRING; `unused` bits at its end do not count. */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return tagged(0x03, Buffer.of(unused), bytes)
}

/** OCTET STRING. */
export function octetString(bytes: Uint8Array): Buffer {
  return tagged(0x04, bytes)
}

/** UTF8String. */
export function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text, 'utf8'))
}

/** UTCTime, to the second; for dates before 2050. */
export function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return tagged(0x17, Buffer.from(digits.slice(2), 'latin1'))
}

/** OBJECT IDENTIFIER from its dotted form. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 0x100)) bytes.unshift(rest % 0x100)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

function base128(number: number): number[] {
  const bytes = [number % 0x80]
  for (let rest = Math.floor(number / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    bytes.unshift(0x80 | (rest % 0x80))
  }
  return bytes
}
