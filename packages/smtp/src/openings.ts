/*
 * The connections that a mailer opens: where the server takes no more of them, those that stand serve the messages, and one
 * more is tried from time to time.
 */

import { opening } from '@net/socket/authoring'

import { BackOffOfServer, isCrowded } from './crowd.ts'
import { dialSession, type SmtpPlan } from './opening-plan.ts'
import { Seat } from './seat.ts'
import type { SmtpSession } from './session.ts'

/** Opens the connections of one mailer. */
export class Openings {
  readonly #plan: SmtpPlan
  readonly #maxAge: number
  readonly #standing: () => number
  readonly #backOff = new BackOffOfServer()
  readonly #underWay = new Set<Promise<SmtpSession>>()

  /** `standing` says how many connections serve messages. */
  constructor(plan: SmtpPlan, maxAge: number, standing: () => number) {
    this.#plan = plan
    this.#maxAge = maxAge
    this.#standing = standing
  }

  /** The server has refused a connection after all. */
  refused(): void {
    this.#backOff.refused()
  }

  /** Resolves to a connection, however often the server refuses one more; rejects with its refusal if there is no other one. */
  async open(signal: AbortSignal): Promise<Seat> {
    for (;;) {
      using _turn = await this.#backOff.turn(signal)
      const opened = this.#open(signal)
      this.#underWay.add(opened)
      try {
        return new Seat(await opened, this.#maxAge)
      } catch (error) {
        this.#underWay.delete(opened)
        if (!isCrowded(error)) throw error
        this.#backOff.refused()
        // The calls that wait are served by the connections that stand, or by one that is on its way.
        if (this.#standing() === 0 && !(await anyOf(this.#underWay))) throw error
      } finally {
        this.#underWay.delete(opened)
      }
    }
  }

  async #open(signal: AbortSignal): Promise<SmtpSession> {
    const { identity, options } = this.#plan
    const plan = { identity, options: { ...options, signal } }
    const session = await opening(plan, (op) => dialSession(op, this.#plan))
    this.#backOff.accepted()
    return session
  }
}

/** Whether one of them succeeds. */
async function anyOf(promises: Iterable<Promise<unknown>>): Promise<boolean> {
  try {
    await Promise.any(promises)
    return true
  } catch {
    return false
  }
}
