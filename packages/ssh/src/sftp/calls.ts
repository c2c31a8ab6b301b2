/*
 * What every call of an SFTP client has: paths that are checked before a byte is sent, an operation, and a session. It must
 * not know what the calls do.
 */

import type { CallOptions, CloseOptions, NetError } from '@net/core'
import { inCall, netError, refused, type Operation } from '@net/core/authoring'
import { ClientFrame, type ClientIdentity, type Verb } from '@net/socket/authoring'

import { doors } from './call-doors.ts'
import type { SftpChannels } from './sftp-channels.ts'
import type { SftpPlace, SftpSession } from './sftp-session.ts'

/** A call: what it is called, and the paths that it has. */
export interface PathCall {
  readonly operation: string
  readonly paths: readonly string[]
  /** Whether it may be repeated. Default false. */
  readonly idempotent?: boolean
  /** Default `command`. */
  readonly kind?: 'command' | 'transfer'
  /** Where its relative paths begin. Default where those of the client begin when it is made. */
  readonly place?: SftpPlace
}

/** The calls of one client. */
export class Calls {
  readonly closed: Promise<NetError | undefined>
  readonly #channels: SftpChannels
  readonly #frame: ClientFrame
  #running = 0
  #none: (() => void) | undefined

  constructor(channels: SftpChannels, identity: ClientIdentity) {
    this.#channels = channels
    this.#frame = new ClientFrame({ ...identity, protocol: 'sftp' }, channels)
    this.closed = channels.closed
  }

  /** The session as it is; for what it says of itself. */
  get session(): SftpSession {
    return this.#channels.current
  }

  /** Where relative paths begin now, which a `cd` that comes later does not change. */
  get here(): SftpPlace {
    return { ...this.session.rules.place }
  }

  /** Checks what a call was given. Throws `NET_BAD_OPTION`, `NET_INJECTION`. */
  take<T>({ operation, paths }: PathCall, check: () => T): T {
    const [target] = paths
    const place = typeof target === 'string' ? { target } : {}
    return inCall({ protocol: 'sftp', call: operation, ...place }, () => {
      // First of all: a stream belongs to the call from here on, also if that is refused.
      const taken = check()
      for (const path of paths) this.#checkPath(path)
      return taken
    })
  }

  /** One operation with a session. */
  async run<T>(
    call: PathCall,
    options: CallOptions,
    run: (session: SftpSession, op: Operation) => Promise<T>,
  ): Promise<T> {
    const { operation, paths, kind = 'command', idempotent = false, place = this.here } = call
    const [target] = paths
    const verb: Verb = { operation, kind, idempotent, ...(target === undefined ? {} : { target }) }
    this.#running += 1
    try {
      return await this.#frame.call(verb, options, async (op, attempt) => {
        const session = await this.#channels.use(op, attempt)
        attempt.sent()
        return run(session.within(place), op)
      })
    } finally {
      this.#running -= 1
      if (this.#running === 0) this.#none?.()
    }
  }

  /** A call that has no options of its own, and asks for little. */
  async command<T>(
    call: PathCall,
    options: CallOptions | undefined,
    run: (session: SftpSession, op: Operation) => Promise<T>,
  ): Promise<T> {
    const taken = this.take(call, () => doors.plain(call.operation)(options))
    return this.run(call, taken, (session, op) => op.phase('command', () => run(session, op)))
  }

  /** Waits for running calls, and ends the session. */
  async close(options?: CloseOptions): Promise<void> {
    await this.#frame.close(doors.close(options), async () => {
      await this.#idle()
      await this.#channels.end()
    })
    await this.closed
  }

  async #idle(): Promise<void> {
    if (this.#running === 0) return
    await new Promise<void>((resolve) => {
      this.#none = resolve
    })
  }

  #checkPath(path: unknown): void {
    if (typeof path !== 'string' || path === '') {
      throw refused("the path of a file or folder, such as 'in/report.csv'", path, 'the path')
    }
    if (path.includes('\0')) {
      throw netError('NET_INJECTION', { message: 'the path contains a NUL' })
    }
    this.session.path(path)
  }
}
