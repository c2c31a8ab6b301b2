/*
 * One message through an open session, to the server's verdict, in as many transactions as the server needs for its
 * recipients. Decides what a loss means: before the final dot nothing was delivered, after it the outcome is unknown.
 */

import { isNetError, type NetError, PartialError } from '@net/core'
import { netError, type Attempt, type Operation } from '@net/core/authoring'
import { whatHappened } from '@net/socket/authoring'

import { Beforehand } from './beforehand.ts'
import type { Content } from './content.ts'
import { checkAddresses, checkContent, checkSize } from './content-check.ts'
import type { ContentFacts } from './content-scan.ts'
import { DeliverySum } from './delivery-sum.ts'
import type { CheckedEnvelope } from './envelope.ts'
import { exchange } from './exchange.ts'
import { extensionParameters } from './extensions.ts'
import type { PreparedMail } from './prepared-mail.ts'
import { RecipientQueue } from './recipient-queue.ts'
import type { SmtpReply } from './reply.ts'
import type { SendResult, UnknownDelivery } from './send-result.ts'
import type { SmtpSession } from './session.ts'
import { allRefused, Transaction } from './transaction.ts'

/** Delivers a mail. Rejects with `NET_DELIVERY_UNKNOWN` if the verdict on it was lost. */
export function deliver(op: Operation, attempt: Attempt, way: Way): Promise<SendResult> {
  return new Delivery(op, attempt, way).run()
}

/** What is delivered, and over which session. */
export interface Way {
  readonly session: SmtpSession
  readonly mail: PreparedMail
  /** Lets the next mail begin while this one waits for the verdict; says whether there is one. */
  readonly passOn?: (() => boolean) | undefined
}

/** One mail on its way. */
class Delivery {
  readonly #op: Operation
  readonly #attempt: Attempt
  readonly #session: SmtpSession
  readonly #mail: PreparedMail
  readonly #queue: RecipientQueue
  readonly #sum: DeliverySum
  readonly #passOn: Way['passOn']
  #refusal: unknown

  constructor(op: Operation, attempt: Attempt, { session, mail, passOn }: Way) {
    this.#op = op
    this.#attempt = attempt
    this.#passOn = passOn
    this.#session = session
    this.#mail = mail
    // What can be read once goes out once: the server says itself whom it is too much for.
    const most = mail.replayable ? session.capabilities.maxRecipients : undefined
    this.#queue = new RecipientQueue(mail.envelope, most)
    this.#sum = new DeliverySum(mail)
  }

