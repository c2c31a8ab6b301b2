/* What became of a message, recipient by recipient. */

import type { NetError } from '@net/core'

import type { Recipient } from './envelope.ts'
import type { SmtpReply } from './reply.ts'

/** A recipient that the server refused. */
export interface RejectedRecipient extends Recipient {
  /** Why; an SmtpReplyError in most cases. */
  readonly error: NetError
}

/** A recipient of a message that the server has taken. */
export interface SentRecipient extends Recipient {
  /** What the server said to the message for this one; absent where it refused the recipient. */
  readonly reply?: SmtpReply
}

/** What became of a message that the server has taken. */
export interface SendResult {
  /** `partial` if the server refused some of the recipients. */
  readonly delivery: 'accepted' | 'partial'
  /** The recipients for whom the server has taken the message, as they were given. */
  readonly accepted: readonly string[]
  readonly rejected: readonly RejectedRecipient[]
  /** All recipients, each as it was given and as it went over the wire. */
  readonly recipients: readonly SentRecipient[]
  /** The server's answer to the message, which often has its id in the queue; the last one, if it took several transactions. */
  readonly reply: SmtpReply
  /** The Message-ID; absent for a message that was sent as it is. */
  readonly messageId?: string
}

/** What is known of a message whose outcome is unknown; the `partial` of `NET_DELIVERY_UNKNOWN`. */
export interface UnknownDelivery {
  readonly delivery: 'unknown'
  /** The recipients that have or may have the message, as they were given: those that the server accepted, or has said nothing of. */
  readonly accepted: readonly string[]
  /** Those of them of whom it is unknown; the others have it from an earlier transaction of the message. */
  readonly unknown: readonly string[]
  /** Those that do not have it. An error that is `safe` to repeat is that of one that was not named to the server yet. */
  readonly rejected: readonly RejectedRecipient[]
  /** The Message-ID, by which it can be looked for; absent for a message that was sent as it is. */
  readonly messageId?: string
}

/** What is known of a message that the server did not take; the `partial` of its refusal. */
export interface RefusedDelivery {
  readonly delivery: 'refused'
  readonly accepted: readonly []
  /** All recipients, as none has it. */
  readonly rejected: readonly UnsentRecipient[]
}

/** A recipient of a message that the server did not take. */
export interface UnsentRecipient extends Recipient {
  /** Why the server refused this one; absent where it refused the message, or its sender, and nobody in particular. */
  readonly error?: NetError
}
