/*
 * Commands and the replies that answer them, in order, any number under way, over whatever transport. It ends the
 * connection at the first reply that answers none, lets TLS begin in the middle, and knows what took the connection. It
 * must not know what the commands mean.
 */

import { isNetError, type NetError } from '@net/core'
import { closedError, netError, translate, type Operation } from '@net/core/authoring'

import { DONE, rejected } from '../handled.ts'
import type { ConnectionInfo, Transport } from '../transport.ts'
import { endedBefore, isEnd, lossOf, type LossPlace } from './loss.ts'
import type { ReplyReader } from './reply-lines.ts'
import { SessionPart } from './session-part.ts'

/** A command that was sent, and waits for its reply. */
export interface AwaitedReply<R> {
  /** The call whose log gets the reply, where that may not be the running one any more. */
  readonly op?: Operation | undefined
  /** Takes a reply; `more` if another one will follow. */
  take(reply: R): void | 'more'
  /** The connection ended before the reply came. */
  drop(error: NetError): void
  /** Whether nothing behind this reply may be read, because the next bytes belong to the TLS handshake. Default never. */
  holds?(reply: R): boolean
}

/** How a protocol talks. */
export interface CommandRules<R> {
  /** Reads the replies of one connection: `() => new ReplyLines(dialect)`. */
  replies(): ReplyReader<R>
  readonly place: LossPlace
  /** The reply as the log shows it. */
  show(reply: R): string
  /** Whether the reply is to be overlooked, though nothing asked for it. Default never. */
  overlooks?(reply: R): boolean
  /** Throws for a line that is not a reply to a command; this ends the connection. Default: every line is a reply. */
  check?(reply: R): void
  /** The error for a reply that answers no command. Default `NET_PROTO_UNEXPECTED`. */
  unasked?(reply: R): NetError
}

/** The commands and replies of one connection. */
export class Commands<R> {
  /** Settles once the connection has ended, with what took it, or with undefined after an orderly end; never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** The call whose log gets the lines that are sent and received. */
  op: Operation | undefined
  readonly #rules: CommandRules<R>
  readonly #lines: ReplyReader<R>
  readonly #awaited: AwaitedReply<R>[] = []
  readonly #settled: (error: NetError | undefined) => void
  #transport: Transport
  #failure: NetError | undefined
  #ended = false
  /** Whether nothing is read, because TLS begins. */
  #isHolding = false
  /** What waits to be sent with what comes next. */
  #held = ''
  #onEnd: ((error: NetError | undefined) => void) | undefined
  /** That of the running call. */
  #part: SessionPart | undefined

  /** Takes the transport over and reads from it at once; `expect` the greeting first. */
  constructor(transport: Transport, rules: CommandRules<R>) {
    this.#transport = transport
    this.#rules = rules
    this.#lines = rules.replies()
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#settled = resolve
    void this.#read()
  }

  get info(): ConnectionInfo {
    return this.#transport.info
  }

  get transport(): Transport {
    return this.#transport
  }

  /** What took the connection; undefined while it is there and after an orderly end. */
  get failure(): NetError | undefined {
    return this.#failure
  }

  /** Whether nothing can be sent any more. */
  get ended(): boolean {
    return this.#ended
  }

