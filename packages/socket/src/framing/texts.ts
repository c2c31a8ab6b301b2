/* Text as it comes, in pieces of any length, with no character cut in two. */

import { StringDecoder } from 'node:string_decoder'

import { netError, option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import { encoding } from '../call-doors.ts'
import type { FrameCodec } from './frame-codec.ts'

/** Options of `texts`. */
export interface TextOptions {
  /** Default UTF-8. */
  readonly encoding?: BufferEncoding | undefined
  /**
   * `lf`: CRLF and a single CR become LF where text is read, as Python's text mode does it; `crlf`: the same, and LF becomes
   * CRLF where text is written. Default: line breaks stay as they are.
   */
  readonly newline?: 'lf' | 'crlf' | undefined
}

/**
 * A codec for text without a structure, such as the output of a terminal: each piece is what has arrived, and a character
 * whose bytes come apart is given once it is whole. Bytes that are no text become U+FFFD.
 */
export function texts(options?: TextOptions): FrameCodec<string> {
  const { encoding: name = 'utf8', newline } = textsDoor(options)
  const decoder = new StringDecoder(name)
  const breaks = newline === undefined ? undefined : new LineBreaks()
  const written = newline === 'crlf' ? new WrittenBreaks() : undefined
  const whole = (text: string): string[] => {
    const piece = breaks === undefined ? text : breaks.translate(text)
    return piece === '' ? [] : [piece]
  }
  return {
    encode: (text) => Buffer.from(written?.translate(text) ?? text, name),
    decode: (chunk) =>
      whole(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))),
    finish() {
      if (decoder.end() === '') return
      throw netError('NET_PROTO_INCOMPLETE', {
        message: 'the text ends in the middle of a character',
      })
    },
  }
}

/** Makes LF of CRLF and of CR, also where these come apart. */
class LineBreaks {
  #afterReturn = false

  translate(text: string): string {
    // The CR before it was a line break already.
    const rest = this.#afterReturn && text.startsWith('\n') ? text.slice(1) : text
    if (text !== '') this.#afterReturn = text.endsWith('\r')
    return rest.replace(/\r\n?/g, '\n')
  }
}

/** Makes CRLF of LF, but where CR stands before it, also at the end of the last text. */
class WrittenBreaks {
  #afterReturn = false

  translate(text: string): string {
    const isWhole = this.#afterReturn && text.startsWith('\n')
    if (text !== '') this.#afterReturn = text.endsWith('\r')
    const broken = text.replace(/\r?\n/g, '\r\n')
    return isWhole ? broken.slice(1) : broken
  }
}

const textsDoor: OptionsDoor<TextOptions> = optionsDoor<TextOptions>(
  { protocol: 'socket', call: 'texts' },
  { encoding, newline: option.oneOf('lf', 'crlf') },
  { ending: 'newline', eol: 'newline' },
)
