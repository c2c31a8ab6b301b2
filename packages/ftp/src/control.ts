/*
 * The control connection: one command at a time and its replies, in order, over whatever transport. It decides when
 * the peer has broken the rules; it must not know what the commands mean.
 */

import type { NetError } from '@net/core'
import { netError, type Operation, stoppable } from '@net/core/authoring'
import type { ConnectionInfo, Transport } from '@net/socket'

import { isEnd, lost } from './lost.ts'
import { ReplyAssembler, type FtpReply } from './reply.ts'
import { decode, encode, type FtpEncoding } from './wire-text.ts'

/** A command that was sent, and what comes back. */
export interface Exchange {
  /** The first reply of any kind. */
  readonly first: Promise<FtpReply>
  /** The reply that ends it, 200 or above. */
  readonly final: Promise<FtpReply>
}

/** One control connection. */
export class Control {
  /** Settles once the connection is gone, with what took it; never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** How names are written in commands and replies. */
  readonly encoding: FtpEncoding
  #transport: Transport
  #open: OpenExchange | undefined
  #failure: NetError | undefined
  #held = false
  #quitting = false
  #echoExpected = false
  readonly #assembler: ReplyAssembler
  readonly #settled: (error: NetError | undefined) => void

  private constructor(transport: Transport, encoding: FtpEncoding) {
    this.#transport = transport
    this.encoding = encoding
    this.#assembler = new ReplyAssembler((line) => decode(line, encoding))
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#settled = resolve
  }

  /** Takes the transport over; the greeting is the reply of the exchange that is open at once, told by `op`. */
  static open(
    transport: Transport,
    op?: Operation,
    encoding: FtpEncoding = 'utf8',
  ): { control: Control; greeting: Exchange } {
    const control = new Control(transport, encoding)
    const greeting = control.#begin(op)
    void control.#read()
    return { control, greeting }
  }

  get info(): ConnectionInfo {
    return this.#transport.info
  }

  get transport(): Transport {
    return this.#transport
  }

  /** Why the connection is gone; undefined while it is there. */
  get failure(): NetError | undefined {
    return this.#failure
  }

  /** Whether a reply is still to come. */
  get owed(): boolean {
    return this.#open !== undefined
  }

  /** Sends the command and waits for its last reply; when the operation is stopped, the reply is owed (see `idle`). */
  ask(op: Operation, command: string, shown: string = command): Promise<FtpReply> {
    return stoppable(op, this.begin(op, command, shown).final)
  }

  /** Sends the command; `shown` is what the log may see of it. Throws what took the connection, and `NET_BUSY` while a reply is owed. */
  begin(op: Operation, command: string, shown: string = command): Exchange {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#open !== undefined) throw busy()
    const line = encode(command, this.encoding)
    op.wire('send', () => shown)
    const exchange = this.#begin(op)
    this.#write(line)
    return exchange
  }

  /**
   * Says ABOR where the server has begun a transfer and owes its last reply; some never say it once the data
   * connection was cut. The replies to ABOR differ in number, so a TYPE behind it shows where they end.
   */
  interrupt(): void {
    const open = this.#open
    if (open === undefined || open.replies === 0 || open.resync !== undefined) return
    open.resync = 'ABOR'
    this.#write(Buffer.from('ABOR'))
  }

  /** Resolves once no reply is owed; false if the connection was lost instead. */
  async idle(): Promise<boolean> {
    await this.#open?.final.catch(() => {})
    return this.#failure === undefined
  }

