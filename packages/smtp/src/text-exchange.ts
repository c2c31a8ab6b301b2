/*
 * A message that is written already, at a server with PIPELINING (RFC 2920): its commands in one packet and itself in another,
 * without a wait in between but for the server. What waits for its turn may begin while it waits for the verdict: its commands
 * leave in the packet of the dot.
 */

import type { NetError } from '@net/core'
import {
  clock,
  Deadline,
  PIECE,
  type OpenPhase,
  type Operation,
  type Timer,
} from '@net/core/authoring'
import { endedBefore, type AwaitedReply } from '@net/socket/authoring'

import { DataWriter } from './data-writer.ts'
import type { SmtpReply } from './reply.ts'
import type { Leader, SmtpSession } from './session.ts'
import { asked, leave, silent, takeBack, transactionLines, type Shipment } from './shipment.ts'

/** The text of the message with its dot, if it may go out so over this session. */
export function textFor(session: SmtpSession, { content }: Shipment): string | undefined {
  const { dotted } = content
  if (dotted === undefined || dotted.length > PIECE) return undefined
  if (session.lmtp || session.chunking || session.unclean) return undefined
  return session.capabilities.extensions.has('PIPELINING') ? dotted : undefined
}

/** Sends the message; resolves to the reply that accepts it. Rejects as `exchange` does. */
export function exchangeText(
  op: Operation,
  session: SmtpSession,
  shipment: Shipment,
  text: string,
): Promise<SmtpReply> {
  return new Promise((resolve, reject) => {
    new TextExchange(op, session, { shipment, text, resolve, reject }).begin()
  })
}

interface Sending {
  readonly shipment: Shipment
  readonly text: string
  readonly resolve: (reply: SmtpReply) => void
  readonly reject: (error: unknown) => void
}

class TextExchange implements AwaitedReply<SmtpReply>, Leader {
  readonly op: Operation
  readonly #session: SmtpSession
  readonly #sending: Sending
  /** How long the server may be silent before the message. */
  readonly #patience: Deadline
  /** Those who are named. */
  readonly #to: readonly string[]
  /** Whether another message has not been answered yet. */
  readonly #follows: boolean
  #heard = 0
  #isDotted = false
  #phase: OpenPhase
  #verdictTimer: Timer | undefined
  #listeners: (() => void)[] | undefined

