/*
 * The SFTP session of a client: the one that stands, or a new one where the server has ended it and the client may open
 * another. It must not know what is asked on it.
 */

import type { NetError } from '@net/core'
import { closedError, netError, stoppable, type Attempt, type Operation } from '@net/core/authoring'

import type { SftpChannel } from './sftp-channel.ts'
import type { SftpEncoding } from './name-text.ts'
import { SftpSession } from './sftp-session.ts'

/** How sessions are made. */
export interface ChannelRules {
  readonly encoding: SftpEncoding
  readonly software: string
  readonly reconnect: boolean
  /** Whether the connection can be used. */
  isAlive(): boolean
  /** Settles with what ended the connection. */
  readonly lost: Promise<NetError | undefined>
  open(op: Operation, attempt: Attempt): Promise<SftpChannel>
  /** One more channel for the time of one call; absent where there is none. */
  readonly beside?: Beside | undefined
}

type Beside = (op: Operation) => Promise<SftpChannel | undefined>

/** The sessions of one client, one at a time. */
export class SftpChannels {
  /** Settles when no session stands and none will: with what ended the last one, or undefined after `end`. */
  readonly closed: Promise<NetError | undefined>
  readonly #closed: PromiseWithResolvers<NetError | undefined> = Promise.withResolvers()
  readonly #rules: ChannelRules
  readonly #place: { folder: string | undefined } = { folder: undefined }
  /** Those beside the session, until the server's end of them is gone. */
  readonly #further = new Set<SftpChannel>()
  #channel: SftpChannel
  #session: SftpSession
  #opening: Promise<void> | undefined
  #isEnding = false

  constructor(channel: SftpChannel, rules: ChannelRules) {
    this.#rules = rules
    this.closed = this.#closed.promise
    this.#channel = channel
    this.#session = this.#adopt(channel)
    void rules.lost.then((error) => this.#closed.resolve(this.#isEnding ? undefined : error))
  }

  /** Whether nothing can be sent any more. */
  get ended(): boolean {
    return this.#isEnding || !this.usable
  }

  /** Whether another attempt of a call could begin. */
  get usable(): boolean {
    return this.#session.pipeline.failure === undefined || this.#canReopen()
  }

  /** The session as it is. */
  get current(): SftpSession {
    return this.#session
  }

  /** The session to use. Rejects with what ended it: nothing was sent. */
  async use(op: Operation, attempt: Attempt): Promise<SftpSession> {
    for (;;) {
      const { failure } = this.#session.pipeline
      if (failure === undefined) return this.#session
      if (this.#isEnding || !this.usable) throw notBegun(failure)
      if (this.#opening === undefined) return this.#openFor(op, attempt)
      // Another call opens it; where that one is given up, this one does.
      await stoppable(op, this.#opening)
    }
  }

  /** Closes what is open, once nothing is left of calls that failed; then the channel. */
  async end(): Promise<void> {
    this.#isEnding = true
    await this.#session.partsLeft()
    await this.#session.handles.closeAll()
    await this.#channel.end()
    await this.#alone()
    this.#closed.resolve(undefined)
  }

  /** Ends it at once. */
  cut(error: NetError): void {
    this.#isEnding = true
    for (const channel of this.#further) channel.cut(error)
    this.#channel.cut(error)
    this.#closed.resolve(undefined)
  }

  #canReopen(): boolean {
    return this.#rules.reconnect && this.#rules.isAlive()
  }

  async #openFor(op: Operation, attempt: Attempt): Promise<SftpSession> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#opening = promise
    try {
      await stoppable(op, this.#alone())
      const channel = await this.#rules.open(op, attempt)
      if (this.#isEnding) throw closedMeanwhile(channel)
      this.#channel = channel
      this.#session = this.#adopt(channel)
      return this.#session
    } finally {
      this.#opening = undefined
      resolve()
    }
  }

  /** Waits for what is still written beside a session that has ended. */
  async #alone(): Promise<void> {
    await Promise.all([...this.#further].map((channel) => channel.gone))
  }

  async #beside(op: Operation, open: Beside): Promise<SftpChannel | undefined> {
    const channel = await open(op)
    if (channel === undefined) return undefined
    this.#further.add(channel)
    void channel.gone.then(() => this.#further.delete(channel))
    return channel
  }

  #adopt(channel: SftpChannel): SftpSession {
    const { encoding, software, beside: open } = this.#rules
    const beside = open === undefined ? undefined : (op: Operation) => this.#beside(op, open)
    const { extensions } = channel
    const rules = { encoding, software, beside, extensions, place: this.#place }
    const widen = (window: number): void => channel.widen(window)
    void channel.closed.then((error) => {
      for (const each of this.#further) void each.end()
      if (this.#isEnding) this.#closed.resolve(undefined)
      else if (!this.#canReopen()) this.#closed.resolve(error)
    })
    return SftpSession.over(channel.pipeline, rules, widen)
  }
}

/** The client was closed while another channel was opened for it. */
function closedMeanwhile(channel: SftpChannel): NetError {
  const error = closedError()
  channel.cut(error)
  return error
}

/** The same reason for a call that came too late for it. */
function notBegun(failure: NetError): NetError {
  const code = failure.code === 'NET_CLOSED' ? failure.code : 'NET_CONN_CLOSED'
  return netError(code, {
    message: `the SFTP session has ended: ${failure.message}`,
    retry: 'safe',
    sent: false,
    cause: failure,
  })
}
