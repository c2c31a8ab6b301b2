/*
 * What is said for one message: MAIL, RCPT and DATA, in one packet where the server takes it (RFC 2920), the content, and
 * its final dot. Does not decide what a loss means.
 */

import type { NetError } from '@net/core'
import { Deadline, netError, type Operation } from '@net/core/authoring'

import { isInternational } from './address.ts'
import type { SmtpCapabilities } from './capabilities.ts'
import type { Content } from './content.ts'
import { DataWriter } from './data-writer.ts'
import type { CheckedEnvelope } from './envelope.ts'
import { replyError } from './errors.ts'
import { formatReply, type SmtpReply } from './reply.ts'
import type { SendLimits } from './send-limits.ts'
import type { Command, SmtpSession } from './session.ts'
import type { Transaction } from './transaction.ts'

/** One message that is ready to be sent. */
export interface Shipment {
  readonly envelope: CheckedEnvelope
  readonly limits: SendLimits
  readonly content: Content
  /** Notes what the server says about it. */
  readonly transaction: Transaction
  /** Called just before the final dot leaves. */
  readonly onDot: () => void
}

/** Sends a message; resolves to the reply that accepts it. Rejects with the refusal, or with what took the session. */
export async function exchange(
  op: Operation,
  session: SmtpSession,
  shipment: Shipment,
): Promise<SmtpReply> {
  const verdict = Promise.withResolvers<SmtpReply>()
  // It has no reader before the whole message was sent.
  verdict.promise.catch(() => {})
  try {
    await op.phase('command', () => agree(session, shipment))
    await op.phase('send', () => transmit(session, shipment, verdict))
    return await op.phase('receive', () => decided(session, shipment, verdict.promise))
  } finally {
    session.withinMessage = false
  }
}

/** Up to the server's consent to the message. */
async function agree(session: SmtpSession, shipment: Shipment): Promise<void> {
  const { transaction, limits } = shipment
  const patience = new Deadline(
    limits.reply,
    () => session.lose(silent(limits.reply, 'command')),
    1,
  )
  const heard = (command: Command): Command => ({
    line: command.line,
    take(reply) {
      patience.moved(1)
      command.take(reply)
      leave(session, command.line.split(' ', 1)[0] ?? '', reply)
    },
  })
  patience.start()
  try {
    if (session.unclean) await reset(session)
    session.unclean = true
    const commands = commandsFor(session, shipment).map(heard)
    const isPipelined = session.capabilities.extensions.has('PIPELINING')
    for (const together of isPipelined ? [commands] : commands.map((command) => [command])) {
      await session.pipeline(together)
      if (transaction.refusal !== undefined) break
    }
    if (transaction.refusal === undefined) return
    if (session.withinMessage) await takeBack(session, transaction, heard(EMPTY))
    throw transaction.refusal
  } catch (error) {
    throw transaction.refusal ?? error
  } finally {
    patience.stop()
  }
}

async function reset(session: SmtpSession): Promise<void> {
  const reply = await session.ask('RSET')
  if (reply.status !== 250) throw replyError(reply, { command: 'RSET' })
  session.unclean = false
}

function commandsFor(
  session: SmtpSession,
  { envelope, content, transaction }: Shipment,
): Command[] {
  return [
    {
      line: `MAIL FROM:<${envelope.from}>${parameters(session.capabilities, envelope, content)}`,
      take: (reply) => transaction.sender(reply),
    },
    ...envelope.to.map((wire) => ({
      line: `RCPT TO:<${wire}>`,
      take: (reply: SmtpReply) => transaction.recipient(wire, reply),
    })),
    { line: 'DATA', take: (reply) => asked(session, transaction, reply) },
  ]
}

function parameters(
  { extensions }: SmtpCapabilities,
  { from, to }: CheckedEnvelope,
  { size = 0, eightBit, utf8Headers }: Content,
): string {
  const eight = eightBit && extensions.has('8BITMIME') ? ' BODY=8BITMIME' : ''
  const sized = size > 0 && extensions.has('SIZE') ? ` SIZE=${size}` : ''
  const utf8 = utf8Headers || [from, ...to].some(isInternational) ? ' SMTPUTF8' : ''
  return `${eight}${sized}${utf8}`
}

/** At once, because what comes behind this reply comes within the message. */
function asked(session: SmtpSession, transaction: Transaction, reply: SmtpReply): void {
  transaction.data(reply)
  session.withinMessage = reply.status === GO_ON
  if (reply.status >= 400 || session.withinMessage) return
  const message = `the server answered DATA with ${formatReply(reply)} instead of asking for the message`
  session.lose(netError('NET_PROTO_UNEXPECTED', { message, reply }))
}

/** The server asks for a message that has no recipient left: it gets an empty one, or the session ends. */
async function takeBack(
  session: SmtpSession,
  transaction: Transaction,
  empty: Command,
): Promise<void> {
  session.withinMessage = false
  if (transaction.senderRefused === undefined) return session.pipeline([empty])
  const message = 'the server asked for a message whose sender it had refused'
  session.lose(netError('NET_PROTO_UNEXPECTED', { message }))
}

/** Sends the content with its final dot. */
async function transmit(
  session: SmtpSession,
  { content, limits, transaction, onDot }: Shipment,
  { resolve, reject }: PromiseWithResolvers<SmtpReply>,
): Promise<void> {
  const writer = new DataWriter(session, limits)
  const dotted = (bytes: number): void => {
    // Of a session that is over neither the source's end nor the dot says anything: the source was let go, and the dot stays here.
    session.refuseVain()
    session.withinMessage = false
    session.tell(`(${bytes} bytes of message)`)
    session.expect({
      take(reply) {
        transaction.verdict(reply)
        leave(session, 'message', reply)
        resolve(reply)
      },
      drop: reject,
    })
    transaction.dotted()
    onDot()
  }
  try {
    await session.whileOpen(writer.write(content.content, dotted))
  } catch (error) {
    // The server waits for the rest of a message that has no end.
    if (!session.ended) session.lose(sourceFailed())
    throw error
  } finally {
    writer.stop()
  }
}

async function decided(
  session: SmtpSession,
  { limits, transaction }: Shipment,
  verdict: Promise<SmtpReply>,
): Promise<SmtpReply> {
  const limit = limits.verdict
  const patience = new Deadline(limit, () => session.lose(silent(limit, 'receive')))
  patience.start()
  try {
    const reply = await verdict
    if (transaction.refusal !== undefined) throw transaction.refusal
    return reply
  } finally {
    patience.stop()
  }
}

/** A server that says 421 closes the connection, whatever it was asked. */
function leave(session: SmtpSession, command: string, reply: SmtpReply): void {
  if (reply.status === SHUTDOWN) session.lose(replyError(reply, { command }))
}

function sourceFailed(): NetError {
  return netError('NET_CONN_CLOSED', {
    message: 'the source of the message failed before its end',
  })
}

function silent(limit: number, phase: 'command' | 'receive'): NetError {
  const message = `the server did not answer within ${limit} ms`
  return netError('NET_TIMEOUT_REPLY', { message, limit, phase })
}

const EMPTY: Command = { line: '.', take: () => {} }
const GO_ON = 354
const SHUTDOWN = 421
