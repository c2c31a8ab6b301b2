/* What became of a message, recipient by recipient. */

import type { NetError } from '@net/core'

import type { SmtpReply } from './reply.ts'

/** A recipient that the server refused. */
export interface RejectedRecipient {
  readonly address: string
  /** Why; an SmtpReplyError in most cases. */
  readonly error: NetError
}

/** What became of a message that the server has taken. */
export interface SendResult {
  /** `partial` if the server refused some of the recipients. */
  readonly delivery: 'accepted' | 'partial'
  /** Those for whom the server has taken the message. */
  readonly accepted: readonly string[]
  readonly rejected: readonly RejectedRecipient[]
  /** The server's last word, which often names the message's place in its queue. */
  readonly reply: SmtpReply
  /** The Message-ID; absent for a message that was sent as it is. */
  readonly messageId?: string
}

/** What is known when nobody knows whether the message was delivered; the `partial` of such an error. */
export interface UnknownDelivery {
  readonly delivery: 'unknown'
  /** Those for whom the server would have taken the message. */
  readonly accepted: readonly string[]
  readonly rejected: readonly RejectedRecipient[]
}