  async run(): Promise<SendResult> {
    const sum = this.#sum
    for (let next = this.#queue.next(); next !== undefined; next = this.#queue.next()) {
      await this.#deliverTo(next)
    }
    const { result } = sum
    if (result !== undefined) return result
    if (isNetError(this.#refusal)) throw this.#refusal
    throw allRefused(sum.rejected)
  }

  async #deliverTo(envelope: CheckedEnvelope): Promise<void> {
    const transaction = new Transaction(envelope.recipients)
    // Those of the transactions before have all been refused.
    if (this.#sum.accepted.length === 0) this.#attempt.refused()
    let refusal: unknown
    try {
      this.#sum.took(transaction, await this.#transact(envelope, transaction))
    } catch (error) {
      if (transaction.unknown) throw this.#unknown(error, transaction)
      refusal = error
    }
    const { rejected } = transaction
    const again = this.#mail.replayable ? this.#queue.again(envelope, rejected) : NOBODY
    this.#sum.refused(rejected, again)
    if (refusal === undefined) return
    // That of the first transaction says it all where there is no other one.
    this.#refusal = envelope === this.#mail.envelope && again.size === 0 ? refusal : undefined
    const isOver = rejected.length < envelope.recipients.length || this.#session.ended
    if (isOver) this.#giveUp(refusal, envelope)
  }

  /** The message was not taken at all, or the session is over: the others do not get it. */
  #giveUp(thrown: unknown, envelope: CheckedEnvelope): void {
    const sum = this.#sum
    if (sum.accepted.length === 0) throw thrown
    const error = isNetError(thrown) ? thrown : sourceFailed(thrown)
    const why = this.#session.ended ? unsent(error) : error
    sum.lost([...envelope.recipients, ...this.#queue.left], why)
    this.#queue.clear()
    if (STOPPED[error.code] !== undefined) throw stopped(error, sum.result)
  }

  /** One transaction, from MAIL to the verdict. */
  async #transact(envelope: CheckedEnvelope, transaction: Transaction): Promise<SmtpReply> {
    const session = this.#session
    const { capabilities } = session
    const { limits, extensions } = this.#mail
    checkAddresses(capabilities, envelope)
    const parameters = extensionParameters(extensions, capabilities, session.info.encrypted)
    const check = (facts: ContentFacts): void => checkContent(capabilities, facts)
    const op = this.#op
    const before = new Beforehand(op)
    const opened = this.#mail.open({ op: before, check })
    const content =
      opened instanceof Promise ? await session.beforehand(before, opened, letGo) : opened
    const onDot = (): void => this.#attempt.sent()
    // Not before the last recipient has had a turn.
    const passOn = this.#queue.isEmpty ? this.#passOn : undefined
    try {
      checkSize(capabilities, content.size)
      const shipment = { envelope, limits, content, parameters, transaction, onDot, passOn }
      return await exchange(op, session, shipment)
    } finally {
      if (content.close !== undefined) await content.close()
    }
  }

  #unknown(error: unknown, transaction: Transaction): unknown {
    const { failure } = this.#session
    if (failure === undefined) return error
    return unknownDelivery(failure, error, this.#leftBehind(transaction, failure))
  }

  #leftBehind({ accepted, rejected, unheard }: Transaction, failure: NetError): UnknownDelivery {
    const { messageId } = this.#mail
    const sum = this.#sum
    sum.refused(rejected, NOBODY)
    sum.lost(this.#queue.left, unsent(failure))
    const unknown = [...accepted, ...unheard]
    return {
      delivery: 'unknown',
      accepted: [...sum.accepted, ...unknown],
      unknown,
      rejected: sum.rejected,
      ...(messageId === undefined ? {} : { messageId }),
    }
  }
}

/** Of what was opened too late to be sent. */
function letGo(content: Content): void {
  content.close?.().catch(() => {})
}

/** Some have the message, and its source cannot be read for the others. */
function sourceFailed(cause: unknown): NetError {
  return netError('NET_LOCAL_IO', {
    message: 'the source of the message failed when it was read once more',
    cause,
  })
}

/** Of those whom the session did not live to serve. */
function unsent(failure: NetError): NetError {
  return netError(failure.code, {
    message: `others have the message, and then ${whatHappened(failure)}; for this recipient it was not sent`,
    cause: failure,
    retry: 'safe',
    sent: false,
  })
}

/** A call that was stopped when some have the message and others do not. */
function stopped(error: NetError, partial: SendResult | undefined): NetError {
  const { code, cause, limit, phase } = error
  const count = partial?.accepted.length ?? 0
  return netError(code, {
    message: `${STOPPED[code] ?? ''}; the server has the message for ${count} recipients, and not for the others`,
    cause,
    sent: true,
    retry: 'never',
    partial,
    limit,
    phase,
  })
}

function unknownDelivery(failure: NetError, thrown: unknown, partial: UnknownDelivery): NetError {
  // An abort and a time limit of the caller's keep their codes, and say what they left behind.
  const stop = isNetError(thrown) ? STOPPED[thrown.code] : undefined
  if (isNetError(thrown) && stop !== undefined) {
    const { code, cause, limit, phase } = thrown
    return netError(code, {
      message: `${stop}; the server has the whole message and has not answered whether it accepts it`,
      cause,
      sent: true,
      retry: 'never',
      partial,
      limit,
      phase,
    })
  }
  return new PartialError('NET_DELIVERY_UNKNOWN', {
    phase: 'receive',
    message: `the server had the whole message, and then ${whatHappened(failure)}; it may have been delivered`,
    cause: failure,
    sent: true,
    partial,
  })
}

const NOBODY: ReadonlySet<string> = new Set()
const STOPPED: Readonly<Record<string, string>> = {
  NET_ABORTED: 'aborted by the caller',
  NET_TIMEOUT_TOTAL: 'the call did not end in time',
}
