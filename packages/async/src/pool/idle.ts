/*
 * The resources of a pool that are not lent, and the one timer that ends those that lie idle for too long or are too
 * old.
 */

import { clock, type Timer } from '@net/core/authoring'

import type { PoolMember } from './member.ts'

/** What a pool asks of its idle resources. */
export interface IdleRules<T> {
  /** Milliseconds that one may lie idle. */
  readonly idle: number
  /** Milliseconds that one may be old. */
  readonly maxAge: number
  /** Receives those whose time is over, after they were removed here. */
  readonly expired: (member: PoolMember<T>) => void
}

/** Idle resources; the one used last is taken first. */
export class IdleMembers<T> {
  readonly #options: IdleRules<T>
  // In the order in which they became idle.
  #members: PoolMember<T>[] = []
  #timer: Timer | undefined
  #due = 0

  constructor(options: IdleRules<T>) {
    this.#options = options
  }

  /** How many there are. */
  get size(): number {
    return this.#members.length
  }

  /** Adds one that was given back. */
  add(member: PoolMember<T>): void {
    member.idleSince = clock().now()
    this.#members.push(member)
    this.#arm()
  }

  /** Takes the one that was used last. */
  take(): PoolMember<T> | undefined {
    // A timer may be late; what it would have ended must not be lent.
    this.#reap()
    const member = this.#members.pop()
    this.#arm()
    return member
  }

  /** Takes all. */
  takeAll(): readonly PoolMember<T>[] {
    const all = this.#members
    this.#members = []
    this.#arm()
    return all
  }

  #reap(): void {
    const now = clock().now()
    const over = this.#members.filter((member) => this.#end(member) <= now)
    if (over.length === 0) return
    this.#members = this.#members.filter((member) => !over.includes(member))
    for (const member of over) this.#options.expired(member)
  }

  #arm(): void {
    const next = Math.min(...this.#members.map((member) => this.#end(member)))
    // A timer that is too early looks again; setting it anew each time would cost more than that.
    if (this.#timer !== undefined && this.#due <= next && next !== Infinity) return
    this.#timer?.clear()
    this.#timer = undefined
    if (next === Infinity) return
    this.#due = next
    this.#timer = clock().after(Math.max(next - clock().now(), 0), () => {
      this.#timer = undefined
      this.#reap()
      this.#arm()
    })
  }

  #end({ idleSince, born }: PoolMember<T>): number {
    return Math.min(idleSince + this.#options.idle, born + this.#options.maxAge)
  }
}
