/*
 * One message through an open session, from MAIL to the server's verdict. Decides what a loss means: before the
 * final dot nothing was delivered, after it the outcome is unknown.
 */

import { isNetError, type NetError, PartialError } from '@net/core'
import { netError, type Attempt, type Operation } from '@net/core/authoring'
import { whatHappened } from '@net/socket/authoring'

import { exchange } from './exchange.ts'
import { extensionParameters } from './extensions.ts'
import type { PreparedMail } from './prepared-mail.ts'
import { checkAddresses, checkContent, checkSize } from './content-check.ts'
import type { SmtpReply } from './reply.ts'
import type { SendResult, UnknownDelivery } from './send-result.ts'
import type { SmtpSession } from './session.ts'
import type { ContentFacts } from './content-scan.ts'
import { Transaction } from './transaction.ts'

/** Delivers a mail. Rejects with `NET_DELIVERY_UNKNOWN` if the verdict on it was lost. */
export async function deliver(
  op: Operation,
  attempt: Attempt,
  session: SmtpSession,
  mail: PreparedMail,
): Promise<SendResult> {
  const { capabilities } = session
  const { envelope, limits } = mail
  checkAddresses(capabilities, envelope)
  const { encrypted } = session.info
  const parameters = extensionParameters(mail.extensions, capabilities, encrypted)
  const check = (facts: ContentFacts): void => checkContent(capabilities, facts)
  const content = await session.beforehand(op, () => mail.open({ op, check }))
  const transaction = new Transaction(envelope.recipients)
  const onDot = (): void => attempt.sent()
  try {
    checkSize(capabilities, content.size)
    const shipment = { envelope, limits, content, parameters, transaction, onDot }
    const reply = await exchange(op, session, shipment)
    session.unclean = false
    return resultOf(transaction, reply, mail)
  } catch (error) {
    const { failure } = session
    if (!transaction.unknown || failure === undefined) throw error
    throw unknownDelivery(failure, error, leftBehind(transaction, mail))
  } finally {
    await content.close()
  }
}

function leftBehind(
  { accepted, rejected, unheard }: Transaction,
  { messageId }: PreparedMail,
): UnknownDelivery {
  const id = messageId === undefined ? {} : { messageId }
  return {
    delivery: 'unknown',
    accepted: [...accepted, ...unheard],
    rejected: [...rejected],
    ...id,
  }
}

function unknownDelivery(failure: NetError, thrown: unknown, partial: UnknownDelivery): NetError {
  // An abort and a time limit of the caller's keep their codes, and say what they left behind.
  const stopped = isNetError(thrown) ? STOPPED[thrown.code] : undefined
  if (isNetError(thrown) && stopped !== undefined) {
    const { code, cause, limit, phase } = thrown
    return netError(code, {
      message: `${stopped}; the server has the whole message and has not answered whether it accepts it`,
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

function resultOf(
  { accepted, rejected }: Transaction,
  reply: SmtpReply,
  { messageId, envelope }: PreparedMail,
): SendResult {
  return Object.freeze({
    delivery: rejected.length === 0 ? 'accepted' : 'partial',
    accepted,
    rejected,
    recipients: envelope.recipients,
    reply,
    ...(messageId === undefined ? {} : { messageId }),
  })
}

const STOPPED: Readonly<Record<string, string>> = {
  NET_ABORTED: 'aborted by the caller',
  NET_TIMEOUT_TOTAL: 'the call did not end in time',
}
