/*
 * A session with a server: its commands, and what is known of it. It ends at the first reply that answers no command.
 */

import type { NetError, Secret } from '@net/core'
import { closedError, type Operation } from '@net/core/authoring'
import type { Transport } from '@net/socket'
import { Commands, endedBefore, ReplyLines, type CommandRules } from '@net/socket/authoring'

import type { Beforehand } from './beforehand.ts'
import { NO_CAPABILITIES, type SmtpCapabilities } from './capabilities.ts'
import { replyError, smtpErrors, unexpectedReply } from './errors.ts'
import { formatReply, replyDialect, type SmtpReply } from './reply.ts'

/** A command of several that are sent at once. */
export interface Command {
  /** Without its end. */
  readonly line: string
  /** Takes the reply as it comes; `more` if another one follows. */
  take(reply: SmtpReply): void | 'more'
}

/** A message that has left, and let the next one begin. */
export interface Leader {
  readonly op: Operation
  /** Calls this once, when the server has answered it. */
  onVerdict(listener: () => void): void
}

/** How a session talks. */
export interface SessionManner {
  readonly lmtp?: boolean
  readonly chunking?: boolean
}

/** One session. */
export class SmtpSession extends Commands<SmtpReply> {
  /** What the server can do; nothing until it was asked, and again where TLS has begun since. */
  capabilities: SmtpCapabilities = NO_CAPABILITIES
  /** Whether a transaction was left unfinished, so that the next one has to begin with RSET. */
  unclean = false
  /** Whether a reply that comes unasked comes within a message. */
  withinMessage = false
  /** The message that waits for its verdict, while the next one begins already. */
  leader: Leader | undefined
  /** Whether it answers behind a message for each recipient (LMTP, RFC 2033). */
  readonly lmtp: boolean
  /** Whether small messages may go out together with their commands. */
  readonly chunking: boolean
  readonly #secrets: Secret[] = []

  constructor(transport: Transport, { lmtp = false, chunking = false }: SessionManner = {}) {
    super(transport, { ...smtpRules, unasked: (reply) => this.#unasked(reply) })
    this.lmtp = lmtp
    this.chunking = chunking
  }

  override async upgrade(make: (transport: Transport) => Promise<Transport>): Promise<void> {
    await super.upgrade(make)
    this.capabilities = NO_CAPABILITIES
  }

  /** Behind the verdict on a message that leads: it may take its time, and the limits of this command do not count meanwhile. */
  override ask(line: string, holds?: (reply: SmtpReply) => boolean): Promise<SmtpReply> {
    if (this.leader === undefined) return super.ask(line, holds)
    return this.alone().then(() => super.ask(line, holds))
  }

  override async quit(line: string): Promise<void> {
    if (this.leader !== undefined) await this.quiet()
    await super.quit(line)
  }

  /** A call that is stopped does not make it unknown what became of the message before it. */
  protected override stop(op: Operation, reason: NetError): void {
    const { leader } = this
    if (leader === undefined || leader.op === op) this.lose(reason)
    else leader.onVerdict(() => this.lose(reason))
  }

  /** Keeps secrets that were sent for as long as the session lives, so that they are struck out where the server repeats them. */
  hold(secrets: readonly Secret[]): void {
    this.#secrets.push(...secrets)
  }

  /** As `ask`, for a line with secrets: listeners get `shown` instead. */
  confide(line: string, shown: string): Promise<SmtpReply> {
    this.tell(shown)
    const reply = this.reply()
    // The reply is dropped with what took the connection.
    this.send([Buffer.from(`${line}\r\n`)]).catch(() => {})
    return reply
  }

  /**
   * Sends the commands in one packet (RFC 2920), with `behind` them what belongs to the last one; resolves when that one has
   * taken its last reply.
   */
  pipeline(commands: readonly Command[], behind: readonly Uint8Array[] = []): Promise<void> {
    return new Promise((resolve, drop) => {
      let lines = ''
      for (const command of commands) {
        this.tell(command.line)
        lines += `${command.line}\r\n`
        const take = (reply: SmtpReply): void | 'more' => {
          const more = command.take(reply)
          if (command === commands.at(-1) && more !== 'more') resolve()
          return more
        }
        this.expect({ take, drop })
      }
      const sent =
        behind.length === 0 && ASCII.test(lines)
          ? this.sendText(lines)
          : this.send([Buffer.from(lines), ...behind])
      sent.catch(drop)
    })
  }

  /** Reports what is sent to the listeners of the running call. */
  tell(line: string): void {
    if (this.op?.tellsWire === true) this.op.wire('send', () => line)
  }

  /** Resolves when no message waits for its verdict. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      if (this.leader === undefined) resolve()
      else this.leader.onVerdict(resolve)
    })
  }

  /** As `quiet`; rejects where that message has taken the session with it, of which nothing of the running call has heard. */
  async alone(): Promise<void> {
    if (this.leader === undefined) return
    await this.quiet()
    if (this.ended) throw endedBefore(this.failure)
  }

  /** The running call moved so many bytes of its message. */
  progress(transferred: number): void {
    this.op?.progress(transferred)
  }

  /**
   * Waits for work that may take as long as the caller's own sources. Where the session ends before, it rejects at once as
   * `endedBefore` says, and `late` gets what is made all the same.
   */
  beforehand<T>(during: Beforehand, work: Promise<T>, late: (made: T) => void): Promise<T> {
    let isOver = false
    const opened = new Promise<T>((resolve, reject) => {
      const end = (error: NetError | undefined): void => {
        if (during.isStopped) return
        isOver = true
        const reason = endedBefore(error)
        reject(reason)
        during.end(reason)
      }
      if (this.ended) end(this.failure)
      else this.onEnd(end)
      work.then((made) => (isOver ? late(made) : resolve(made)), reject)
    })
    return opened.finally(() => {
      if (!isOver) this.onEnd(undefined)
    })
  }

  /** Waits for work that the end of the session makes vain; rejects with what took the session. */
  whileOpen<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.ended) reject(this.failure ?? closedError())
      else this.onEnd((error) => reject(error ?? closedError()))
      work.then(resolve, reject)
    })
  }

  /** Throws what took the session, once it is over, within a call that it was open for. */
  refuseVain(): void {
    if (this.ended) throw this.failure ?? closedError()
  }

  #unasked(reply: SmtpReply): NetError {
    if (!this.withinMessage) return unexpectedReply(reply, 'without a command')
    return this.early(reply)
  }

  /** The error for a reply that comes within a message. */
  early(reply: SmtpReply): NetError {
    // A server may refuse a message before its end; it cannot accept one that it does not have.
    if (reply.status >= 400) return replyError(reply, { command: 'message' })
    return unexpectedReply(reply, 'before the message was at its end')
  }
}

/** How mail servers talk. */
export const smtpRules: CommandRules<SmtpReply> = {
  replies: () => new ReplyLines(replyDialect),
  place: { protocol: 'smtp', errors: smtpErrors, what: 'the connection' },
  show: formatReply,
}

const ASCII = /^[\0-\x7F]*$/
