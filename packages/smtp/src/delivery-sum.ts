/* What became of a message over all its transactions: each recipient once, with the reply of its own. Sends nothing. */

import type { NetError } from '@net/core'

import type { Recipient } from './envelope.ts'
import type { PreparedMail } from './prepared-mail.ts'
import type { SmtpReply } from './reply.ts'
import type { RejectedRecipient, SendResult, SentRecipient } from './send-result.ts'
import type { Transaction } from './transaction.ts'

/** Adds transactions up. */
export class DeliverySum {
  readonly accepted: string[] = []
  readonly rejected: RejectedRecipient[] = []
  readonly #mail: PreparedMail
  #replies: Map<string, SmtpReply> | undefined
  #reply: SmtpReply | undefined

  constructor(mail: PreparedMail) {
    this.#mail = mail
  }

  /** The server took the message for those whom it accepted. */
  took({ accepted }: Transaction, reply: SmtpReply): void {
    this.accepted.push(...accepted)
    this.#replies ??= new Map()
    for (const address of accepted) this.#replies.set(address, reply)
    this.#reply = reply
  }

  /** It refused these recipients; those who come again are left out. */
  refused(rejected: readonly RejectedRecipient[], again: ReadonlySet<string>): void {
    this.rejected.push(...rejected.filter(({ wire }) => !again.has(wire)))
  }

  /** These did not get it, for a reason that is not theirs. */
  lost(recipients: readonly Recipient[], error: NetError): void {
    const known = new Set(this.rejected.map(({ address }) => address))
    for (const each of recipients) {
      if (!known.has(each.address)) this.rejected.push({ ...each, error })
      known.add(each.address)
    }
  }

  /** The result; undefined where nobody has the message. */
  get result(): SendResult | undefined {
    const { accepted, rejected } = this
    const reply = this.#reply
    const { messageId, envelope } = this.#mail
    if (reply === undefined || accepted.length === 0) return undefined
    return Object.freeze({
      delivery: rejected.length === 0 ? 'accepted' : 'partial',
      accepted,
      rejected,
      recipients: envelope.recipients.map((each) => this.#answered(each)),
      reply,
      ...(messageId === undefined ? {} : { messageId }),
    })
  }

  #answered(recipient: Recipient): SentRecipient {
    const reply = this.#replies?.get(recipient.address)
    return reply === undefined ? recipient : { ...recipient, reply }
  }
}
