/*
 * One transfer: a data connection, the command, the bytes, and the last reply, in whatever order the server sends
 * them. It must not know where the bytes come from or go to.
 */

import { ConnectionLostError, isNetError, type NetError } from '@net/core'
import { addContext, clock, netError, type Operation, stoppable } from '@net/core/authoring'
import type { Transport } from '@net/socket'
import { isEnd, lossOf } from '@net/socket/authoring'

import { AwaitedData, endLate } from './active.ts'
import type { CommandReplies } from './control.ts'
import { verbOf, type Dialog } from './dialog.ts'
import { midwayError } from './errors.ts'
import { dataLoss } from './loss-places.ts'
import { isPositive, type FtpReply } from './reply.ts'
import type { Session } from './session.ts'

/** A transfer, as its command line and what moves the bytes. */
export interface TransferPlan<T> {
  readonly command: string
  /** The offset at which the server is to begin (REST); default 0. */
  readonly start?: number
  /** Whether the last reply may come before we are done, as it may while we read what is still on the road. */
  readonly mayEndEarly: boolean
  /** Moves the bytes; rejects soon after `data` was aborted. `started` is the reply that announced the data. */
  readonly move: (data: Transport, started: FtpReply) => Promise<T>
  /** Lets go of what is the caller's, so that `move` waits for none of it any longer; never throws. */
  readonly letGo?: (reason: unknown) => void
}

/** What a transfer came to. */
export interface Transferred<T> {
  readonly moved: T
  /** The reply that announced the data. */
  readonly started: FtpReply
  /** The last reply, which is positive. */
  readonly reply: FtpReply
}

/** Runs a transfer to its last reply. When this rejects, the data connection is gone and `move` has settled. */
export async function transfer<T>(
  session: Session,
  dialog: Dialog,
  plan: TransferPlan<T>,
): Promise<Transferred<T>> {
  const { op } = dialog
  const opened = await session.data.open(dialog).catch((error: unknown) => {
    session.control.leftUnused()
    throw error
  })
  let connection: Pick<Transport, 'abort'> = opened
  const forget = op.onAbort((reason) => connection.abort(reason))
  let isAsked = false
  let isResumed = true
  try {
    await restart(session, dialog, plan.start ?? 0)
    // A file would be emptied for nothing.
    op.signal.throwIfAborted()
    isAsked = true
    session.control.sends(!plan.mayEndEarly)
    const exchange = dialog.begin(plan.command)
    // Whatever the server says to it, the offset is used up.
    session.settle(NO_RESTART)
    const started = await op.phase('command', async () => {
      const reply = await stoppable(op, exchange.first)
      if (reply.status >= 200) throw notBegun(dialog, reply, plan.command)
      return reply
    })
    const raw = opened instanceof AwaitedData ? await accept(dialog, opened, exchange) : opened
    connection = raw
    const data = await session.data.protect(dialog, raw)
    connection = data
    isResumed = data === raw || data.info.tls?.resumed === true
    const rest = session.keepAlive()
    const moved = await moveGuarded(data, started, exchange, { plan, op }).finally(() => {
      session.control.sends(false)
      rest()
    })
    // vsftpd says its last reply over TLS only when our end (close_notify) has come too. One that is gone says it as well.
    data.end().catch(() => {})
    const reply = await lastReply(op, exchange, plan)
    await withinGrace(data.close())
    // A server that goes on sending during an upload does not hold it up.
    data.abort()
    return { moved, started, reply }
  } catch (error) {
    if (!isAsked) session.control.leftUnused()
    connection.abort(error)
    throw isResumed ? error : notResumed(session, error)
  } finally {
    forget()
    session.control.sends(false)
  }
}

/** The connection that the server makes; it says so where it cannot. */
function accept(
  dialog: Dialog,
  awaited: AwaitedData,
  { final }: CommandReplies,
): Promise<Transport> {
  // It may have sent all of a small file, and said so, before we have taken its connection.
  const refused = new Promise<never>((_, reject) => {
    final.then((reply) => {
      if (!isPositive(reply)) reject(midwayError(reply, 'PORT'))
    }, reject)
  })
  const coming = awaited.accept(dialog)
  return Promise.race([coming, refused]).catch((error: unknown) => {
    endLate(coming)
    throw error
  })
}

/**
 * Servers that insist on the TLS session of the control connection often refuse another one in words that do not say so. What
 * that one has to resume is too old by now: a repeat needs a session that is new.
 */
