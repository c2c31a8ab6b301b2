/*
 * A message as it goes between DATA and the final dot (RFC 5321, sections 2.3.8 and 4.5.2): every line ends with CRLF, and
 * a dot at the start of one is doubled. Works on whole chunks, however the message is cut.
 */

/** Encodes one message. */
export class DataEncoder {
  // The line end of DATA itself counts.
  #atLineStart = true
  #endedByCr = false

  /** The chunk as it is sent: the same bytes where nothing has to change, else a copy. */
  encode(chunk: Uint8Array): Uint8Array {
    if (chunk.length === 0) return chunk
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')
    // A CR at the end of the last chunk left with an LF.
    const from = this.#endedByCr && text.startsWith('\n') ? 1 : 0
    const dot = this.#atLineStart && text[from] === '.' ? '.' : ''
    this.#endedByCr = text.endsWith('\r')
    this.#atLineStart = this.#endedByCr || text.endsWith('\n')
    if (from === 0 && dot === '' && !IRREGULAR.test(text)) return chunk
    const lines = text.slice(from).replaceAll(LINE_END, '\r\n').replaceAll('\r\n.', '\r\n..')
    return Buffer.from(`${dot}${lines}`, 'latin1')
  }

  /** What ends the message. */
  end(): Uint8Array {
    return this.#atLineStart ? DOT : NEW_LINE_AND_DOT
  }
}

const IRREGULAR = /\r(?!\n)|(?<!\r)\n|\n\./
const LINE_END = /\r\n?|\n/g
const DOT: Uint8Array = Buffer.from('.\r\n')
const NEW_LINE_AND_DOT: Uint8Array = Buffer.from('\r\n.\r\n')
