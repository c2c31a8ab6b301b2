/*
 * The control connection: one command at a time and its replies, in order, over whatever transport. It decides when
 * the peer has broken the rules; it must not know what the commands mean.
 */

import type { NetError } from '@net/core'
import { closedError, netError, type Operation, stoppable } from '@net/core/authoring'
import type { ConnectionInfo, Transport } from '@net/socket'
import { Commands, ReplyLines } from '@net/socket/authoring'

import { controlLoss } from './loss-places.ts'
import { isPositive, replyDialect, type FtpReply } from './reply.ts'
import { toLine, type FtpEncoding } from './wire-text.ts'

/** A command that was sent, and what comes back. */
export interface CommandReplies {
  /** The first reply of any kind. */
  readonly first: Promise<FtpReply>
  /** The reply that ends it, 200 or above. */
  readonly final: Promise<FtpReply>
}

/** One control connection. */
export class Control {
  /** How names are written in commands and replies. */
  readonly encoding: FtpEncoding
  readonly #commands: Commands<FtpReply>
  /** What waits for its replies, in the order in which it was sent. */
  readonly #exchanges: OpenExchange[] = []
  #echoExpected = false
  /** Whether the server may still tell of an earlier transfer that it is complete. */
  #mayStray = false
  #isSending = false
  /** How many NOOPs of running transfers have no answer yet. */
  #noops = 0

