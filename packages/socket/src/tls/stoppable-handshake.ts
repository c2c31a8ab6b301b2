/*
 * What ends a handshake over a connection that is open already: the caller's signal, or the end of the connection, whose
 * transport has handed its socket over to the handshake.
 */

import type { NetError } from '@net/core'
import { onSignalAbort } from '@net/core/authoring'

/** One handshake under way. */
export class StoppableHandshake {
  /** What the connection ended with meanwhile. */
  ended: NetError | undefined
  readonly #stop = new AbortController()
  readonly #forget: (() => void) | undefined

  /** `signal` is the caller's. */
  constructor(signal: AbortSignal | undefined) {
    const stop = (reason: unknown): void => this.#stop.abort(reason)
    if (signal?.aborted === true) stop(signal.reason)
    else this.#forget = signal && onSignalAbort(signal, stop)
  }

  /** To be given to the handshake. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** The connection ends with this error. */
  end(error: NetError): void {
    this.ended ??= error
    this.#stop.abort(error)
  }

  /** The handshake has ended. */
  over(): void {
    this.#forget?.()
  }
}
