/*
 * What is said for one message: MAIL, RCPT and DATA, in one packet where the server takes it (RFC 2920), the content, and
 * its final dot. Does not decide what a loss means.
 */

import type { NetError } from '@net/core'
import { Deadline, netError, type Operation } from '@net/core/authoring'

import { atOnce, exchangeAtOnce } from './bdat.ts'
import { DataWriter } from './data-writer.ts'
import { replyError } from './errors.ts'
import type { SmtpReply } from './reply.ts'
import type { Command, SmtpSession } from './session.ts'
import { asked, leave, silent, takeBack, transactionCommands, type Shipment } from './shipment.ts'
import { exchangeText, textFor } from './text-exchange.ts'
import { VerdictReader } from './verdict.ts'

/** Sends a message; resolves to the reply that accepts it. Rejects with the refusal, or with what took the session. */
export function exchange(
  op: Operation,
  session: SmtpSession,
  shipment: Shipment,
): Promise<SmtpReply> {
  const text = textFor(session, shipment)
  if (text !== undefined) return exchangeText(op, session, shipment, text)
  return exchangeAlone(op, session, shipment)
}

/** Behind the verdict on the message before it. */
async function exchangeAlone(
  op: Operation,
  session: SmtpSession,
  shipment: Shipment,
): Promise<SmtpReply> {
  await session.alone()
  const message = atOnce(session, shipment)
  const reply = await (message === undefined
    ? exchangePieces(op, session, shipment)
    : exchangeAtOnce(op, session, shipment, message))
  session.unclean = false
  return reply
}

async function exchangePieces(
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

function commandsFor(session: SmtpSession, shipment: Shipment): Command[] {
  const { transaction } = shipment
  return [
    ...transactionCommands(session, shipment),
    { line: 'DATA', take: (reply) => asked(session, transaction, reply) },
  ]
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
    const verdict = new VerdictReader(transaction, session.lmtp, resolve)
    session.expect({
      take(reply) {
        const more = verdict.take(reply)
        leave(session, 'message', reply)
        return more
      },
      drop: reject,
    })
    transaction.dotted()
    onDot()
  }
  try {
    await session.whileOpen(writer.write(content, dotted))
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

function sourceFailed(): NetError {
  return netError('NET_CONN_CLOSED', {
    message: 'the source of the message failed before its end',
  })
}

const EMPTY: Command = { line: '.', take: () => {} }
