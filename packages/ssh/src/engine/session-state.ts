/*
 * Where a connection stands between its first byte and its end, as one state with its table. It must not know what is
 * spoken over the connection.
 */

/**
 * - `greeting`: the server has not said yet what it speaks
 * - `exchange`: the first key exchange is under way
 * - `open`: logins, commands and tunnels
 * - `leaving`: we have said goodbye; what is under way may end
 * - `left`: the connection has ended, after our goodbye
 * - `lost`: the connection has ended without it
 */
export type Standing = 'greeting' | 'exchange' | 'open' | 'leaving' | 'left' | 'lost'

/** What moves a connection on. */
export type SessionEvent = 'identified' | 'exchanged' | 'goodbye' | 'gone'

/** The state of one connection. */
export class SessionState {
  #now: Standing = 'greeting'

  get now(): Standing {
    return this.#now
  }

  /** Whether something new may begin. */
  get alive(): boolean {
    return 'goodbye' in NEXT[this.#now]
  }

  /** Whether the connection has ended. */
  get over(): boolean {
    return !('gone' in NEXT[this.#now])
  }

  /** Whether we have said goodbye. */
  get ours(): boolean {
    return this.#now === 'leaving' || this.#now === 'left'
  }

  /** Takes the step; false where it leads nowhere, as for an end that has come already. */
  take(step: SessionEvent): boolean {
    const next = NEXT[this.#now][step]
    if (next === undefined) return false
    this.#now = next
    return true
  }
}

const NEXT: Readonly<Record<Standing, Readonly<Partial<Record<SessionEvent, Standing>>>>> = {
  greeting: { identified: 'exchange', goodbye: 'leaving', gone: 'lost' },
  exchange: { exchanged: 'open', goodbye: 'leaving', gone: 'lost' },
  open: { goodbye: 'leaving', gone: 'lost' },
  leaving: { gone: 'left' },
  left: {},
  lost: {},
}
