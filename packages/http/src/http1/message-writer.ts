/*
 * Messages as bytes: a head, and a body that is framed as the head says. A body that turns out shorter or longer than
 * announced never gets its end, so that no peer takes it for complete.
 */

import { netError, sizeOf } from '@net/core/authoring'

import type { Framing } from './framing.ts'

/** The head of a message: its first line without its end, then the fields, names and values in turn. */
export function headText(start: string, fields: readonly string[]): string {
  return `${start}\r\n${fieldsText(fields)}\r\n`
}

/** Fields as lines. */
export function fieldsText(fields: readonly string[]): string {
  let text = ''
  for (let at = 0; at < fields.length; at += 2) text += `${fields[at]}: ${fields[at + 1]}\r\n`
  return text
}

/** Text of the head as bytes; it has no character beyond Latin-1. */
export function latin1Bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** Head and body in one piece of memory, as one write is cheaper than two. */
export function joinedBytes(head: string, body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(head.length + body.length)
  bytes.write(head, 0, 'latin1')
  bytes.set(body, head.length)
  return bytes
}

/** Frames the body of one message after the other. */
export class BodyWriter {
  #framing: Framing = 0
  #sent = 0
  /** The first line of a chunk: most chunks of a body are of one size. */
  #line: Buffer = LINE_END
  #lineSize = 0

  /** Begins a body. */
  begin(framing: Framing): void {
    this.#framing = framing
    this.#sent = 0
  }

  /**
   * Pieces of the body, which must not be empty; one chunk, where it is sent in chunks. Throws `NET_BAD_OPTION` beyond the
   * length that was announced.
   */
  data(...pieces: readonly Uint8Array[]): readonly Uint8Array[] {
    const size = sizeOf(pieces)
    this.#sent += size
    if (this.#framing === 'chunked') return [this.#lineFor(size), ...pieces, LINE_END]
    if (this.#framing !== 'close' && this.#sent > this.#framing) throw wrongLength()
    return pieces
  }

  /** The end of the body. Throws `NET_BAD_OPTION` if less was sent than was announced. */
  end(trailers: readonly string[] = NO_FIELDS): readonly Uint8Array[] {
    if (this.#framing === 'chunked') return [latin1Bytes(`0\r\n${fieldsText(trailers)}\r\n`)]
    if (this.#framing !== 'close' && this.#sent !== this.#framing) throw wrongLength()
    return NOTHING
  }

  #lineFor(size: number): Buffer {
    if (size !== this.#lineSize) {
      this.#lineSize = size
      this.#line = latin1Bytes(`${size.toString(16)}\r\n`)
    }
    return this.#line
  }
}

function wrongLength(): Error {
  return netError('NET_BAD_OPTION', {
    message: 'the length of the body is not that of its Content-Length',
  })
}

const LINE_END: Buffer = Buffer.from('\r\n')
const NOTHING: readonly Uint8Array[] = []
const NO_FIELDS: readonly string[] = []
