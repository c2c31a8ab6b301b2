/*
 * An open session. It reads the server's replies, gives each to the command that it answers, and ends at the first
 * reply that answers none. Commands come from here and, through the EngineRoad, from the engine; the client sees to it
 * that they never come from both at once.
 */

import { isNetError, type NetError, type Secret } from '@net/core'
import { abortError, translate, type Operation } from '@net/core/authoring'
import type { Transport } from '@net/socket'

import type { SmtpCapabilities } from './capabilities.ts'
import { smtpErrors } from './engine/nodemailer-errors.ts'
import { endedBefore, replyError, unexpectedReply } from './errors.ts'
import { writeTo } from './loss.ts'
import type { ReplyReader } from './reply-reader.ts'
import { formatReply, type SmtpReply } from './reply.ts'

/** What a reply is awaited for. */
export interface AwaitedReply {
  /** The command in one word. */
  readonly command: string
  take(reply: SmtpReply): void
  /** The session ended before the reply came. */
  drop(error: NetError): void
}

/** What an open session is made of. */
export interface SessionParts {
  readonly transport: Transport
  readonly reader: ReplyReader
  readonly capabilities: SmtpCapabilities
}

/** One open session. */
export class SmtpSession {
  readonly capabilities: SmtpCapabilities
  readonly transport: Transport
  /** Settles once the session is over, with what took it; never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** Whether a transaction was left unfinished, so that the next one has to begin with RSET. */
  unclean = false
  /** Whether a reply that comes unasked comes within a message. */
  withinMessage = false
  readonly #reader: ReplyReader
  readonly #awaited: AwaitedReply[] = []
  readonly #over: (error: NetError | undefined) => void
  readonly #secrets: Secret[] = []
  #op: Operation | undefined
  #failure: NetError | undefined
  #ended = false
  #onEnd: ((error: NetError | undefined) => void) | undefined

  constructor({ transport, reader, capabilities }: SessionParts) {
    this.transport = transport
    this.capabilities = capabilities
    this.#reader = reader
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#over = resolve
    void this.#pump()
  }

  /** Keeps secrets that were sent for as long as the session lives, so that they are struck out where the server repeats them. */
  hold(secrets: readonly Secret[]): void {
    this.#secrets.push(...secrets)
  }

  /** What ended the session; undefined while it is open and after an orderly end. */
  get failure(): NetError | undefined {
    return this.#failure
  }

  /** Whether nothing can be sent any more. */
  get ended(): boolean {
    return this.#ended
  }

  /** Runs one call's part of the session: its events go to that call, and its end by abort ends the session. */
  async during<T>(op: Operation, run: () => Promise<T>): Promise<T> {
    this.refuseEnded()
    this.#op = op
    const forget = op.onAbort((reason) => this.fail(reason))
    try {
      return await run()
    } finally {
      forget()
      this.#op = undefined
    }
  }

  /** Sends a command of our own and waits for its reply. */
  command(line: string): Promise<SmtpReply> {
    return new Promise((resolve, reject) => {
      const [command = ''] = line.split(' ')
      this.expect({ command, take: resolve, drop: reject })
      this.tell(line)
      this.send([Buffer.from(`${line}\r\n`)]).catch(reject)
    })
  }

  /** A reply will come for this. */
  expect(awaited: AwaitedReply): void {
    this.#awaited.push(awaited)
  }

  /** Reports what is sent to the listeners of the running call. */
  tell(line: string): void {
    this.#op?.wire('send', () => line)
  }

  /** Sends; resolves when there is room for more. */
  async send(chunks: readonly Uint8Array[]): Promise<void> {
    this.refuseEnded()
    try {
      await writeTo(this.transport, chunks)
    } catch (error) {
      this.fail(error)
      throw this.#failure ?? error
    }
  }

  /** The running call moved so many bytes of its message. */
  progress(transferred: number): void {
    this.#op?.progress(transferred)
  }

  /** Calls the listener when the session ends; for the EngineRoad alone. */
  onEnd(listener: (error: NetError | undefined) => void): void {
    this.#onEnd = listener
  }

  /** Ends the session at once; every command that waits for a reply fails. */
  fail(thrown: unknown): void {
    if (this.#ended) return
    this.#failure = isNetError(thrown)
      ? thrown
      : translate(thrown, smtpErrors, { protocol: 'smtp' })
    this.transport.abort(this.#failure)
    this.#end(this.#failure)
  }

  /** Ends the session in order (QUIT); what the server sends after its answer is ignored. */
  async quit(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const take = (): void => {
        this.#end(undefined)
        resolve()
      }
      this.expect({ command: 'QUIT', take, drop: reject })
      this.tell('QUIT')
      this.send([Buffer.from('QUIT\r\n')]).catch(reject)
    })
    await this.transport.close()
  }

  /**
   * Throws if the session is over, always with an error that is `safe`: nothing was sent. A loss where it ended by itself
   * or by the server's fault, else `NET_CLOSED`.
   */
  refuseEnded(): void {
    if (this.#ended) throw endedBefore(this.#failure)
  }

  async #pump(): Promise<void> {
    try {
      for (;;) {
        const reply = await this.#reader.next()
        this.#op?.wire('receive', () => formatReply(reply))
        const awaited = this.#awaited.shift()
        if (awaited === undefined) throw this.#unasked(reply)
        awaited.take(reply)
        if (this.#ended) return
      }
    } catch (error) {
      this.fail(error)
    }
  }

  #unasked(reply: SmtpReply): NetError {
    if (!this.withinMessage) return unexpectedReply(reply, 'without a command that asked for it')
    // A server may refuse a message before its end; it cannot accept one that it does not have.
    if (reply.status >= 400) return replyError(reply, { command: 'message' })
    return unexpectedReply(reply, 'before the message was at its end')
  }

  #end(error: NetError | undefined): void {
    this.#ended = true
    this.#onEnd?.(error)
    const dropped = error ?? abortError(undefined)
    for (const awaited of this.#awaited.splice(0)) awaited.drop(dropped)
    this.#over(error)
  }
}
