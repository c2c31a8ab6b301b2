/*
 * Who goes into which transaction of a message: a server may take fewer recipients at once than it has (RFC 5321, section
 * 4.5.3.1.10; LIMITS, RFC 9422). Sends nothing.
 */

import type { CheckedEnvelope } from './envelope.ts'
import { SmtpReplyError } from './errors.ts'
import type { RejectedRecipient } from './send-result.ts'

/** The recipients of one message that are still to be named to the server. */
export class RecipientQueue {
  readonly #envelope: CheckedEnvelope
  // As they go over the wire, in the order in which they are named.
  #left: readonly string[]
  #most: number
  // Those whom the server refused though they were the first of a transaction.
  #refusedFirst: Set<string> | undefined

  /** `most` is how many the server takes at once, as it says. */
  constructor(envelope: CheckedEnvelope, most: number = Infinity) {
    this.#envelope = envelope
    this.#left = envelope.to
    this.#most = most
  }

  /** Those who were not named yet, or have to be named again. */
  get left(): CheckedEnvelope['recipients'] {
    return this.#those(new Set(this.#left))
  }

  /** Whether everybody had a turn. */
  get isEmpty(): boolean {
    return this.#left.length === 0
  }

  /** Nobody has a turn any more. */
  clear(): void {
    this.#left = []
  }

  /** The envelope of the next transaction; undefined when everybody had a turn. */
  next(): CheckedEnvelope | undefined {
    const to = this.#left.length > this.#most ? this.#left.slice(0, this.#most) : this.#left
    if (to.length === 0) return undefined
    this.#left = to === this.#left ? NONE : this.#left.slice(to.length)
    if (to === this.#envelope.to) return this.#envelope
    return { ...this.#envelope, to, recipients: this.#those(new Set(to)) }
  }

  /** Of those whom the server refused in a transaction, those that go into a further one; they are in the queue again. */
  again({ to }: CheckedEnvelope, rejected: readonly RejectedRecipient[]): ReadonlySet<string> {
    if (rejected.length === 0) return NOBODY
    const crowded = new Set(rejected.filter(isOneTooMany).map(({ wire }) => wire))
    // A recipient alone is never one too many.
    if (crowded.size === 0 || this.#envelope.to.length === 1) return NOBODY
    const [first = ''] = to
    if (crowded.has(first) && this.#isRefusedAgain(first)) {
      // Refused twice before anybody was accepted: the server has no room for any of them.
      if (crowded.size === to.length) return NOBODY
      crowded.delete(first)
    }
    this.#learn(to, crowded)
    this.#left = [...crowded, ...this.#left]
    return crowded
  }

  #isRefusedAgain(first: string): boolean {
    const before = (this.#refusedFirst ??= new Set())
    const isAgain = before.has(first)
    before.add(first)
    return isAgain
  }

  /** From one of them on the server took nobody: so many are its limit. */
  #learn(to: readonly string[], crowded: ReadonlySet<string>): void {
    const at = to.findIndex((wire) => crowded.has(wire))
    if (at > 0 && to.slice(at).every((wire) => crowded.has(wire))) this.#most = at
  }

  #those(wires: ReadonlySet<string>): CheckedEnvelope['recipients'] {
    return this.#envelope.recipients.filter(({ wire }) => wires.has(wire))
  }
}

/** Whether the refusal says that there are enough recipients, and nothing of this one. */
function isOneTooMany({ error }: RejectedRecipient): boolean {
  if (!(error instanceof SmtpReplyError) || error.command !== 'RCPT') return false
  const { status, enhanced = '' } = error.reply
  // Codes of an address and of a mailbox are about this one (RFC 3463).
  return FULL.has(status) && !/^[45]\.[12]\./.test(enhanced)
}

const NONE: readonly string[] = []
const NOBODY: ReadonlySet<string> = new Set()
// RFC 5321, section 4.5.3.1.10: some servers say 552 and mean 452.
const FULL: ReadonlySet<number> = new Set([452, 552])
