/*
 * A session with a server: its commands, and what is known of it. It ends at the first reply that answers no command.
 */

import type { NetError, Secret } from '@net/core'
import { closedError, type Operation } from '@net/core/authoring'
import type { Transport } from '@net/socket'
import {
  Commands,
  endedBefore,
  ReplyLines,
  type AwaitedReply,
  type FramedSession,
} from '@net/socket/authoring'

import { NO_CAPABILITIES, type SmtpCapabilities } from './capabilities.ts'
import { smtpErrors } from './engine/nodemailer-errors.ts'
import { replyError, unexpectedReply } from './errors.ts'
import { formatReply, replyDialect, type SmtpReply } from './reply.ts'

/** A command of several that are sent at once. */
export interface Command {
  /** Without its end. */
  readonly line: string
  /** Takes the reply as it comes. */
  take(reply: SmtpReply): void
}

/** One session. */
export class SmtpSession implements FramedSession {
  /** What the server can do; nothing until it was asked. */
  capabilities: SmtpCapabilities = NO_CAPABILITIES
  /** Whether a transaction was left unfinished, so that the next one has to begin with RSET. */
  unclean = false
  /** Whether a reply that comes unasked comes within a message. */
  withinMessage = false
  readonly #commands: Commands<SmtpReply>
  readonly #secrets: Secret[] = []

  constructor(transport: Transport) {
    this.#commands = new Commands(transport, {
      replies: () => new ReplyLines(replyDialect),
      place: { protocol: 'smtp', errors: smtpErrors, what: 'the connection' },
      show: formatReply,
      unasked: (reply) => this.#unasked(reply),
    })
  }

  get transport(): Transport {
    return this.#commands.transport
  }

  /** Settles once the session is over, with what took it; never rejects. */
  get closed(): Promise<NetError | undefined> {
    return this.#commands.closed
  }

  /** What ended the session; undefined while it is open and after an orderly end. */
  get failure(): NetError | undefined {
    return this.#commands.failure
  }

  /** Whether nothing can be sent any more. */
  get ended(): boolean {
    return this.#commands.ended
  }

  get usable(): boolean {
    return !this.ended
  }

  /** Ends the session, also where it has ended in order with bytes still on their way. */
  cut(error: NetError): void {
    this.fail(error)
    this.transport.abort(error)
  }

  /** Keeps secrets that were sent for as long as the session lives, so that they are struck out where the server repeats them. */
  hold(secrets: readonly Secret[]): void {
    this.#secrets.push(...secrets)
  }

  /** Runs one call's part of the session: its events go to that call, and its end by abort ends the session. */
  during<T>(op: Operation, run: () => Promise<T>): Promise<T> {
    return this.#commands.during(op, run)
  }

  /** Sends a command of our own and waits for its reply. */
  async command(line: string): Promise<SmtpReply> {
    this.refuseEnded()
    return this.#commands.ask(line)
  }

  /** The greeting; for those who have just made the session. */
  greeting(): Promise<SmtpReply> {
    return this.#commands.reply()
  }

  /** As `command`, before the session is open: a loss is what it was. Nothing behind a reply that `holds` is read. */
  ask(line: string, holds?: (reply: SmtpReply) => boolean): Promise<SmtpReply> {
    return this.#commands.ask(line, holds)
  }

  /** As `ask`, for a line with secrets: listeners get `shown` instead. */
  confide(line: string, shown: string): Promise<SmtpReply> {
    this.tell(shown)
    const reply = this.#commands.reply()
    // The reply is dropped with what took the connection.
    this.send([Buffer.from(`${line}\r\n`)]).catch(() => {})
    return reply
  }

  /** Sends the commands in one packet (RFC 2920); resolves when the last of them has taken its reply. */
  pipeline(commands: readonly Command[]): Promise<void> {
    return new Promise((resolve, drop) => {
      let lines = ''
      for (const command of commands) {
        this.tell(command.line)
        lines += `${command.line}\r\n`
        const take = (reply: SmtpReply): void => {
          command.take(reply)
          if (command === commands.at(-1)) resolve()
        }
        this.expect({ take, drop })
      }
      this.send([Buffer.from(lines)]).catch(drop)
    })
  }

  /** Goes on over another transport that is made of this one. Rejects with `NET_PROTO_UNEXPECTED` if the server said more than the reply that held. */
  upgrade(make: (transport: Transport) => Promise<Transport>): Promise<void> {
    return this.#commands.upgrade(make)
  }

  /** A reply will come for this. */
  expect(awaited: AwaitedReply<SmtpReply>): void {
    this.#commands.expect(awaited)
  }

  /** Reports what is sent to the listeners of the running call. */
  tell(line: string): void {
    this.#commands.op?.wire('send', () => line)
  }

  /** Sends; resolves when there is room for more. Rejects with what took the session. */
  send(chunks: readonly Uint8Array[]): Promise<void> {
    return this.#commands.send(chunks)
  }

  /** The running call moved so many bytes of its message. */
  progress(transferred: number): void {
    this.#commands.op?.progress(transferred)
  }

  /** Waits for work that may take as long as the caller's own sources; the end of the session ends the call. */
  async beforehand<T>(op: Operation, work: () => Promise<T>): Promise<T> {
    this.#commands.onEnd((error) => op.fail(endedBefore(error)))
    try {
      return await work()
    } finally {
      this.#commands.onEnd(undefined)
    }
  }

  /** Waits for work that the end of the session makes vain; rejects with what took the session. */
  whileOpen<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.ended) reject(this.failure ?? closedError())
      else this.#commands.onEnd((error) => reject(error ?? closedError()))
      work.then(resolve, reject)
    })
  }

  /** Ends the session at once; every command that waits for a reply fails. */
  fail(thrown: unknown): void {
    this.#commands.lose(thrown)
  }

  /** Ends the session in order (QUIT); what the server sends after its answer is ignored. */
  async quit(): Promise<void> {
    this.refuseEnded()
    await this.#commands.quit('QUIT')
  }

  /**
   * Throws if the session is over, always with an error that is `safe`: nothing was sent. A loss where it ended by itself
   * or by the server's fault, else `NET_CLOSED`.
   */
  refuseEnded(): void {
    if (this.ended) throw endedBefore(this.failure)
  }

  /** Throws what took the session, once it is over, within a call that it was open for. */
  refuseVain(): void {
    if (this.ended) throw this.failure ?? closedError()
  }

  #unasked(reply: SmtpReply): NetError {
    if (!this.withinMessage) return unexpectedReply(reply, 'without a command')
    // A server may refuse a message before its end; it cannot accept one that it does not have.
    if (reply.status >= 400) return replyError(reply, { command: 'message' })
    return unexpectedReply(reply, 'before the message was at its end')
  }
}
