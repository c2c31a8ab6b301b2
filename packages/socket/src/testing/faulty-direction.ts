/* One direction of a faulty road: which fault comes next, and what becomes of the bytes. It moves none itself. */

import { own, pause } from '@net/core/authoring'

import type { FaultPlan, Slowness } from './fault-plan.ts'

/** A fault that waits for its byte. */
interface Armed {
  readonly at: number
  readonly what: FaultPlan['do']
}

/** What has happened to one direction so far. */
export class FaultyDirection {
  readonly #armed: Armed[]
  /** What happens to all further bytes, or to the next one. */
  state: 'normal' | 'garbage' | 'corrupt' | 'stall' | 'ended' | 'reset' = 'normal'
  #moved = 0
  #slowness: Slowness | undefined
  #pieces = 0

  constructor(plans: readonly FaultPlan[], on: 'receive' | 'send') {
    this.#armed = plans
      .filter((plan) => (own(plan, 'on') ?? 'receive') === on)
      .map((plan) => ({ at: own(plan, 'after') ?? 0, what: plan.do }))
      .toSorted((a, b) => a.at - b.at)
  }

  /** How many bytes may move before the next fault. */
  get room(): number {
    const next = this.#armed[0]
    return next === undefined ? Infinity : next.at - this.#moved
  }

  /** How many bytes may move as one. */
  get piece(): number {
    const slow = this.#slowness
    if (slow === undefined || 'jitter' in slow) return Infinity
    return 'drip' in slow ? 1 : Math.max(Math.floor(slow.throttle / PIECES_PER_SECOND), 1)
  }

  /** The fault whose byte has come, which is then over. */
  strike(): FaultPlan['do'] | undefined {
    return this.room <= 0 ? this.#armed.shift()?.what : undefined
  }

  /** All that follows is slow. */
  slow(how: Slowness): void {
    this.#slowness = how
  }

  /** Waits as long as the bytes take. */
  async wait(size: number): Promise<void> {
    const slow = this.#slowness
    if (slow === undefined) return
    this.#pieces += 1
    if ('drip' in slow) await pause(slow.drip)
    else if ('throttle' in slow) await pause((size / slow.throttle) * 1000)
    else await pause((slow.jitter * ((this.#pieces * 167) % 256)) / 255)
  }

  /** The bytes as they arrive at the other end. */
  pass(bytes: Uint8Array): Uint8Array {
    this.#moved += bytes.length
    if (this.state === 'garbage') return nonsense(bytes.length)
    if (this.state !== 'corrupt' || bytes.length === 0) return bytes
    this.state = 'normal'
    const copy = new Uint8Array(bytes)
    copy[0] = (copy[0] ?? 0) ^ 0xff
    return copy
  }
}

/** The same nonsense for the same length, so that a failing test fails again. */
function nonsense(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 167 + 129) & 0xff)
}

const PIECES_PER_SECOND = 20