  constructor(op: Operation, session: SmtpSession, sending: Sending) {
    const { envelope, limits } = sending.shipment
    this.op = op
    this.#session = session
    this.#sending = sending
    this.#to = envelope.to
    this.#follows = session.leader !== undefined
    this.#patience = new Deadline(
      limits.reply,
      () => session.lose(silent(limits.reply, 'command')),
      1,
    )
    this.#phase = op.openPhase('command')
  }

  begin(): void {
    const session = this.#session
    const lines = transactionLines(session, this.#sending.shipment)
    session.unclean = true
    if (session.leader === undefined) this.#patience.start()
    else session.leader.onVerdict(() => this.#patience.start())
    if (this.op.tellsWire) for (const line of lines.trimEnd().split('\r\n')) session.tell(line)
    session.expect(this)
    session.say(ASCII.test(lines) ? lines : Buffer.from(lines, 'utf8').toString('latin1'))
  }

  onVerdict(listener: () => void): void {
    this.#listeners ??= []
    this.#listeners.push(listener)
  }

  take(reply: SmtpReply): void | 'more' {
    const place = this.#heard
    this.#heard += 1
    const last = this.#to.length + 1
    if (this.#isDotted) return this.#decided(reply)
    if (place > last) throw this.#session.early(reply)
    this.#patience.moved(1)
    this.#command(place, last, reply)
    if (place < last || this.#session.ended) return 'more'
    this.#patience.stop()
    return this.#goOn()
  }

  drop(error: NetError): void {
    const { transaction } = this.#sending.shipment
    if (this.#isDotted) this.#fail(error)
    // The other message, or its call, has taken the session with it.
    else if (this.#follows && this.#heard === 0) this.#fail(endedBefore(this.#session.failure))
    else this.#fail(transaction.refusal ?? error)
  }

  #command(place: number, last: number, reply: SmtpReply): void {
    const { transaction } = this.#sending.shipment
    const session = this.#session
    if (place === 0) transaction.sender(reply)
    else if (place < last) transaction.recipient(this.#to[place - 1] ?? '', reply)
    else asked(session, transaction, reply)
    leave(session, place === 0 ? 'MAIL' : place < last ? 'RCPT' : 'DATA', reply)
  }

  /** The server has answered all commands. */
  #goOn(): void | 'more' {
    const { refusal } = this.#sending.shipment.transaction
    if (refusal === undefined) {
      // A server may have refused the message in the same packet.
      queueMicrotask(this.#dot)
      return 'more'
    }
    if (this.#session.withinMessage) void this.#takeBack(refusal)
    else this.#fail(refusal)
  }

  async #takeBack(refusal: NetError): Promise<void> {
    const session = this.#session
    const { transaction } = this.#sending.shipment
    this.#patience.start()
    try {
      await takeBack(session, transaction, {
        line: '.',
        take: (reply) => leave(session, '.', reply),
      })
    } catch {
      // The refusal says it all.
    }
    this.#patience.stop()
    this.#fail(refusal)
  }

  readonly #dot = (): void => {
    if (this.#phase === ENDED) return
    const session = this.#session
    const { text, shipment } = this.#sending
    const { transaction, limits, onDot } = shipment
    this.#phase.ended()
    this.#phase = this.op.openPhase('send')
    session.withinMessage = false
    this.#isDotted = true
    session.tell(`(${text.length} bytes of message)`)
    transaction.dotted()
    onDot()
    if (transaction.rejected.length === 0 && this.#passOn()) {
      // The server forgets a transaction at its end (RFC 5321, section 4.1.1.4).
      session.unclean = false
      session.saySoon(text)
      this.op.progress(text.length)
      this.#await()
      return
    }
    const sent = session.sendText(text)
    if (!session.isSent(sent)) {
      // What keeps it from leaving is told by what ends the session.
      new DataWriter(session, limits).watch(text.length, sent).then(this.#await, () => {})
      return
    }
    this.op.progress(text.length)
    this.#await()
  }

  /** It leads before it asks: what comes next may be the goodbye, which must wait for the verdict. */
  #passOn(): boolean {
    const session = this.#session
    session.leader = this
    const isPassed = this.#sending.shipment.passOn?.() === true
    if (!isPassed) session.leader = undefined
    return isPassed
  }

  readonly #await = (): void => {
    // The verdict may have come before the kernel had taken all of it.
    if (this.#phase === ENDED) return
    this.#phase.ended()
    this.#phase = this.op.openPhase('receive')
    const { verdict } = this.#sending.shipment.limits
    if (verdict === Infinity) return
    this.#verdictTimer = clock().after(verdict, () =>
      this.#session.lose(silent(verdict, 'receive')),
    )
  }

  #decided(reply: SmtpReply): void {
    const session = this.#session
    const { shipment, resolve } = this.#sending
    const { transaction } = shipment
    transaction.verdict(reply)
    const { refusal } = transaction
    if (refusal !== undefined) {
      this.#fail(refusal)
      leave(session, 'message', reply)
      return
    }
    if (session.leader !== this) session.unclean = false
    this.#phase.ended()
    this.#phase = ENDED
    resolve(reply)
    this.#over()
  }

  #fail(error: unknown): void {
    const phase = this.#phase
    if (phase === ENDED) return
    this.#phase = ENDED
    this.#sending.reject(phase.failed(error))
    this.#over()
  }

  /** Leaves no timer. */
  #over(): void {
    const session = this.#session
    this.#patience.stop()
    this.#verdictTimer?.clear()
    if (session.leader === this) session.leader = undefined
    else session.withinMessage = false
    const listeners = this.#listeners ?? []
    // The next message is among them, and must not live as long as all those before it.
    this.#listeners = undefined
    for (const listener of listeners) listener()
  }
}

const ENDED: OpenPhase = { ended: () => {}, failed: (error) => error }
const ASCII = /^[\0-\x7F]*$/