function notResumed(session: Session, error: unknown): unknown {
  if (!isNetError(error) || !REUSE.has(error.reply?.status ?? 0)) return error
  session.wearOut()
  const { code, message, reply, phase } = error
  const { isReplaced = false } = session.place
  const how = isReplaced ? '' : ' (reconnect: true begins another session then)'
  const why = `the data connection began a TLS session of its own, and a server that insists on session reuse refuses that${how}: ${message}`
  const retry = isReplaced ? 'idempotent' : error.retry
  return addContext(netError(code, { message: why, cause: error }), { reply, phase, retry })
}

/** The error for a transfer that has no beginning. Where that is no refusal, its end may follow, and would be taken for the next reply. */
function notBegun(dialog: Dialog, reply: FtpReply, command: string): NetError {
  const error = dialog.refusal(reply, command)
  if (reply.status < 400) dialog.control.lose(error)
  return error
}

/** RFC 959, section 4.1.3: the transfer follows at once, and some servers forget the offset otherwise. */
async function restart(session: Session, dialog: Dialog, start: number): Promise<void> {
  if (start === 0) return
  // All servers that were tried keep the offset for whatever transfer comes next.
  session.owe(NO_RESTART)
  const reply = await dialog.op.phase('command', () => dialog.ask(`REST ${start}`))
  if (reply.status === 350) return
  session.settle(NO_RESTART)
  throw dialog.refusal(reply, 'REST')
}

/** Behind the last byte: a server may put the file somewhere else, or look into it, before it says that it has it. */
async function lastReply(
  op: Operation,
  { final }: CommandReplies,
  { command, mayEndEarly }: Pick<TransferPlan<unknown>, 'command' | 'mayEndEarly'>,
): Promise<FtpReply> {
  try {
    return await op.phase('command', async () => {
      const reply = await stoppable(op, final)
      if (!isPositive(reply)) throw midwayError(reply, verbOf(command))
      return reply
    })
  } catch (error) {
    if (mayEndEarly || !isNetError(error) || error.code !== 'NET_TIMEOUT_REPLY') throw error
    const { limit = op.limits.reply } = error
    const message = `everything was sent, and the server did not say within ${limit} ms that it has it; timeout: { reply } is how long that may take`
    throw addContext(netError(error.code, { message, limit, cause: error }), { phase: 'command' })
  }
}

interface Guarded<T> {
  readonly plan: TransferPlan<T>
  readonly op: Operation
}

/** Moves the bytes, and stops at once when the server refuses the rest or is gone. */
async function moveGuarded<T>(
  data: Transport,
  started: FtpReply,
  exchange: CommandReplies,
  { plan, op }: Guarded<T>,
): Promise<T> {
  let moved = false
  const refused = new Promise<never>((_, reject) => {
    exchange.final.then((reply) => {
      if (!isPositive(reply)) reject(midwayError(reply, verbOf(plan.command)))
      else if (!moved && !plan.mayEndEarly) reject(tooEarly(reply))
    }, reject)
  })
  const moving = plan.move(data, started)
  try {
    const result = await Promise.race([moving, refused])
    moved = true
    return result
  } catch (error) {
    data.abort(error)
    plan.letGo?.(error)
    // Whatever the reason: nothing of the caller's is touched any more when this call settles.
    await moving.catch(() => {})
    const reason = await betterReason(error, exchange, op, plan.command)
    // What came over the control connection says no phase of its own.
    throw isNetError(reason) ? addContext(reason, { phase: 'command' }) : reason
  }
}

/** A server that refuses in the middle often resets the data connection before its reply is here; the reply says why. */
async function betterReason(
  error: unknown,
  exchange: CommandReplies,
  op: Operation,
  command: string,
): Promise<unknown> {
  if (!isNetError(error) || !(error instanceof ConnectionLostError || isEnd(error))) return error
  const loss = lossOf(error, dataLoss)
  const reply = await withinGrace(stoppable(op, exchange.final).catch(() => undefined))
  return reply === undefined || isPositive(reply) ? loss : midwayError(reply, verbOf(command))
}

function withinGrace<T>(waited: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = clock().after(GRACE, () => resolve(undefined))
    void waited.then((result) => {
      timer.clear()
      resolve(result)
    })
  })
}

function tooEarly({ text }: FtpReply): Error {
  return netError('NET_PROTO_UNEXPECTED', {
    message: `the server ended the transfer before we had sent everything: ${text}`,
  })
}

const GRACE = 1000
const NO_RESTART = 'REST 0'
const REUSE: ReadonlySet<number> = new Set([425, 450, 522])
