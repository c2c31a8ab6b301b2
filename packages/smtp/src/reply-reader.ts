/* The replies of one transport, one after the other. Limits and signals belong to those who ask. */

import { netError } from '@net/core/authoring'
import type { Transport } from '@net/socket'

import { readFrom } from './loss.ts'
import { ReplyParser, type SmtpReply } from './reply.ts'

/** Reads replies; one `next` at a time. */
export class ReplyReader {
  readonly #transport: Transport
  readonly #parser = new ReplyParser()
  readonly #replies: SmtpReply[] = []

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Whether the server has said more than was asked for. */
  get surplus(): boolean {
    // A transport that reads ahead says how much it has.
    const ahead: unknown = Reflect.get(this.#transport, 'buffered')
    return (
      this.#replies.length > 0 || this.#parser.pending || (typeof ahead === 'number' && ahead > 0)
    )
  }

  /** The next reply. Rejects with `NET_CONN_CLOSED` once the server has ended, and with what the parser throws. */
  async next(): Promise<SmtpReply> {
    for (;;) {
      const reply = this.#replies.shift()
      if (reply !== undefined) return reply
      // An error behind whole replies is thrown once these are taken.
      this.#replies.push(...this.#parser.push(NOTHING))
      const chunk = await readFrom(this.#transport)
      if (chunk === null) {
        throw netError('NET_CONN_CLOSED', { message: 'the server closed the connection' })
      }
      this.#replies.push(...this.#parser.push(chunk))
    }
  }
}

const NOTHING: Uint8Array = new Uint8Array(0)
