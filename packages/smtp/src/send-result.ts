/* What became of a message, recipient by recipient. */

import type { NetError } from '@net/core'

import type { Recipient } from './envelope.ts'
import type { SmtpReply } from './reply.ts'

/** A recipient that the server refused. */
export interface RejectedRecipient extends Recipient {
  /** Why; an SmtpReplyError in most cases. */
  readonly error: NetError
}

/** What became of a message that the server has taken. */
export interface SendResult {
  /** `partial` if the server refused some of the recipients. */
  readonly delivery: 'accepted' | 'partial'
  /** The recipients for whom the server has taken the message, as they were given. */
  readonly accepted: readonly string[]
  readonly rejected: readonly RejectedRecipient[]
  /** All recipients, each as it was given and as it went over the wire. */
  readonly recipients: readonly Recipient[]
  /** The server's answer to the message, which often has its id in the queue. */
  readonly reply: SmtpReply
  /** The Message-ID; absent for a message that was sent as it is. */
  readonly messageId?: string
}

/** What is known of a message whose outcome is unknown; the `partial` of `NET_DELIVERY_UNKNOWN`. */
export interface UnknownDelivery {
  readonly delivery: 'unknown'
  /** The recipients that may have the message, as they were given: those that the server accepted, or has said nothing of. */
  readonly accepted: readonly string[]
  readonly rejected: readonly RejectedRecipient[]
  /** The Message-ID, by which it can be looked for; absent for a message that was sent as it is. */
  readonly messageId?: string
}
