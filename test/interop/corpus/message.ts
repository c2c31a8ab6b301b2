// What a message of the corpus is, before it is sent and when it has arrived.
import type * as smtp from '@net/smtp'

import type { MailFacts } from './facts.ts'

/** A message to send. */
export interface CorpusMail {
  readonly id: string
  readonly content: smtp.Message | Uint8Array
  readonly encoding?: smtp.EncodingOptions
  readonly facts: MailFacts
  /** Whom the first report in it is about. */
  readonly reported: readonly string[]
}

/** A message as it lies in a mailbox, which another one may have within it. */
export interface StoredMail {
  readonly raw: Buffer
  readonly facts: MailFacts
}

/** What messages are made of. */
export interface Surroundings {
  /** Where files may lie. */
  readonly folder: string
  /** Messages that have arrived, in the order of their numbers. */
  readonly stored: readonly StoredMail[]
}
