/*
 * Bytes of mail as text, whatever their label says (WHATWG Encoding): labels mean what they mean to browsers, and those that
 * are wrong or unknown cost no text.
 */

import { decoderFor, type CharsetDecoder } from '@net/core/authoring'

/** A text, and what was wrong with its label. */
export interface DecodedText {
  readonly text: string
  /** `unknown` where nobody knows the label, `wrong` where the bytes are none of that charset. */
  readonly label: 'right' | 'wrong' | 'unknown'
}

/** Decodes bytes; without a label they are UTF-8 where they can be, else windows-1252. */
export function decodeText(bytes: Uint8Array, label = ''): DecodedText {
  const name = label.trim().toLowerCase()
  if (name === '') return { text: guessed(bytes), label: 'right' }
  if (ASCII.has(name)) {
    return { text: guessed(bytes), label: bytes.every((byte) => byte < 0x80) ? 'right' : 'wrong' }
  }
  const decoder = knownDecoder(name)
  if (decoder === undefined) return { text: guessed(bytes), label: 'unknown' }
  return decoder.encoding === 'utf-8'
    ? sound(bytes)
    : { text: decoder.decode(bytes), label: 'right' }
}

function knownDecoder(name: string): CharsetDecoder | undefined {
  try {
    return decoderFor(name)
  } catch {
    return undefined
  }
}

/** What calls itself UTF-8 and has none of its characters beyond ASCII is windows-1252; else what is damaged is shown as such. */
function sound(bytes: Uint8Array): DecodedText {
  const strict = strictly(bytes)
  if (strict !== undefined) return { text: strict, label: 'right' }
  const text = decoderFor('utf-8').decode(bytes)
  return { text: /[^\0-\x7F\uFFFD]/.test(text) ? text : western(bytes), label: 'wrong' }
}

function guessed(bytes: Uint8Array): string {
  return strictly(bytes) ?? western(bytes)
}

/** Undefined for what is no UTF-8. */
function strictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function western(bytes: Uint8Array): string {
  return decoderFor('windows-1252').decode(bytes)
}

const ASCII: ReadonlySet<string> = new Set(['us-ascii', 'ascii', 'ansi_x3.4-1968', 'unknown-8bit'])
