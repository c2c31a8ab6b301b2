/*
 * One resource of a pool, and the lease of who uses it. What becomes of a resource is its pool's business.
 */

import { clock, netError } from '@net/core/authoring'

import type { PoolLease } from './options.ts'

/** A resource with its times. */
export class PoolMember<T> {
  readonly value: T
  readonly born: number = clock().now()
  idleSince: number = this.born

  constructor(value: T) {
    this.value = value
  }
}

/** Who takes resources back. */
export interface PoolOwner<T> {
  /** Whether the member is lent. */
  lends(member: PoolMember<T>): boolean
  /** It comes back, good or broken. */
  takeBack(member: PoolMember<T>, good: boolean): void
}

/** The lease of a member. */
export class MemberLease<T> implements PoolLease<T> {
  readonly #owner: PoolOwner<T>
  readonly #member: PoolMember<T>
  #over = false

  constructor(owner: PoolOwner<T>, member: PoolMember<T>) {
    this.#owner = owner
    this.#member = member
  }

  get held(): boolean {
    return !this.#over && this.#owner.lends(this.#member)
  }

  get value(): T {
    if (this.held) return this.#member.value
    throw netError('NET_NOT_HELD', { message: 'the lease of the pool was already released' })
  }

  release(): void {
    this.#giveBack(true)
  }

  discard(): void {
    this.#giveBack(false)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.release()
    return Promise.resolve()
  }

  #giveBack(good: boolean): void {
    if (!this.held) return
    this.#over = true
    this.#owner.takeBack(this.#member, good)
  }
}