  private constructor(transport: Transport, encoding: FtpEncoding) {
    this.encoding = encoding
    this.#commands = new Commands(transport, {
      replies: () => new ReplyLines(replyDialect(encoding)),
      place: controlLoss,
      show: ({ text }) => text,
      overlooks: (reply) => this.#isLateNoop(reply) || this.#isStray(reply) || this.#isEcho(reply),
      unasked: (reply) => (reply.status === SHUTDOWN ? shutDown(reply) : unexpected(reply)),
    })
  }

  /** Takes the transport over; the greeting is the reply of the exchange that is open at once, told by `op`. */
  static open(
    transport: Transport,
    op?: Operation,
    encoding: FtpEncoding = 'utf8',
  ): { control: Control; greeting: CommandReplies } {
    const control = new Control(transport, encoding)
    const first = Promise.withResolvers<FtpReply>()
    first.promise.catch(() => {})
    return { control, greeting: { first: first.promise, final: control.#expect(op, { first }) } }
  }

  /** Settles once the connection has ended, with what took it; never rejects. */
  get closed(): Promise<NetError | undefined> {
    return this.#commands.closed
  }

  get info(): ConnectionInfo {
    return this.#commands.info
  }

  get transport(): Transport {
    return this.#commands.transport
  }

  /** Why the connection has ended; undefined while it is there. */
  get failure(): NetError | undefined {
    const { ended, failure } = this.#commands
    return ended ? (failure ?? closedError()) : undefined
  }

  /** Whether a reply is still to come. */
  get owed(): boolean {
    return this.#exchanges.length > 0
  }

  /**
   * Sends the command, unless the operation was stopped before, and waits for its last reply; when the operation is stopped
   * later, the reply is owed (see `idle`).
   */
  ask(op: Operation, command: string, shown: string = command): Promise<FtpReply> {
    return stoppable(op, () => this.#say(op, command, shown))
  }

  /** Sends the command; `shown` is what the log may see of it. Throws what took the connection, and `NET_BUSY` while a reply is owed. */
  begin(op: Operation | undefined, command: string, shown: string = command): CommandReplies {
    const first = Promise.withResolvers<FtpReply>()
    // After an abort it has no reader; its rejection must not count as unhandled.
    first.promise.catch(() => {})
    return { first: first.promise, final: this.#say(op, command, shown, first) }
  }

  /**
   * As `ask`; another command goes along in the packet, whose reply is owed when that to this one is here. `told` gets it,
   * whatever it says, unless the connection is lost before.
   */
  askAlong(
    op: Operation,
    command: string,
    next: string,
    told: (reply: FtpReply) => void,
  ): Promise<FtpReply> {
    return stoppable(op, () => {
      this.#checkFree()
      const lines = [command, next].map((line) => toLine(line, this.encoding))
      if (this.#noops > 0) this.#mark(op)
      op.wire('send', () => command)
      const final = this.#expect(op)
      op.wire('send', () => next)
      this.#expect(op).then(told, () => {})
      this.#write(lines.join('\r\n'))
      return final
    })
  }

  /** Sends several commands in one packet; gives the last reply to each, whatever they say. Rejects as `ask` does. */
  askTogether(op: Operation, commands: readonly string[]): Promise<readonly FtpReply[]> {
    this.#checkFree()
    const lines = commands.map((command) => toLine(command, this.encoding))
    const finals = commands.map((command) => {
      op.wire('send', () => command)
      return this.#expect(op)
    })
    this.#write(lines.join('\r\n'))
    return stoppable(op, Promise.all(finals))
  }

  /**
   * Says NOOP while a transfer runs, so that nothing on the way takes the connection for dead. Servers answer it at once,
   * behind the transfer's last reply, or never.
   */
  keepAlive(): void {
    const [open] = this.#exchanges
    if (open === undefined || open.replies === 0 || open.resync !== undefined) return
    this.#noops += 1
    this.#write('NOOP')
  }

  /**
   * Says ABOR where the server has begun a transfer and owes its last reply; some never say it once the data
   * connection was cut. The replies to ABOR differ in number, so a TYPE behind it shows where they end.
   */
  interrupt(): void {
    const [open] = this.#exchanges
    if (open === undefined || open.replies === 0 || open.resync !== undefined) return
    open.resync = 'ABOR'
    this.#write('ABOR')
  }

  /**
   * A data connection has ended of which nothing was asked. Some servers tell of a transfer that is complete once they see that,
   * which is no reply to whatever was asked meanwhile.
   */
  leftUnused(): void {
    this.#mayStray = true
  }

  /** Bytes of ours are on their way: no reply can say that the server has them all. */
  sends(isSending: boolean): void {
    this.#isSending = isSending
  }

  /** Resolves once no reply is owed; false if the connection was lost instead. */
  async idle(): Promise<boolean> {
    for (let [open] = this.#exchanges; open !== undefined; [open] = this.#exchanges) {
      await open.final.promise.catch(() => {})
    }
    return this.failure === undefined
  }

  /**
   * Asks, and reads nothing behind a positive answer, so that the next byte belongs to the TLS handshake. Bytes that
   * came along with the answer were said in clear and are never believed: `NET_PROTO_UNEXPECTED`.
   */
  async askAndHold(op: Operation, command: string): Promise<FtpReply> {
    const exchange = this.begin(op, command)
    const [open] = this.#exchanges
    if (open !== undefined) open.hold = true
    const reply = await stoppable(op, exchange.final)
    this.#commands.refuseSurplus()
    return reply
  }

  /** Goes on over another transport that was made of this one; only after `askAndHold`. */
  upgrade(make: (transport: Transport) => Promise<Transport>): Promise<void> {
    return this.#commands.upgrade(make)
  }

  /** Says goodbye; from here on it is no loss that the server closes. */
  async quit(op: Operation): Promise<void> {
    this.#commands.op = op
    await stoppable(op, this.#commands.quit('QUIT'))
  }

  /** Ends the connection for this reason. */
  lose(error: NetError): void {
    this.#commands.lose(error)
  }

  /** Closes without a word; nothing is lost, because nothing was going on. */
  async close(): Promise<void> {
    if (this.#commands.failure === undefined) await this.#commands.close()
  }

  #say(
    op: Operation | undefined,
    command: string,
    shown: string,
    first?: PromiseWithResolvers<FtpReply>,
  ): Promise<FtpReply> {
    this.#checkFree()
    const line = toLine(command, this.encoding)
    if (this.#noops > 0) this.#mark(op)
    op?.wire('send', () => shown)
    const final = this.#expect(op, first === undefined ? {} : { first })
    this.#write(line)
    return final
  }

  #checkFree(): void {
    const { failure } = this
    if (failure !== undefined) throw failure
    if (this.owed) throw busy()
  }

  /** Asks something whose answer is none of NOOP's, so that what comes behind it is the next command's. */
  #mark(op: Operation | undefined): void {
    void this.#expect(op, { isMark: true })
    op?.wire('send', () => 'PWD')
    this.#write('PWD')
  }

  /** The last reply to what is sent next; `first` gets the first of any kind. */
  #expect(
    op: Operation | undefined,
    { first, isMark = false }: { first?: PromiseWithResolvers<FtpReply>; isMark?: boolean } = {},
  ): Promise<FtpReply> {
    const final = Promise.withResolvers<FtpReply>()
    // After an abort it has no reader; its rejection must not count as unhandled.
    final.promise.catch(() => {})
    const begun = first?.resolve ?? unheard
    const open: OpenExchange = { final, begun, isMark, hold: false, replies: 0, resync: undefined }
    this.#exchanges.push(open)
    this.#commands.op = op
    this.#commands.expect({
      take: (reply) => this.#take(open, reply),
      holds: (reply) => open.hold && isPositive(reply),
      drop: (error) => {
        this.#forget(open)
        first?.reject(error)
        final.reject(error)
      },
    })
    return final.promise
  }

  #take(open: OpenExchange, reply: FtpReply): void | 'more' {
    if (this.#isNoop(open, reply)) return 'more'
    open.begun(reply)
    if (reply.status < 200) {
      if (++open.replies > MOST_PRELIMINARY) throw unexpected(reply)
      return 'more'
    }
    if (open.isMark && reply.status !== PATH && reply.status < 400) throw outOfStep(reply)
    const isLast = open.resync === undefined || (open.resync === 'TYPE' && reply.status === DONE)
    if (isLast || reply.status === SHUTDOWN) return this.#end(open, reply)
    if (open.resync === 'ABOR') {
      open.resync = 'TYPE'
      this.#write('TYPE I')
    }
    return 'more'
  }

  /** Whether the reply answers a NOOP that was sent within a transfer. */
  #isNoop(open: OpenExchange, reply: FtpReply): boolean {
    return (open.isMark || open.replies > 0) && this.#tookNoop(reply)
  }

  /** The same behind the transfer's last reply, while nothing else is asked: most servers answer only then. */
  #isLateNoop(reply: FtpReply): boolean {
    return this.#exchanges.length === 0 && this.#tookNoop(reply)
  }

  #tookNoop({ status }: FtpReply): boolean {
    if (this.#noops === 0 || (status !== DONE && status !== 500 && status !== 502)) return false
    this.#noops -= 1
    return true
  }

  #forget(open: OpenExchange): void {
    const at = this.#exchanges.indexOf(open)
    if (at >= 0) this.#exchanges.splice(at, 1)
  }

  #end(open: OpenExchange, reply: FtpReply): void {
    this.#forget(open)
    if (open.isMark) this.#noops = 0
    if (open.replies > 0) this.#mayStray = false
    this.#echoExpected = reply.status === CUT || open.replies > 0
    open.final.resolve(reply)
    if (reply.status === SHUTDOWN) this.lose(shutDown(reply))
  }

  /**
   * RFC 959 ends an aborted transfer with 426 and then 226; some servers send both without ABOR, or 226 twice. Taken for
   * the reply to the next command it would leave every call one reply behind.
   */
  #isEcho({ status }: FtpReply): boolean {
    const isEcho =
      this.#echoExpected &&
      (status === 225 || status === COMPLETE) &&
      (this.#exchanges[0]?.replies ?? 0) === 0
    this.#echoExpected = false
    return isEcho
  }

  /** Behind the beginning of a transfer it is one only where that cannot be complete. */
  #isStray({ status }: FtpReply): boolean {
    const isWithin = (this.#exchanges[0]?.replies ?? 0) > 0
    const isEnd = status === COMPLETE || (status === CUT && !isWithin)
    if (!this.#mayStray || !isEnd || (isWithin && !this.#isSending)) return false
    this.#mayStray = false
    return true
  }

  /** A loss ends the exchange that is open. */
  #write(line: string): void {
    this.#commands.say(`${line}\r\n`)
  }
}

