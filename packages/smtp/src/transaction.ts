/*
 * One message on its way through a session, as its replies tell: who was accepted, who was refused, and why the message
 * was not taken. Sends nothing.
 */

import type { NetError } from '@net/core'

import type { Recipient } from './envelope.ts'
import { replyError, SmtpReplyError } from './errors.ts'
import type { SmtpReply } from './reply.ts'
import type { RejectedRecipient } from './send-result.ts'

/** What is known of one message. */
export class Transaction {
  readonly accepted: string[] = []
  readonly rejected: RejectedRecipient[] = []
  /** Why the server refused the sender. */
  senderRefused: NetError | undefined
  readonly #recipients: readonly Recipient[]
  #refused: NetError | undefined
  #undecided = false

  constructor(recipients: readonly Recipient[]) {
    this.#recipients = recipients
  }

  /** Whether the final dot has left, with at least one recipient, and the server has not answered it. */
  get unknown(): boolean {
    return this.#undecided && this.accepted.length > 0
  }

  /** Why the server did not take the message; undefined if it did, or has not said. */
  get refusal(): NetError | undefined {
    if (this.senderRefused !== undefined) return this.senderRefused
    if (this.rejected.length === this.#recipients.length) return allRefused(this.rejected)
    return this.#refused
  }

  /** The reply to MAIL. */
  sender(reply: SmtpReply): void {
    if (reply.status >= 300) this.senderRefused = replyError(reply, { command: 'MAIL' })
  }

  /** The reply to RCPT, for each spelling of the address. */
  recipient(wire: string, reply: SmtpReply): void {
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
    if (reply.status >= 400) this.#refused ??= replyError(reply, { command: 'DATA' })
  }

  /** The final dot leaves now. */
  dotted(): void {
    this.#undecided = true
  }

  /** The reply to the final dot. */
  verdict(reply: SmtpReply): void {
    this.#undecided = false
    if (reply.status >= 300) this.#refused ??= replyError(reply, { command: 'message' })
  }
}

function allRefused(rejected: readonly RejectedRecipient[]): NetError {
  const errors = rejected.map(({ error }) => error)
  // Those who may be tried again later decide: the message as a whole has not failed for good.
  const first = errors.find(({ code }) => code === 'NET_REPLY_TEMPORARY') ?? errors[0]
  if (errors.length === 1 || !(first instanceof SmtpReplyError)) return first as NetError
  const { code, reply, retry } = first
  const message = `the server refused all ${errors.length} recipients, one of them so: ${first.message}`
  return new SmtpReplyError(code, { message, reply, retry, errors, command: 'RCPT' })
}
