/*
 * A small message in one round trip: its commands and the message itself, by BDAT, in one packet (RFC 3030 with RFC 2920).
 * From the moment it leaves, only the server's replies tell whether it was delivered.
 */

import { Deadline, type Operation } from '@net/core/authoring'

import type { SmtpReply } from './reply.ts'
import type { SmtpSession } from './session.ts'
import { leave, silent, transactionCommands, type Shipment } from './shipment.ts'
import { VerdictReader } from './verdict.ts'

/** The message, if it may go out so over this session. */
export function atOnce(session: SmtpSession, { content }: Shipment): Buffer | undefined {
  const { extensions } = session.capabilities
  const isOffered = extensions.has('CHUNKING') && extensions.has('PIPELINING')
  if (!session.chunking || !isOffered || session.unclean) return undefined
  if (!Buffer.isBuffer(content.content) || content.content.length > LARGEST) return undefined
  return content.ready === true ? content.content : withLineEnds(content.content)
}

/** Sends the message; resolves to the reply that accepts it. Rejects as `exchange` does. */
export function exchangeAtOnce(
  op: Operation,
  session: SmtpSession,
  shipment: Shipment,
  message: Buffer,
): Promise<SmtpReply> {
  return op.phase('receive', async () => {
    const { transaction, limits, onDot } = shipment
    let verdict: SmtpReply | undefined
    const reader = new VerdictReader(transaction, session.lmtp, (reply) => {
      verdict = reply
    })
    const limit = limits.verdict
    const patience = new Deadline(limit, () => session.lose(silent(limit, 'receive')))
    const chunk = {
      line: `BDAT ${message.length} LAST`,
      take(reply: SmtpReply) {
        const more = reader.take(reply)
        leave(session, 'message', reply)
        return more
      },
    }
    session.unclean = true
    transaction.dotted()
    onDot()
    patience.start()
    try {
      await session.pipeline([...transactionCommands(session, shipment), chunk], [message])
    } catch (error) {
      if (transaction.unknown) throw error
      throw transaction.refusal ?? error
    } finally {
      patience.stop()
    }
    if (transaction.refusal !== undefined) throw transaction.refusal
    return verdict as SmtpReply
  })
}

/** BDAT sends bytes as they are: every line has to end with CRLF already. */
function withLineEnds(content: Buffer): Buffer {
  const text = content.toString('latin1')
  const lines = IRREGULAR.test(text) ? text.replaceAll(/\r\n?|\n/g, '\r\n') : text
  const whole = lines.endsWith('\r\n') ? lines : `${lines}\r\n`
  return whole === text ? content : Buffer.from(whole, 'latin1')
}

// One that is larger gains little, and would be sent in vain where it is refused.
const LARGEST = 65_536
const IRREGULAR = /\r(?!\n)|(?<!\r)\n/
