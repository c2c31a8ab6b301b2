/*
 * One message on its way through a session, as it is seen to pass: who was taken, who was refused, how far the
 * message came, and what was said after its final dot. Sends nothing.
 */

import type { NetError } from '@net/core'
import type { Deadline } from '@net/core/authoring'

import type { Recipient } from './envelope.ts'
import { replyError, SmtpReplyError } from './errors.ts'
import type { SmtpReply } from './reply.ts'
import type { RejectedRecipient } from './send-result.ts'

/** What is known of one message. */
export class Transaction {
  readonly accepted: string[] = []
  readonly rejected: RejectedRecipient[] = []
  /** Settles when the server asks for the message. */
  readonly asked: Promise<void>
  /** Settles when the final dot is handed over. */
  readonly handedOver: Promise<void>
  /** Runs out while the server owes us a reply. */
  patience: Deadline | undefined
  /** Runs out while the server takes none of our bytes. */
  stall: Deadline | undefined
  /** Runs out while it takes fewer than 1 KiB of them. */
  drip: Deadline | undefined
  /** Bytes of the message, with its final dot, that were handed over. */
  transferred = 0
  /** What the server said after the final dot. */
  reply: SmtpReply | undefined
  readonly #ask: () => void
  readonly #over: () => void
  readonly #onDot: () => void
  readonly #recipients: readonly Recipient[]
  #senderRefused: NetError | undefined
  #refused: NetError | undefined
  #tail = '\r\n'
  #dotted = false

  /** For these recipients; `onDot` is called just before the final dot leaves. */
  constructor(recipients: readonly Recipient[], onDot: () => void) {
    const asked = Promise.withResolvers<void>()
    const handedOver = Promise.withResolvers<void>()
    this.asked = asked.promise
    this.handedOver = handedOver.promise
    this.#ask = asked.resolve
    this.#over = handedOver.resolve
    this.#onDot = onDot
    this.#recipients = recipients
  }

  /** Whether the final dot has left, with at least one recipient, and the server has not answered it. */
  get unknown(): boolean {
    return this.#dotted && this.reply === undefined && this.accepted.length > 0
  }

  /** Why the server did not take the message; undefined if it did, or has not said. */
  get refusal(): NetError | undefined {
    if (this.#senderRefused !== undefined) return this.#senderRefused
    if (this.rejected.length === this.#recipients.length) return allRefused(this.rejected)
    return this.#refused
  }

  /** The server answered one of this transaction's commands. */
  answered(command: string, line: string, reply: SmtpReply): void {
    this.patience?.moved(1)
    if (command === 'RCPT') return this.#recipient(RECIPIENT.exec(line)?.[1] ?? '', reply)
    if (command === 'message') this.reply = reply
    if (reply.status === 354) return this.#ask()
    if (reply.status < 300) return undefined
    if (command === 'MAIL') this.#senderRefused = replyError(reply, { command })
    else this.#refused ??= replyError(reply, { command })
    return undefined
  }

  /** These bytes of the message pass; returns whether they end it. */
  passes(chunks: readonly Uint8Array[]): boolean {
    for (const chunk of chunks) {
      this.transferred += chunk.length
      const end = chunk.subarray(Math.max(chunk.length - LAST.length, 0))
      this.#tail = `${this.#tail}${Buffer.from(end).toString('latin1')}`.slice(-LAST.length)
    }
    // Dots at the start of a line are doubled, so that only the end looks like this.
    return this.#tail === LAST
  }

  /** The final dot leaves now. */
  dotted(): void {
    this.#dotted = true
    this.#onDot()
    this.#over()
  }

  #recipient(wire: string, reply: SmtpReply): void {
    for (const recipient of this.#recipients) {
      if (recipient.wire !== wire) continue
      const { address } = recipient
      if (reply.status < 300) this.accepted.push(address)
      else
        this.rejected.push({ ...recipient, error: replyError(reply, { command: 'RCPT', address }) })
    }
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

const LAST = '\r\n.\r\n'
const RECIPIENT = /^RCPT TO:<([^>]*)>/
