/*
 * Sends a message behind the server's consent, in pieces, so that a large one may take its time while it moves. Knows
 * nothing of what the server says.
 */

import type { NetErrorCode } from '@net/core'
import { copyOf, Deadline, netError, PIECE, piecesOf, sizeOf } from '@net/core/authoring'

import type { Content } from './content.ts'
import { DataEncoder } from './data-encoder.ts'
import type { SendLimits } from './send-limits.ts'
import type { SmtpSession } from './session.ts'

type Written = Pick<Content, 'content' | 'ready' | 'dotted'>

/** Writes one message. */
export class DataWriter {
  readonly #session: SmtpSession
  readonly #encoder = new DataEncoder()
  readonly #waits: readonly Deadline[]
  #transferred = 0
  #leaving: Promise<void> = Promise.resolve()

  /** A server that takes nothing for as long as the limits say ends the session. */
  constructor(session: SmtpSession, { write, idle }: Pick<SendLimits, 'write' | 'idle'>) {
    this.#session = session
    this.#waits = [
      new Deadline(write, () => session.lose(tooSlow('NET_TIMEOUT_WRITE', 'no bytes', write)), 1),
      new Deadline(idle, () => session.lose(tooSlow('NET_TIMEOUT_IDLE', 'fewer than 1 KiB', idle))),
    ]
  }

  /**
   * Sends the content; `onDot` is called just before its final dot leaves, with the bytes sent until then and with it.
   * Rejects with what the content throws, or with what took the session.
   */
  async write(written: Written, onDot: (bytes: number) => void): Promise<void> {
    const { dotted } = written
    if (dotted !== undefined && dotted.length <= PIECE) {
      onDot(dotted.length)
      return this.#timed(dotted.length, () => this.#session.sendText(dotted))
    }
    return this.#pieces(written, onDot)
  }

  /** Waits until so many bytes that are on their way have left. */
  watch(size: number, sent: Promise<void>): Promise<void> {
    return this.#timed(size, () => sent)
  }

  async #pieces(
    { content, ready = false }: Written,
    onDot: (bytes: number) => void,
  ): Promise<void> {
    let last: Uint8Array[] = []
    if (!Buffer.isBuffer(content)) await this.#stream(content, ready)
    else if (content.length > PIECE) await this.#chunk(content, ready)
    // One packet less.
    else last = [ready ? content : this.#encoder.encode(content)]
    await this.#leaving
    last.push(this.#encoder.end())
    onDot(this.#transferred + sizeOf(last))
    await this.#send(last)
  }

  /** Leaves no timer. */
  stop(): void {
    for (const wait of this.#waits) wait.stop()
  }

  async #stream(chunks: AsyncIterable<Uint8Array>, ready: boolean): Promise<void> {
    // Not a loop over it, which would wait at its end until the source has let go: the content's close does that.
    const iterator = chunks[Symbol.asyncIterator]()
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      await this.#chunk(next.value, ready)
    }
  }

  /** One piece leaves while the next one is read and encoded. */
  async #chunk(chunk: Uint8Array, ready: boolean): Promise<void> {
    // What we encoded ourselves comes in chunks that are small enough.
    if (ready && chunk.length <= MOST) return this.#leave(chunk)
    for (const [piece = chunk] of piecesOf([chunk])) {
      await this.#leave(ready ? piece : this.#encoded(piece))
    }
  }

  async #leave(bytes: Uint8Array): Promise<void> {
    await this.#leaving
    this.#leaving = this.#send([bytes])
    this.#leaving.catch(() => {})
  }

  #encoded(piece: Uint8Array): Uint8Array {
    const encoded = this.#encoder.encode(piece)
    // The piece is its owner's again when the next one is asked for.
    return encoded === piece ? copyOf(piece) : encoded
  }

  #send(chunks: readonly Uint8Array[]): Promise<void> {
    return this.#timed(sizeOf(chunks), () => this.#session.send(chunks))
  }

  async #timed(size: number, send: () => Promise<void>): Promise<void> {
    for (const wait of this.#waits) wait.start()
    try {
      await send()
    } finally {
      // Also of a piece that came from the source when the session was over, and the writer had been stopped.
      this.stop()
    }
    for (const wait of this.#waits) wait.moved(size)
    this.#transferred += size
    this.#session.progress(this.#transferred)
  }
}

function tooSlow(code: NetErrorCode, taken: string, limit: number): Error {
  const message = `the server accepted ${taken} of the message in ${limit} ms`
  return netError(code, { message, limit, phase: 'send' })
}

const MOST = 2 * PIECE
