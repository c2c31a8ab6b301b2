/*
 * A channel on which an SFTP server speaks, from its start to the server's version, and what may be said of it when
 * something else speaks there or nothing does. It must not know what is asked of files.
 */

import { isNetError, type NetError } from '@net/core'
import { harmless, netError, stoppable, type Attempt, type Operation } from '@net/core/authoring'

import { CommandStart, type StartPlan } from '../command-start.ts'
import type { CommandEnd, OutputName, RemoteCommand } from '../engine/ssh2-command.ts'
import type { SshSession } from '../engine/ssh2.ts'
import { VERSION } from './packets.ts'
import { Pipeline, type PacketRoad } from './pipeline.ts'
import { initPacket } from './requests.ts'

/** An open channel. */
export class SftpChannel implements PacketRoad {
  readonly pipeline: Pipeline = new Pipeline(this)
  /** Settles with what ended the channel; never rejects. */
  readonly closed: Promise<NetError>
  /** Settles when the server's end of it is gone, with whatever was still being done there; never rejects. */
  readonly gone: Promise<void>
  /** Settles when a call waits for the session of the server that this one takes; never, but for one of `beside`. */
  readonly wanted: Promise<void>
  readonly #closed: PromiseWithResolvers<NetError> = Promise.withResolvers()
  readonly #gone: PromiseWithResolvers<void> = Promise.withResolvers()
  #command: RemoteCommand | undefined
  /** The first that came, until the server has said its version. */
  #beginning = ''
  #complaint = ''
  #window = 0
  #extensions: ReadonlyMap<string, string> = new Map()

  private constructor(wanted: Promise<void> = NEVER) {
    this.closed = this.#closed.promise
    this.gone = this.#gone.promise
    this.wanted = wanted
  }

  /** Starts the server on a channel of its own. Rejects with `NET_UNSUPPORTED` where there is none. */
  static async open(
    session: SshSession,
    plan: StartPlan,
    op: Operation,
    attempt: Attempt,
  ): Promise<SftpChannel> {
    const channel = new SftpChannel()
    const start = new CommandStart(session, plan, op, {
      copies: true,
      arrived: (name, chunk) => channel.#arrived(name, chunk as Buffer),
    })
    start.check()
    await channel.#begin(await start.begin(attempt, false), op)
    return channel
  }

  /**
   * Starts the server on one more channel of the connection, in no phase of the operation, and where no call needs its place;
   * undefined where that is not known.
   */
  static async beside(session: SshSession, op: Operation): Promise<SftpChannel | undefined> {
    const wanted = Promise.withResolvers<void>()
    const place = session.commands.spare(wanted.resolve)
    if (place === undefined) return undefined
    const channel = new SftpChannel(wanted.promise)
    const output = {
      copies: true,
      arrived: (name: OutputName, chunk: Uint8Array) => channel.#arrived(name, chunk as Buffer),
    }
    const command = await session.commands.open(place, output, op)
    channel.#listen(command)
    try {
      await command.start({ kind: 'subsystem', name: 'sftp' }, () => {}, op)
      void channel.write(initPacket(VERSION))
      await stoppable(op, channel.pipeline.version)
      channel.#beginning = ''
      return channel
    } catch (error) {
      command.close()
      throw error
    }
  }

  /** What the server names besides its version. */
  get extensions(): ReadonlyMap<string, string> {
    return this.#extensions
  }

  /** Lets the server send so many bytes ahead of what was read, from here on. */
  widen(window: number): void {
    this.#window = window
    this.#command?.widen(window)
  }

