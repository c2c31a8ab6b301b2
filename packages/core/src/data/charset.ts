/* Bytes as text, in the charsets of the Encoding Standard (WHATWG), alike on every runtime. */

/** The part of a `TextDecoder` that is used. */
export interface CharsetDecoder {
  /** The name of the charset, whatever label it was asked for by. */
  readonly encoding: string
  decode(bytes?: Uint8Array, options?: { readonly stream?: boolean }): string
}

/** A decoder for a label, which puts replacement signs in the place of what is wrong. Throws a RangeError for a label that is unknown. */
export function decoderFor(label: string): CharsetDecoder {
  const decoder = new TextDecoder(label)
  return decoder.encoding === WESTERN.encoding ? WESTERN : decoder
}

/** By a table of ours: older runtimes take windows-1252 for Latin-1, in which these bytes are control characters. */
const WESTERN: CharsetDecoder = Object.freeze({
  encoding: 'windows-1252',
  decode(bytes?: Uint8Array) {
    if (bytes === undefined) return ''
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    return text.replaceAll(
      /[\u0080-\u009F]/g,
      (each) => WINDOWS_1252[each.charCodeAt(0) - 0x80] ?? each,
    )
  },
})
const WINDOWS_1252: readonly string[] = Array.from(
  '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ',
)