  /**
   * Asks, and reads nothing behind a positive answer, so that the next byte belongs to the TLS handshake. Bytes that
   * came along with the answer were said in clear and are never believed: `NET_PROTO_UNEXPECTED`.
   */
  async askAndHold(op: Operation, command: string): Promise<FtpReply> {
    const exchange = this.begin(op, command)
    if (this.#open !== undefined) this.#open.hold = true
    const reply = await stoppable(op, exchange.final)
    if (this.#held && this.#assembler.pending) this.lose(injected())
    if (this.#failure !== undefined) throw this.#failure
    return reply
  }

  /** Goes on over another transport that was made of this one; only after `askAndHold`. */
  async upgrade(make: (transport: Transport) => Promise<Transport>): Promise<void> {
    this.#transport = await make(this.#transport)
    this.#held = false
    void this.#read()
  }

  /** Says goodbye; from here on it is no loss that the server closes. */
  async quit(op: Operation): Promise<void> {
    this.#quitting = true
    await this.ask(op, 'QUIT')
  }

  /** Ends the connection for this reason. */
  lose(error: NetError): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#open?.fail(error)
    this.#transport.abort(error)
    this.#settled(error)
  }

  /** Closes without a word; nothing is lost, because nothing was going on. */
  async close(): Promise<void> {
    if (this.#failure !== undefined) return
    this.#failure = netError('NET_CLOSED', { message: 'the client is closed' })
    this.#open?.fail(this.#failure)
    await this.#transport.close()
    this.#settled(undefined)
  }

  #begin(op: Operation | undefined): Exchange {
    const first = Promise.withResolvers<FtpReply>()
    const final = Promise.withResolvers<FtpReply>()
    // After an abort these have no reader; their rejections must not count as unhandled.
    for (const { promise } of [first, final]) promise.catch(() => {})
    this.#open = {
      op,
      final: final.promise,
      hold: false,
      replies: 0,
      resync: undefined,
      begun: first.resolve,
      done: final.resolve,
      fail: (error) => {
        first.reject(error)
        final.reject(error)
      },
    }
    return { first: first.promise, final: final.promise }
  }

  async #read(): Promise<void> {
    try {
      while (this.#failure === undefined) {
        const chunk = await this.#transport.read()
        if (chunk === null) return await this.#ended()
        for (const text of this.#assembler.push(chunk)) {
          this.#deliver(text)
          // What is behind the agreement to speak TLS is not for us to read.
          if (this.#held) return
        }
      }
    } catch (error) {
      // Replies end by themselves.
      if (isEnd(error)) await this.#ended()
      else this.lose(lost(error, 'control'))
    }
  }

  async #ended(): Promise<void> {
    if (this.#quitting && this.#open === undefined) await this.close()
    else this.lose(netError('NET_CONN_CLOSED', { message: 'the server closed the connection' }))
  }

  #deliver(text: string): void {
    const open = this.#open
    const reply = { status: Number(text.slice(0, 3)), text }
    if (this.#isEcho(reply)) return
    if (open === undefined) throw reply.status === SHUTDOWN ? shutDown(reply) : unexpected(reply)
    open.op?.wire('receive', () => text)
    open.begun(reply)
    if (reply.status < 200) {
      if (++open.replies > MOST_PRELIMINARY) throw unexpected(reply)
    } else if (open.resync === undefined || reply.status === SHUTDOWN) this.#end(open, reply)
    else this.#resync(open, reply)
  }

  #end(open: OpenExchange, reply: FtpReply): void {
    this.#open = undefined
    this.#held = open.hold && reply.status < 300
    this.#echoExpected = reply.status === CUT
    open.done(reply)
    if (reply.status === SHUTDOWN) this.lose(shutDown(reply))
  }

  /** RFC 959 ends an aborted transfer with 426 and then 226; some servers send both without ABOR. */
  #isEcho({ status }: FtpReply): boolean {
    const isEcho =
      this.#echoExpected && (status === 225 || status === 226) && (this.#open?.replies ?? 0) === 0
    this.#echoExpected = false
    return isEcho
  }

  #resync(open: OpenExchange, reply: FtpReply): void {
    if (open.resync === 'ABOR') {
      open.resync = 'TYPE'
      this.#write(Buffer.from('TYPE I'))
    } else if (reply.status === 200) this.#end(open, reply)
  }

  #write(line: Uint8Array): void {
    this.#transport.write([Buffer.concat([line, LINE_END])]).catch((error: unknown) => {
      this.lose(lost(error, 'control'))
    })
  }
}

interface OpenExchange {
  readonly op: Operation | undefined
  readonly final: Promise<FtpReply>
  hold: boolean
  /** How many replies below 200 have come. */
  replies: number
  /** What was said last to end a transfer that owes its reply. */
  resync: 'ABOR' | 'TYPE' | undefined
  begun(reply: FtpReply): void
  done(reply: FtpReply): void
  fail(error: NetError): void
}

function busy(): NetError {
  return netError('NET_BUSY', { message: 'another command waits for its reply' })
}

function injected(): NetError {
  return netError('NET_PROTO_UNEXPECTED', {
    message: 'the server sent unencrypted bytes after it had agreed to TLS',
  })
}

function unexpected({ text }: FtpReply): NetError {
  return netError('NET_PROTO_UNEXPECTED', {
    message: `the server sent a reply to no command: ${text}`,
  })
}

function shutDown(reply: FtpReply): NetError {
  return netError('NET_CONN_SHUTDOWN', {
    message: `the server closes the connection: ${reply.text}`,
    reply: { status: reply.status, text: reply.text },
  })
}

const LINE_END: Uint8Array = Buffer.from('\r\n')
const SHUTDOWN = 421
const CUT = 426
// RFC 959 knows one reply below 200; some servers then tell of their progress.
const MOST_PRELIMINARY = 100