  /**
   * Runs one call's part of the session: the lines go to that call's log, and its abort or limit ends the session, once it has
   * said anything; before, it says nothing any more. Rejects where the session is over already, as `endedBefore` says: nothing
   * was sent.
   */
  async during<T>(op: Operation, run: () => Promise<T>): Promise<T> {
    if (this.#ended) throw endedBefore(this.#failure)
    this.op = op
    const part = new SessionPart()
    this.#part = part
    const forget = op.onAbort((reason) => {
      if (this.#awaited.length > 0 || !part.stop(reason)) this.stop(op, reason)
    })
    try {
      if (part.stopped !== undefined) throw part.stopped
      return await run()
    } finally {
      forget()
      // The next call may run already.
      if (this.op === op) this.op = undefined
      if (this.#part === part) this.#part = undefined
    }
  }

  /** A reply will come for this; none, if the connection has ended. */
  expect(awaited: AwaitedReply<R>): void {
    const refusal = this.#refusal()
    if (refusal !== undefined) awaited.drop(refusal)
    else this.#awaited.push(awaited)
  }

  /** Waits for the last reply to one command. */
  reply(holds?: (reply: R) => boolean): Promise<R> {
    const reply = new Promise<R>((resolve, drop) => {
      const take = (taken: R): void => {
        this.#rules.check?.(taken)
        resolve(taken)
      }
      this.expect({ take, drop, ...(holds === undefined ? {} : { holds }) })
    })
    // After an abort it has no reader; its rejection must not count as unhandled.
    reply.catch(() => {})
    return reply
  }

  /**
   * Sends one line and waits for its reply, in the phase under way, or else in a phase `command` of its own, so that the
   * wait always has a limit. Lines that are sent at once and not one by one need a phase around them. `holds` as in
   * `AwaitedReply`. Rejects with `NET_INJECTION` for a line that would be two.
   */
  ask(line: string, holds?: (reply: R) => boolean): Promise<R> {
    const { op } = this
    if (op === undefined || op.inPhase) return this.#ask(line, holds)
    const reply = op.phase('command', () => this.#ask(line, holds))
    reply.catch(() => {})
    return reply
  }

  /**
   * Sends one line whose answer is many replies, as those of a list are: `more` says of each, with its place from 0,
   * whether another one follows, and ends the connection by throwing. Resolves to all of them. The first is waited for in
   * the phase `command`, the rest in `receive` with the limit `idle`; only within `during`. Nothing limits how many come
   * but `more`; `askDotted` has a limit. Rejects with `NET_INJECTION` as `ask` does.
   */
  async askMany(line: string, more: (reply: R, place: number) => boolean): Promise<readonly R[]> {
    const { op } = this
    if (op === undefined) throw closedError()
    if (isSeveral(line)) throw several()
    const replies: R[] = []
    const begun = Promise.withResolvers<void>()
    const whole = new Promise<readonly R[]>((resolve, drop) => {
      const take = (reply: R): void | 'more' => {
        const place = replies.push(reply) - 1
        if (place === 0) this.#rules.check?.(reply)
        op.idle.moved(this.#rules.show(reply).length)
        const isLast = !more(reply, place)
        begun.resolve()
        return isLast ? resolve(replies) : 'more'
      }
      this.expect({ take, drop })
    })
    whole.catch(begun.reject)
    op.wire('send', () => line)
    this.send([Buffer.from(`${line}\r\n`)]).catch(() => {})
    await op.phase('command', () => begun.promise)
    op.idle.start()
    try {
      return await op.phase('receive', () => whole)
    } finally {
      op.idle.stop()
    }
  }

  /** Sends; resolves when there is room for more. Rejects with what took the connection. */
  send(chunks: readonly Uint8Array[]): Promise<void> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return rejected(refusal)
    this.#sayHeld()
    return this.#watched(this.#transport.write(chunks))
  }

  /** As `send`, for text each character of which is a byte; of what is small no copy is made where the transport can. */
  sendText(text: string): Promise<void> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return rejected(refusal)
    const held = this.#held
    this.#held = ''
    return this.#watched(this.#writeText(held === '' ? text : held + text))
  }

  /** Whether what `send` or `sendText` gave says that there was room for all of it at once. */
  isSent(sent: Promise<void>): boolean {
    return sent === DONE
  }

  /** As `sendText`, for what is answered: those who wait for the answers hear of a loss. */
  say(text: string): void {
    const sent = this.sendText(text)
    if (sent !== DONE) sent.catch(() => {})
  }

  /** As `say`, in one packet with what is sent next, if that is in this tick. */
  saySoon(text: string): void {
    if (this.#held === '') process.nextTick(this.#sayHeld)
    this.#held += text
  }

  readonly #sayHeld = (): void => {
    if (this.#held !== '') this.say('')
  }

  /**
   * Goes on over another transport that is made of this one; only behind a reply that holds. Whatever came along with it
   * was said in clear and is never believed: `NET_PROTO_UNEXPECTED`.
   */
  async upgrade(make: (transport: Transport) => Promise<Transport>): Promise<void> {
    this.refuseSurplus()
    const secured = await make(this.#transport)
    this.#transport = secured
    if (this.#ended) {
      secured.abort(this.#failure)
      throw this.#failure ?? closedError()
    }
    this.#isHolding = false
    void this.#read()
  }

  /** Throws, and ends the connection, if anything came behind the reply that holds. */
  refuseSurplus(): void {
    // A transport that reads ahead says how much it has.
    const ahead: unknown = Reflect.get(this.#transport, 'buffered')
    const surplus = this.#lines.pending || (typeof ahead === 'number' && ahead > 0)
    if (this.#isHolding && surplus) this.lose(injected())
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Ends the connection at once; every command that waits for a reply fails. The first reason is the one that counts. */
  lose(thrown: unknown): void {
    if (this.#ended) return
    const { protocol, errors } = this.#rules.place
    this.#failure = isNetError(thrown) ? thrown : translate(thrown, errors, { protocol })
    this.#transport.abort(this.#failure)
    this.#end(this.#failure)
  }

  /** Says goodbye; whatever the server answers ends the connection in order. What it sends after that is ignored. */
  async quit(line: string): Promise<void> {
    if (isSeveral(line)) throw several()
    await new Promise<void>((resolve, drop) => {
      const take = (): void => {
        resolve()
        this.#end(undefined)
      }
      this.op?.wire('send', () => line)
      this.expect({ take, drop })
      this.send([Buffer.from(`${line}\r\n`)]).catch(drop)
    })
    await this.#transport.close()
  }

  /** Closes without a word; nothing is lost where nothing was going on. */
  async close(): Promise<void> {
    this.#end(undefined)
    await this.#transport.close()
  }

  /** Calls this listener, and no earlier one, when the connection ends, before the commands that wait hear of it. */
  onEnd(listener: ((error: NetError | undefined) => void) | undefined): void {
    this.#onEnd = listener
  }

  /** The running call is to end: which reply is whose would be unknown from here on. */
  protected stop(_op: Operation, reason: NetError): void {
    this.lose(reason)
  }

  /** Why nothing can be said; where there is no reason, the running call says something now. */
  #refusal(): NetError | undefined {
    return this.#ended ? (this.#failure ?? closedError()) : this.#part?.speak()
  }

  #ask(line: string, holds: ((reply: R) => boolean) | undefined): Promise<R> {
    if (isSeveral(line)) return Promise.reject(several())
    this.op?.wire('send', () => line)
    const reply = this.reply(holds)
    // The reply is dropped with what took the connection.
    this.send([Buffer.from(`${line}\r\n`)]).catch(() => {})
    return reply
  }

  #writeText(text: string): Promise<void> {
    const transport = this.#transport
    return transport.writeText?.(text) ?? transport.write([Buffer.from(text, 'latin1')])
  }

  #watched(sent: Promise<void>): Promise<void> {
    // Most of it has left by now, and costs no further promise.
    return sent === DONE ? DONE : this.#sent(sent)
  }

  async #sent(sent: Promise<void>): Promise<void> {
    try {
      await sent
    } catch (error) {
      this.lose(isEnd(error) ? gone() : lossOf(error, this.#rules.place))
      throw this.#failure ?? error
    }
  }

  async #read(): Promise<void> {
    try {
      while (!this.#ended) {
        const chunk = await this.#transport.read()
        if (chunk === null) throw gone()
        for (const reply of this.#lines.push(chunk)) {
          this.#deliver(reply)
          if (this.#isHolding || this.#ended) return
        }
      }
    } catch (error) {
      // Replies end by themselves, so that an end without the close_notify of TLS is one as well.
      this.lose(isEnd(error) ? gone() : lossOf(error, this.#rules.place))
    }
  }

  #deliver(reply: R): void {
    const rules = this.#rules
    if (rules.overlooks?.(reply) === true) return
    const awaited = this.#awaited[0]
    this.#told(awaited?.op ?? this.op, reply)
    if (awaited === undefined) throw rules.unasked?.(reply) ?? unexpected(rules.show(reply))
    this.#isHolding = awaited.holds?.(reply) === true
    const isLast = awaited.take(reply) !== 'more'
    // What takes a reply may end the connection, and with it the line.
    if (isLast && this.#awaited[0] === awaited) this.#awaited.shift()
  }

  #told(op: Operation | undefined, reply: R): void {
    if (op?.tellsWire === true) op.wire('receive', () => this.#rules.show(reply))
  }

  #end(error: NetError | undefined): void {
    if (this.#ended) return
    this.#ended = true
    this.#onEnd?.(error)
    const dropped = error ?? closedError()
    for (const awaited of this.#awaited.splice(0)) awaited.drop(dropped)
    this.#settled(error)
  }
}

/** Whether a server might take the line for more than one. */
function isSeveral(line: string): boolean {
  return SEVERAL.test(line)
}

function several(): NetError {
  return netError('NET_INJECTION', {
    message: 'we did not send the command, because it has a line break or a NUL in it',
  })
}

function unexpected(reply: string): NetError {
  return netError('NET_PROTO_UNEXPECTED', {
    message: `the server sent ${reply.slice(0, 80)}, though nothing was asked`,
  })
}

function gone(): NetError {
  return netError('NET_CONN_CLOSED', { message: 'the server closed the connection' })
}

function injected(): NetError {
  return netError('NET_PROTO_UNEXPECTED', {
    message: 'the server sent unencrypted bytes after it had agreed to TLS',
  })
}

const SEVERAL: RegExp = /[\r\n\0]/
