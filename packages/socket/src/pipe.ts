/*
 * Two connections joined: what arrives on one goes out on the other, in both directions, with the halves and the ends of
 * both kept as they are. It must not know what the bytes are.
 */

import type { NetError } from '@net/core'
import {
  abortError,
  argument,
  inCall,
  onSignalAbort,
  option,
  optionsDoor,
  translate,
  type OptionsDoor,
  type Shape,
} from '@net/core/authoring'

import { PipeDirection } from './bulk/pipe-direction.ts'
import type { Connection } from './connection.ts'
import { socketErrors } from './errors.ts'
import { StreamConnection } from './stream-connection.ts'

/** Options of `pipe`. */
export interface PipeOptions {
  /** Aborting it aborts both connections and ends the call with an AbortError. */
  readonly signal?: AbortSignal | undefined
}

/** How many bytes a pipe has carried. */
export interface PipedBytes {
  /** From the first connection to the second. */
  readonly there: number
  /** From the second connection to the first. */
  readonly back: number
}

/**
 * Carries bytes between two connections until both have ended, then closes them. An end goes on as an end, and the other
 * direction stays open (RFC 9293, section 3.6); a reset or cut goes on as a reset, never as an end. Reads wait without a
 * limit, writes as each connection has it. A connection joined with itself is an echo; its bytes count as `there`. Kind of
 * call: session. Rejects with what broke first, after both are aborted.
 */
export async function pipe(
  a: Connection,
  b: Connection,
  options?: PipeOptions,
): Promise<PipedBytes> {
  inCall(PLACE, () => {
    argument('the first connection', isConnection, a)
    argument('the second connection', isConnection, b)
  })
  const { signal } = pipeDoor(options)
  const joined = new Pipe(a, b)
  const stop = (reason: unknown): void => joined.fail(abortError(reason))
  if (signal?.aborted === true) stop(signal.reason)
  const forget = signal && onSignalAbort(signal, stop)
  try {
    return await joined.run()
  } finally {
    forget?.()
  }
}

class Pipe {
  readonly #a: Connection
  readonly #b: Connection
  #failure: NetError | undefined

  constructor(a: Connection, b: Connection) {
    this.#a = a
    this.#b = b
  }

  async run(): Promise<PipedBytes> {
    const [a, b] = [this.#a, this.#b]
    const isEcho = a === b
    const [there, back] = await Promise.all([this.#carry(a, b), isEcho ? 0 : this.#carry(b, a)])
    if (this.#failure !== undefined) {
      this.fail(this.#failure)
      throw this.#failure
    }
    await Promise.all([a.close(), b.close()])
    return { there, back }
  }

  fail(error: NetError): void {
    this.#failure ??= error
    this.#a.abort(error)
    this.#b.abort(error)
  }

  #carry(from: Connection, to: Connection): Promise<number> {
    if (!(from instanceof StreamConnection)) return this.#readAndWrite(from, to)
    return new Promise((resolve) => {
      const direction = new PipeDirection(from, to, {
        ended: resolve,
        lost: (error) => {
          this.fail(known(error))
          resolve(0)
        },
        refused: (error, carried) => {
          // What that side has sent before still has to reach this one.
          this.#failure ??= known(error)
          resolve(carried)
        },
      })
      direction.begin()
    })
  }

  /** Another program's connection. */
  async #readAndWrite(from: Connection, to: Connection): Promise<number> {
    let carried = 0
    for (;;) {
      const chunk = await from.read(PATIENT).catch((error: unknown) => this.#broken(error))
      if (chunk === undefined) return carried
      try {
        if (chunk === null) {
          await to.end()
          return carried
        }
        await to.write(chunk)
        carried += chunk.length
      } catch (error) {
        // A side that takes no more may have sent something before, which still has to reach the other side.
        this.#failure ??= known(error)
        return carried
      }
    }
  }

  /** A failure must not look like an end on the other side. */
  #broken(error: unknown): undefined {
    this.fail(known(error))
    return undefined
  }
}

function known(error: unknown): NetError {
  return translate(error, socketErrors, { protocol: 'socket', operation: 'pipe' })
}

/** A quiet direction stays open. */
const PATIENT = { timeout: { idle: Infinity } }

const PLACE = { protocol: 'socket', call: 'pipe' }
const isConnection: Shape<Connection> = option.methods<Connection>(
  'a connection',
  'read',
  'write',
  'end',
  'close',
  'abort',
)
const pipeDoor: OptionsDoor<PipeOptions> = optionsDoor<PipeOptions>(PLACE, {
  signal: option.signal,
})
