/*
 * What a server says behind a message: once, or for each of its recipients where it speaks LMTP (RFC 2033, section 4.2).
 * One reply belongs to each RCPT that was accepted, whatever its address: servers count so.
 */

import type { SmtpReply } from './reply.ts'
import type { Transaction } from './transaction.ts'

/** Takes the replies behind one message. */
export class VerdictReader {
  readonly #transaction: Transaction
  readonly #lmtp: boolean
  readonly #decided: (reply: SmtpReply) => void
  #heard = 0

  /** `decided` is called with the reply that counts for the whole. */
  constructor(transaction: Transaction, lmtp: boolean, decided: (reply: SmtpReply) => void) {
    this.#transaction = transaction
    this.#lmtp = lmtp
    this.#decided = decided
  }

  /** The next reply; `more` if another one follows. */
  take(reply: SmtpReply): void | 'more' {
    const transaction = this.#transaction
    const { takers } = transaction
    if (!this.#lmtp || takers.length === 0) {
      transaction.verdict(reply)
      return this.#decided(reply)
    }
    transaction.verdictFor(takers[this.#heard] ?? '', reply)
    this.#heard += 1
    if (this.#heard < takers.length) return 'more'
    return this.#decided(transaction.settled(reply))
  }
}
