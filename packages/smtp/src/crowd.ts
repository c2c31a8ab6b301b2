/*
 * What a server says to a connection that is one too many, and how long to wait before the next one. Sends nothing.
 */

import { isNetError } from '@net/core'
import { clock } from '@net/core/authoring'
import { sleep } from '@net/async'

/** Whether the server refuses the connection and not the message: 421, 432, and 4yz for too many connections or logins. */
export function isCrowded(error: unknown): boolean {
  if (!isNetError(error)) return false
  const { status = 0, enhanced = '' } = error.reply ?? {}
  if (status === 421 || status === 432) return true
  if (error.phase === 'auth' && status === 454) return true
  return status >= 400 && status < 500 && (enhanced === '4.3.2' || enhanced === '4.7.0')
}

/** The time in which no connection is begun: a second after the first refusal, twice as long after each further one. */
export class BackOffOfServer {
  #delay = 0
  #until = 0

  /** Resolves once a connection may be begun. */
  async over(signal: AbortSignal): Promise<void> {
    for (let left = this.#left; left > 0; left = this.#left) await sleep(left, { signal })
  }

  /** The server refused a connection. */
  refused(): void {
    this.#delay = Math.min(Math.max(this.#delay * 2, SHORTEST), LONGEST)
    // Programs that were refused together come back apart.
    this.#until = clock().now() + this.#delay * (1 + Math.random() / 4)
  }

  /** It accepted one. */
  accepted(): void {
    this.#delay = 0
  }

  get #left(): number {
    return this.#until - clock().now()
  }
}

const SHORTEST = 1000
const LONGEST = 60_000