  async write(packet: Uint8Array): Promise<boolean> {
    return (await this.#command?.write(packet)) ?? false
  }

  broken(error: NetError): void {
    this.#closed.resolve(error)
    this.#command?.close()
  }

  /** No more requests follow: the server ends, and with it the channel. */
  async end(): Promise<void> {
    this.pipeline.flush()
    this.pipeline.fail(netError('NET_CLOSED', { message: 'the SFTP client is closed' }))
    this.#command?.endInput()
    await this.closed
  }

  /** Ends at once. */
  cut(error: NetError): void {
    this.pipeline.fail(error)
    this.broken(error)
  }

  #listen(command: RemoteCommand): void {
    this.#command = command
    command.ended
      .then(
        (end) => this.#ended(end),
        (error: unknown) => this.#lost(error),
      )
      .then(this.#gone.resolve, this.#gone.resolve)
  }

  async #begin(command: RemoteCommand, op: Operation): Promise<void> {
    this.#listen(command)
    try {
      void this.write(initPacket(VERSION))
      const { version, extensions } = await op.phase('greeting', () =>
        stoppable(op, this.pipeline.version),
      )
      if (version < VERSION) throw tooOld(version)
      this.#extensions = extensions
      this.#beginning = ''
    } catch (error) {
      command.close()
      throw isNetError(error) ? this.#explained(error) : error
    }
  }

  #arrived(name: OutputName, chunk: Buffer): boolean {
    if (name === 'stderr') {
      this.#complaint = `${this.#complaint}${chunk.toString('utf8')}`.slice(-KEPT)
      return true
    }
    if (!this.pipeline.isReady && this.#beginning.length < SHOWN) {
      this.#beginning += chunk.toString('utf8', 0, SHOWN)
    }
    this.pipeline.arrived(chunk)
    if (this.#window > 0) this.#command?.widen(this.#window)
    return true
  }

  #ended(end: CommandEnd): void {
    const isBegun = this.pipeline.isReady
    const error = isBegun
      ? netError('NET_CONN_CLOSED', {
          message: `the server ended the SFTP session${this.#why(end)}`,
        })
      : noServer(this.#complaint.trim(), this.#why(end))
    this.#closed.resolve(error)
    this.pipeline.fail(error)
  }

  #lost(error: unknown): void {
    const told = isNetError(error)
      ? error
      : netError('NET_INTERNAL', { message: 'the SFTP channel failed', cause: error })
    this.#closed.resolve(told)
    this.pipeline.fail(told)
  }

  #why({ exitCode, exitSignal }: CommandEnd): string {
    const how =
      exitSignal === undefined
        ? exitCode === undefined || exitCode === 0
          ? ''
          : ` with the exit status ${exitCode}`
        : ` by the signal ${exitSignal}`
    const said = harmless(this.#complaint.trim()).slice(-SHOWN)
    return said === '' ? how : `${how}: ${said}`
  }

  /** Whatever came first was no SFTP: a login script that prints something is the most frequent of reasons. */
  #explained(error: NetError): NetError {
    const isForeign = error.code === 'NET_PROTO_MALFORMED' || error.code === 'NET_PROTO_UNEXPECTED'
    if (!isForeign || this.#beginning === '') return error
    const text = harmless(this.#beginning.slice(0, SHOWN))
    return netError('NET_PROTO_MALFORMED', {
      message: `something else than an SFTP server spoke: "${text}"; scripts that run at login must print nothing where there is no terminal`,
      reply: { text },
      phase: 'greeting',
      cause: error,
    })
  }
}

function noServer(complaint: string, how: string): NetError {
  if (/password.{0,40}expired|expired.{0,40}password|change your password/i.test(complaint)) {
    return netError('NET_AUTH_EXPIRED', {
      message: `the password has expired${how}`,
      reply: { text: harmless(complaint) },
    })
  }
  return netError('NET_UNSUPPORTED', {
    message: `the server runs no SFTP server, or it ended at once${how}; files may still go by scp`,
    reply: { text: harmless(complaint) },
  })
}

function tooOld(version: number): NetError {
  return netError('NET_PROTO_NEGOTIATION', {
    message: `the server speaks version ${version} of SFTP, and we speak version ${VERSION}`,
  })
}

const NEVER = new Promise<void>(() => {})
const SHOWN = 200
const KEPT = 2000
