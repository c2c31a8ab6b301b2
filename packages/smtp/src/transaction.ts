/*
 * One message on its way through a session, as its replies tell: who was accepted, who was refused, and why the message
 * was not taken. Sends nothing.
 */

import type { NetError } from '@net/core'

import type { Recipient } from './envelope.ts'
import { replyError, SmtpReplyError } from './errors.ts'
import type { SmtpReply } from './reply.ts'
import type { RefusedDelivery, RejectedRecipient } from './send-result.ts'

/** What is known of one message. */
export class Transaction {
  readonly accepted: string[] = []
  readonly rejected: RejectedRecipient[] = []
  readonly #recipients: readonly Recipient[]
  // Those of whom the server has said nothing yet.
  readonly #unheard: Set<string>
  // Those who were accepted, as they went over the wire and in that order.
  readonly #takers: string[] = []
  // What refused the message or its sender, and its error once that was asked for.
  #refused: Refused | undefined
  #refusal: NetError | undefined
  #undecided = false
  #taken: SmtpReply | undefined

  constructor(recipients: readonly Recipient[]) {
    this.#recipients = recipients
    this.#unheard = new Set(recipients.map(({ wire }) => wire))
  }

  /** Whether the whole message has left, with at least one recipient, and the server has not answered it. */
  get unknown(): boolean {
    if (!this.#undecided || this.senderRefused) return false
    return this.accepted.length > 0 || this.#unheard.size > 0
  }

  /** Whether the server refused the sender. */
  get senderRefused(): boolean {
    return this.#refused?.command === 'MAIL'
  }

  /** Those of whom the server has said nothing, as they were given. */
  get unheard(): readonly string[] {
    return this.#recipients
      .filter(({ wire }) => this.#unheard.has(wire))
      .map(({ address }) => address)
  }

  /** The recipients that were accepted, as they went over the wire; a server of LMTP answers for each of them. */
  get takers(): readonly string[] {
    return this.#takers
  }

  /** Why the server did not take the message; undefined if it did, or has not said. */
  get refusal(): NetError | undefined {
    const isAll = this.rejected.length === this.#recipients.length
    if (isAll && !this.senderRefused) return allRefused(this.rejected)
    if (this.#refused === undefined) return undefined
    return (this.#refusal ??= this.#refusalOf(this.#refused))
  }

  /** The reply to MAIL. */
  sender(reply: SmtpReply): void {
    if (reply.status >= 300) this.#refused = { command: 'MAIL', reply }
  }

  /** The reply to RCPT, for each spelling of the address. */
  recipient(wire: string, reply: SmtpReply): void {
    this.#unheard.delete(wire)
    if (reply.status < 300) this.#takers.push(wire)
    for (const recipient of this.#recipients) {
      if (recipient.wire !== wire) continue
      const { address } = recipient
      if (reply.status < 300) this.accepted.push(address)
      else
        this.rejected.push({ ...recipient, error: replyError(reply, { command: 'RCPT', address }) })
    }
  }

  /** The reply to DATA. */
  data(reply: SmtpReply): void {
    if (reply.status >= 400) this.#refused ??= { command: 'DATA', reply }
  }

  /** The reply behind the message for one recipient alone (RFC 2033, section 4.2). */
  verdictFor(wire: string, reply: SmtpReply): void {
    if (reply.status < 300) {
      this.#taken = reply
      return
    }
    for (const recipient of this.#recipients) {
      if (recipient.wire !== wire) continue
      const { address } = recipient
      this.accepted.splice(this.accepted.indexOf(address), 1)
      const error = replyError(reply, { command: 'message', address })
      this.rejected.push({ ...recipient, error })
    }
  }

  /** The server has answered for all recipients; returns the reply that counts for the whole message. */
  settled(last: SmtpReply): SmtpReply {
    this.#undecided = false
    return this.#taken ?? last
  }

  /** The whole message leaves now. */
  dotted(): void {
    this.#undecided = true
  }

  /** The reply to the final dot. */
  verdict(reply: SmtpReply): void {
    this.#undecided = false
    if (reply.status >= 300) this.#refused ??= { command: 'message', reply }
  }

  /** It is about the message, or its sender: it says of which recipients the server had anything to say besides. */
  #refusalOf({ command, reply }: Refused): NetError {
    // Behind a sender that was refused a server refuses everybody.
    const refused = command === 'MAIL' ? [] : this.rejected
    const errors = new Map(refused.map(({ address, error }) => [address, error]))
    const rejected = this.#recipients.map((recipient) => {
      const error = errors.get(recipient.address)
      return error === undefined ? recipient : { ...recipient, error }
    })
    const partial: RefusedDelivery = { delivery: 'refused', accepted: [], rejected }
    return replyError(reply, { command, partial })
  }
}

interface Refused {
  readonly command: 'MAIL' | 'DATA' | 'message'
  readonly reply: SmtpReply
}

/** The error of a message that has no recipient left. */
export function allRefused(rejected: readonly RejectedRecipient[]): NetError {
  const errors = rejected.map(({ error }) => error)
  // Those who may be tried again later decide: the message as a whole has not failed for good.
  const first = errors.find(({ code }) => code === 'NET_REPLY_TEMPORARY') ?? errors[0]
  if (errors.length === 1 || !(first instanceof SmtpReplyError)) return first as NetError
  const { code, reply, retry } = first
  const message = `the server refused all ${errors.length} recipients, one of them so: ${first.message}`
  return new SmtpReplyError(code, { message, reply, retry, errors, command: 'RCPT' })
}
