/* Which bytes HTTP allows where (RFC 9110 section 5), as tables to look a byte up in, and what the codec says of others. */

import type { NetError } from '@net/core'
import { netError } from '@net/core/authoring'

export const TAB = 9
export const LF = 10
export const CR = 13
export const SPACE = 32
export const COLON = 58

const TOKEN_TEXT = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Whether the text is a token (RFC 9110 section 5.6.2). */
export function isToken(text: string): boolean {
  return TOKEN_TEXT.test(text)
}

/** 1 for each byte of a token. */
export const TOKEN: Uint8Array = tableOf((_, text) => isToken(text))

/** 1 for each byte of a field's value: what can be seen, blanks, and what Latin-1 has beyond ASCII (RFC 9110 section 5.5). */
export const VALUE: Uint8Array = tableOf((byte) => byte === TAB || (byte >= SPACE && byte !== 127))

/** 1 for each byte of a request's target: what can be seen (RFC 9112 section 3.2). */
export const TARGET: Uint8Array = tableOf((byte) => byte > SPACE && byte !== 127)

/** What a hexadecimal digit is worth; 255 for every other byte. */
export const HEX: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const text = String.fromCharCode(byte)
  return /[0-9a-fA-F]/.test(text) ? Number.parseInt(text, 16) : 255
})

/** What a codec reads: the messages of the other side. */
export type Spoken = 'request' | 'response'

/** The peer broke the rules of HTTP. */
export function malformed(what: Spoken, why: string): NetError {
  return netError('NET_PROTO_MALFORMED', { message: `the ${what} is not valid HTTP (${why})` })
}

/** The peer sends more than we take. */
export function tooMuch(message: string, limit: number): NetError {
  return netError('NET_PROTO_LIMIT', { message, limit })
}

function tableOf(holds: (byte: number, text: string) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    Number(holds(byte, String.fromCharCode(byte))),
  )
}
