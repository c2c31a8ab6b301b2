/*
 * One message through an open session, from MAIL to the server's verdict. Decides what a loss means: before the
 * final dot nothing was delivered, after it the outcome is unknown.
 */

import { isNetError, type NetError, PartialError } from '@net/core'
import { clock, Deadline, netError, type Attempt, type Operation } from '@net/core/authoring'
import { whatHappened } from '@net/socket/authoring'

import type { Content, Opening } from './content.ts'
import type { SmtpEngine } from './engine/nodemailer.ts'
import type { EngineRoad } from './engine-road.ts'
import type { CheckedEnvelope } from './envelope.ts'
import { replyError } from './errors.ts'
import { checkAddresses, checkContent, checkSize } from './fit.ts'
import type { SendLimits } from './send-limits.ts'
import type { SendResult, UnknownDelivery } from './send-result.ts'
import type { SmtpSession } from './session.ts'
import type { ContentFacts } from './survey.ts'
import { Transaction } from './transaction.ts'

/** What is sent, and within which limits. */
export interface Parcel {
  readonly envelope: CheckedEnvelope
  readonly limits: SendLimits
  readonly messageId?: string
  /** Makes the content ready to be sent once. */
  open(opening: Opening): Promise<Content>
}

/** With what it is sent. */
export interface Carrier {
  readonly session: SmtpSession
  readonly engine: SmtpEngine
  readonly road: EngineRoad
}

/** Delivers a parcel. Rejects with `NET_DELIVERY_UNKNOWN` if the verdict on it was lost. */
export async function deliver(
  op: Operation,
  attempt: Attempt,
  carrier: Carrier,
  parcel: Parcel,
): Promise<SendResult> {
  const { session, road } = carrier
  const { capabilities } = session
  checkAddresses(capabilities, parcel.envelope)
  const check = (facts: ContentFacts): void => checkContent(capabilities, facts)
  const content = await parcel.open({ op, check })
  const transaction = new Transaction(parcel.envelope.recipients, () => attempt.sent())
  const { reply, write, idle } = parcel.limits
  transaction.patience = new Deadline(reply, () => session.fail(unanswered(reply)), 1)
  transaction.stall = new Deadline(write, () => session.fail(stalled(write)), 1)
  transaction.drip = new Deadline(idle, () => session.fail(dripping(idle)))
  try {
    checkSize(capabilities, content.size)
    transaction.patience.start()
    if (session.unclean) await op.phase('command', () => reset(session))
    session.unclean = true
    road.begin(transaction, content)
    await transact(op, carrier, { parcel, content, transaction })
    session.unclean = false
    return resultOf(transaction, parcel)
  } catch (error) {
    throw meaning(error, { session, transaction, content })
  } finally {
    transaction.patience.stop()
    transaction.stall.stop()
    transaction.drip.stop()
    road.finish()
    await content.close()
  }
}

interface Shipment {
  readonly parcel: Parcel
  readonly content: Content
  readonly transaction: Transaction
}

async function transact(
  op: Operation,
  { engine, session }: Carrier,
  shipment: Shipment,
): Promise<void> {
  const { parcel, content, transaction } = shipment
  let sent: Promise<void> = Promise.resolve()
  await op.phase('command', () => {
    sent = engine.send(parcel.envelope, content).catch((error: unknown) => {
      throw transaction.refusal ?? session.failure ?? error
    })
    return Promise.race([transaction.asked, sent])
  })
  transaction.patience?.stop()
  await op.phase('send', () => Promise.race([transaction.handedOver, sent]))
  const { verdict } = parcel.limits
  const timer =
    verdict === Infinity
      ? undefined
      : clock().after(verdict, () => session.fail(undecided(verdict)))
  try {
    await op.phase('receive', () => sent)
  } finally {
    timer?.clear()
  }
}

async function reset(session: SmtpSession): Promise<void> {
  const reply = await session.command('RSET')
  if (reply.status !== 250) throw replyError(reply, { command: 'RSET' })
  session.unclean = false
}

interface Outcome {
  readonly session: SmtpSession
  readonly transaction: Transaction
  readonly content: Content
}

/** What a failure means: the error of the caller's own source as it is, an outcome that is unknown, or what was thrown. */
function meaning(thrown: unknown, { session, transaction, content }: Outcome): unknown {
  const { fault } = content
  if (fault !== undefined) {
    // The server waits for the rest of a message that has no end.
    session.fail(
      netError('NET_CONN_CLOSED', { message: 'the source of the message failed before its end' }),
    )
    return fault.error
  }
  const { failure } = session
  if (transaction.unknown && failure !== undefined)
    return unknownDelivery(failure, thrown, transaction)
  return thrown
}

function unknownDelivery(failure: NetError, thrown: unknown, transaction: Transaction): NetError {
  const partial: UnknownDelivery = {
    delivery: 'unknown',
    accepted: [...transaction.accepted],
    rejected: [...transaction.rejected],
  }
  // An abort and a time limit of the caller's keep their codes, and say what they left behind.
  const own = isNetError(thrown) && OURS.has(thrown.code) ? thrown : undefined
  if (own !== undefined) {
    const { limit, phase } = own
    return netError(own.code, {
      message: `${WHAT[own.code] ?? 'ended'}; the server has the whole message and has not answered whether it accepts it`,
      cause: own.cause,
      sent: true,
      retry: 'never',
      partial,
      ...(limit === undefined ? {} : { limit }),
      ...(phase === undefined ? {} : { phase }),
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

function resultOf(
  { accepted, rejected, reply }: Transaction,
  { messageId, envelope }: Parcel,
): SendResult {
  if (reply === undefined) {
    throw netError('NET_PROTO_UNEXPECTED', {
      message: 'the engine ended before the server had answered',
    })
  }
  return Object.freeze({
    delivery: rejected.length === 0 ? 'accepted' : 'partial',
    accepted,
    rejected,
    recipients: envelope.recipients,
    reply,
    ...(messageId === undefined ? {} : { messageId }),
  })
}

function unanswered(limit: number): NetError {
  return netError('NET_TIMEOUT_REPLY', {
    message: `the peer sent no reply within ${limit} ms`,
    limit,
    phase: 'command',
  })
}

function stalled(limit: number): NetError {
  return netError('NET_TIMEOUT_WRITE', {
    message: `the server accepted no bytes of the message for ${limit} ms`,
    limit,
    phase: 'send',
  })
}

function dripping(limit: number): NetError {
  return netError('NET_TIMEOUT_IDLE', {
    message: `the server accepted fewer than 1 KiB of the message in ${limit} ms`,
    limit,
    phase: 'send',
  })
}

function undecided(limit: number): NetError {
  return netError('NET_TIMEOUT_REPLY', {
    message: `the server did not answer within ${limit} ms`,
    limit,
    phase: 'receive',
  })
}

const OURS: ReadonlySet<string> = new Set(['NET_ABORTED', 'NET_TIMEOUT_TOTAL'])
const WHAT: Readonly<Record<string, string>> = {
  NET_ABORTED: 'aborted by the caller',
  NET_TIMEOUT_TOTAL: 'the call did not end in time',
}
