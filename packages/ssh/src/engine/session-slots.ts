/*
 * How many commands a server runs at once on one connection. OpenSSH counts one that has ended (MaxSessions, 10) until
 * it has read to the end of what it was sent, so that the next one, sent along with the end, is refused. It must not
 * know what runs.
 */

import { SshChannelError } from '../errors.ts'
import { SessionsFullError } from './ssh2-refusal.ts'

/** What was known when a session was asked for. */
export interface SlotQuestion {
  readonly free: number
  readonly ended: number
}

/** The sessions of one connection. */
export class SessionSlots {
  #open = 0
  /** How many questions wait for their answer. */
  #asking = 0
  #ended = 0
  /** How many of the ended ones the server no longer counts. */
  #free = 0

  /** A session is asked for; the server's answer belongs to what this returns. */
  ask(): SlotQuestion {
    this.#asking += 1
    return { free: this.#free, ended: this.#ended }
  }

  /** The server has opened it. */
  opened({ ended }: SlotQuestion): void {
    this.#asking -= 1
    this.#open += 1
    this.#answered(ended)
  }

  /**
   * The session was not opened, for this reason: the error for the caller, or undefined where the server may have counted
   * one that has ended, and is to be asked once more.
   */
  refused(error: Error, { free, ended }: SlotQuestion): Error | undefined {
    this.#asking -= 1
    if (!isFull(error)) return error
    this.#answered(ended)
    return free === ended && this.#ended === ended ? this.#full(error) : undefined
  }

  /** A session has ended, and our close is on its way to the server. */
  release(): void {
    this.#open -= 1
    this.#ended += 1
  }

  /** What had ended before the question that the server has answered, it no longer counts. */
  #answered(ended: number): void {
    this.#free = Math.max(this.#free, ended)
  }

  #full(error: SshChannelError): SshChannelError {
    // What is still asked for may be opened, as it is where a server refuses before it opens.
    const most = this.#open + this.#asking
    return most === 0 ? error : new SessionsFullError(most, error)
  }
}

function isFull(error: Error): error is SshChannelError {
  return error instanceof SshChannelError && FULL.has(error.reason)
}

// Connect failed, as OpenSSH says, and shortage.
const FULL: ReadonlySet<number | undefined> = new Set([2, 4])
