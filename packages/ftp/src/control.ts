/*
 * The control connection: one command at a time and its replies, in order, over whatever transport. It decides when
 * the peer has broken the rules; it must not know what the commands mean.
 */

import type { NetError } from '@net/core'
import { netError, type Operation, stoppable } from '@net/core/authoring'
import type { ConnectionInfo, Transport } from '@net/socket'

import { createEngine, type FtpEngine } from './engine/basic-ftp.ts'
import { lost } from './lost.ts'
import { ReplyAssembler, type FtpReply } from './reply.ts'

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
  #transport: Transport
  #engine: FtpEngine | undefined
  #open: OpenExchange | undefined
  #failure: NetError | undefined
  #held = false
  #quitting = false
  readonly #assembler = new ReplyAssembler()
  readonly #settled: (error: NetError | undefined) => void

  private constructor(transport: Transport) {
    this.#transport = transport
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#settled = resolve
  }

  /** Takes the transport over; the greeting is the reply of the exchange that is open at once, told by `op`. */
  static async open(
    transport: Transport,
    op?: Operation,
  ): Promise<{ control: Control; greeting: Exchange }> {
    const control = new Control(transport)
    control.#engine = await createEngine((line) => control.#write(line))
    const greeting = control.#begin(op, undefined)
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

  /** Sends the command and waits for its last reply; when the operation is stopped, the reply is owed (see `idle`). */
  ask(op: Operation, command: string, shown: string = command): Promise<FtpReply> {
    return stoppable(op, this.begin(op, command, shown).final)
  }

  /** Sends the command; `shown` is what the log may see of it. Throws `NET_CLOSED`. */
  begin(op: Operation, command: string, shown: string = command): Exchange {
    if (this.#failure !== undefined) throw gone(this.#failure)
    op.wire('send', () => shown)
    return this.#begin(op, command)
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
    this.#engine?.fail(error)
    this.#transport.abort(error)
    this.#settled(error)
  }

  /** Closes without a word; nothing is lost, because nothing was going on. */
  async close(): Promise<void> {
    if (this.#failure !== undefined) return
    this.#failure = netError('NET_CLOSED', { message: 'the client is closed' })
    this.#engine?.fail(this.#failure)
    await this.#transport.close()
    this.#settled(undefined)
  }

  #begin(op: Operation | undefined, command: string | undefined): Exchange {
    const first = Promise.withResolvers<FtpReply>()
    const final = Promise.withResolvers<FtpReply>()
    // Whoever sent it may have been stopped; the failure is then nobody's.
    for (const { promise } of [first, final]) promise.catch(() => {})
    const open: OpenExchange = { op, final: final.promise, hold: false, replies: 0 }
    this.#open = open
    const fail = (error: Error): void => {
      if (this.#open === open) this.#open = undefined
      first.reject(error)
      final.reject(error)
    }
    const isLast = (reply: FtpReply): boolean => {
      first.resolve(reply)
      if (reply.status < 200) {
        if (++open.replies > MOST_PRELIMINARY) this.lose(unexpected(reply))
        return false
      }
      this.#open = undefined
      this.#held = open.hold && reply.status < 300
      final.resolve(reply)
      if (reply.status === SHUTDOWN) this.lose(shutDown(reply))
      return true
    }
    this.#engine?.exchange(command, isLast).catch(fail)
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
      this.lose(lost(error, 'control'))
    }
  }

  async #ended(): Promise<void> {
    if (this.#quitting && this.#open === undefined) await this.close()
    else this.lose(netError('NET_CONN_CLOSED', { message: 'the server closed the connection' }))
  }

  #deliver(text: string): void {
    const open = this.#open
    if (open === undefined) {
      const reply = { status: Number(text.slice(0, 3)), text }
      throw reply.status === SHUTDOWN ? shutDown(reply) : unexpected(reply)
    }
    open.op?.wire('receive', () => text)
    this.#engine?.feed(text)
  }

  #write(line: string): void {
    this.#transport.write([Buffer.from(line, 'utf8')]).catch((error: unknown) => {
      this.lose(lost(error, 'control'))
    })
  }
}

interface OpenExchange {
  readonly op: Operation | undefined
  readonly final: Promise<FtpReply>
  hold: boolean
  replies: number
}

function gone(cause: NetError): NetError {
  return netError('NET_CLOSED', { message: 'the connection is closed', cause })
}

function injected(): NetError {
  return netError('NET_PROTO_UNEXPECTED', {
    message: 'the server sent bytes in clear behind its agreement to speak TLS',
  })
}

function unexpected({ text }: FtpReply): NetError {
  return netError('NET_PROTO_UNEXPECTED', {
    message: `the server sent a reply that nobody asked for: ${text}`,
  })
}

function shutDown(reply: FtpReply): NetError {
  return netError('NET_CONN_SHUTDOWN', {
    message: `the server closes the connection: ${reply.text}`,
    reply: { status: reply.status, text: reply.text },
  })
}

const SHUTDOWN = 421
// RFC 959 knows one; some servers say 150 and then tell of their progress.
const MOST_PRELIMINARY = 100