interface OpenExchange {
  readonly final: PromiseWithResolvers<FtpReply>
  /** Hears the first reply of any kind. */
  readonly begun: (reply: FtpReply) => void
  /** Whether it only shows which replies are behind it. */
  readonly isMark: boolean
  hold: boolean
  /** How many replies below 200 have come. */
  replies: number
  /** What was said last to end a transfer that owes its reply. */
  resync: 'ABOR' | 'TYPE' | undefined
}

function busy(): NetError {
  return netError('NET_BUSY', { message: 'another command waits for its reply' })
}

function unexpected({ text }: FtpReply): NetError {
  return netError('NET_PROTO_UNEXPECTED', {
    message: `the server sent a reply to no command: ${text}`,
  })
}

function outOfStep({ text }: FtpReply): NetError {
  return netError('NET_PROTO_UNEXPECTED', {
    message: `which command the server answers cannot be told after a NOOP within a transfer: ${text}`,
  })
}

function shutDown(reply: FtpReply): NetError {
  return netError('NET_CONN_SHUTDOWN', {
    message: `the server closes the connection: ${reply.text}`,
    reply: { status: reply.status, text: reply.text },
  })
}

const unheard = (): void => {}
const SHUTDOWN = 421
const COMPLETE = 226
const CUT = 426
const DONE = 200
const PATH = 257
// RFC 959 knows one reply below 200; some servers then tell of their progress.
const MOST_PRELIMINARY = 100
