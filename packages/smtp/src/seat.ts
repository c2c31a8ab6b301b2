/*
 * A connection of a mailer, and when its pool may have it back: a pool ends what is too old, and a connection on which a message
 * waits for its verdict must not be ended. It must not know what is sent.
 */

import type { PoolLease } from '@net/async'
import { clock } from '@net/core/authoring'

import type { SmtpSession } from './session.ts'

/** A connection of a mailer. */
export class Seat {
  readonly session: SmtpSession
  /** How many messages it has taken. */
  served = 0
  readonly #born: number = clock().now()
  readonly #maxAge: number

  /** `maxAge` in milliseconds. */
  constructor(session: SmtpSession, maxAge: number) {
    this.session = session
    this.#maxAge = maxAge
  }

  /** Whether another message may begin. */
  get isGood(): boolean {
    return !this.session.ended && clock().now() - this.#born < this.#maxAge
  }
}

/** Gives the connection to the next message, if one waits for it, while this one waits for its verdict; says whether it did. */
export function passOn(lease: PoolLease<Seat>, waiting: number): boolean {
  const seat = lease.value
  if (waiting === 0 || !seat.isGood) return false
  // Whatever becomes of it, the server has it: the connection is good for the next one.
  seat.served += 1
  lease.release()
  return true
}

/** Gives the connection back, behind the verdict on the message before this one, if that has none yet. */
export function giveBack(lease: PoolLease<Seat>): void {
  if (!lease.held) return
  const seat = lease.value
  const give = (): void => {
    if (seat.isGood) lease.release()
    else lease.discard()
  }
  if (seat.session.leader === undefined) give()
  else void seat.session.quiet().then(give)
}
