/*
 * A message that is ready to be sent, and what is the same in each way of sending it: the commands that name sender and
 * recipients, a server that leaves, and one that is silent.
 */

import type { NetError } from '@net/core'
import { netError } from '@net/core/authoring'

import { isInternational } from './address.ts'
import type { SmtpCapabilities } from './capabilities.ts'
import type { Content } from './content.ts'
import type { CheckedEnvelope } from './envelope.ts'
import { replyError } from './errors.ts'
import type { ExtensionParameters } from './extensions.ts'
import { formatReply, type SmtpReply } from './reply.ts'
import type { SendLimits } from './send-limits.ts'
import type { Command, SmtpSession } from './session.ts'
import type { Transaction } from './transaction.ts'

/** One message that is ready to be sent. */
export interface Shipment {
  readonly envelope: CheckedEnvelope
  readonly limits: SendLimits
  readonly content: Content
  /** What is asked of the server for it. */
  readonly parameters?: ExtensionParameters | undefined
  /** Notes what the server says about it. */
  readonly transaction: Transaction
  /** Called just before the final dot leaves. */
  readonly onDot: () => void
  /** Lets the next message begin, whose commands may leave behind the dot (RFC 2920, section 3.1); says whether there is one. */
  readonly passOn?: (() => boolean) | undefined
}

/** MAIL and RCPT. */
export function transactionCommands(
  session: SmtpSession,
  { envelope, content, transaction, parameters }: Shipment,
): Command[] {
  const { from, recipients } = envelope
  const given = (wire: string): string =>
    recipients.find((each) => each.wire === wire)?.address ?? wire
  const common = contentParameters(session.capabilities, envelope, content)
  return [
    {
      line: `MAIL FROM:<${from}>${common}${parameters?.mail ?? ''}`,
      take: (reply) => transaction.sender(reply),
    },
    ...envelope.to.map((wire) => ({
      line: `RCPT TO:<${wire}>${parameters === undefined ? '' : parameters.rcpt(given(wire))}`,
      take: (reply: SmtpReply) => transaction.recipient(wire, reply),
    })),
  ]
}

/** MAIL, RCPT and DATA, each with its end. */
export function transactionLines(
  session: SmtpSession,
  { envelope, content, parameters }: Shipment,
): string {
  const { from, to, recipients } = envelope
  const common = contentParameters(session.capabilities, envelope, content)
  let lines = `MAIL FROM:<${from}>${common}${parameters?.mail ?? ''}\r\n`
  for (const wire of to) {
    const given = recipients.find((each) => each.wire === wire)?.address ?? wire
    lines += `RCPT TO:<${wire}>${parameters?.rcpt(given) ?? ''}\r\n`
  }
  return `${lines}DATA\r\n`
}

/** The reply to DATA; at once, because what comes behind this reply comes within the message. */
export function asked(session: SmtpSession, transaction: Transaction, reply: SmtpReply): void {
  transaction.data(reply)
  session.withinMessage = reply.status === GO_ON
  if (reply.status >= 400 || session.withinMessage) return
  const message = `the server answered DATA with ${formatReply(reply)} instead of asking for the message`
  session.lose(netError('NET_PROTO_UNEXPECTED', { message, reply }))
}

/** The server asks for a message that has no recipient left: it gets an empty one, or the session ends. */
export async function takeBack(
  session: SmtpSession,
  transaction: Transaction,
  empty: Command,
): Promise<void> {
  session.withinMessage = false
  if (!transaction.senderRefused) return session.pipeline([empty])
  const message = 'the server asked for a message whose sender it had refused'
  session.lose(netError('NET_PROTO_UNEXPECTED', { message }))
}

function contentParameters(
  { extensions }: SmtpCapabilities,
  { from, to }: CheckedEnvelope,
  { size = 0, eightBit, utf8Headers }: Content,
): string {
  const eight = eightBit && extensions.has('8BITMIME') ? ' BODY=8BITMIME' : ''
  const sized = size > 0 && extensions.has('SIZE') ? ` SIZE=${size}` : ''
  const utf8 = utf8Headers || isInternational(from) || to.some(isInternational) ? ' SMTPUTF8' : ''
  return `${eight}${sized}${utf8}`
}

/** A server that says 421 closes the connection, whatever it was asked. */
export function leave(session: SmtpSession, command: string, reply: SmtpReply): void {
  if (reply.status === SHUTDOWN) session.lose(replyError(reply, { command }))
}

/** The server has not answered in time. */
export function silent(limit: number, phase: 'command' | 'receive'): NetError {
  const message = `the server did not answer within ${limit} ms`
  return netError('NET_TIMEOUT_REPLY', { message, limit, phase })
}

const SHUTDOWN = 421
const GO_ON = 354
