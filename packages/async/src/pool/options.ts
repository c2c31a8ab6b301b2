/*
 * How a pool makes, keeps and destroys its resources.
 */

import type { ClientContext } from '@net/core/authoring'

import type { JobContext } from '../tasks/job.ts'

/** Options of a pool. Times are in milliseconds. */
export interface PoolOptions<T> {
  /** Makes a resource. Several may be made at once. Its signal aborts when the pool is closed, or after `timeout.create`. */
  readonly create: (context: JobContext) => PromiseLike<T>
  /**
   * Whether an idle resource is still good, called before it is lent; one whose check throws, takes longer than
   * `timeout.check` or longer than the call that waits for it, is destroyed and replaced. Default: all are good.
   */
  readonly check?:
    | ((resource: T, context: JobContext) => PromiseLike<boolean> | boolean)
    | undefined
  /** Gives a resource up. Default: disposes it, if it can be disposed. */
  readonly destroy?: ((resource: T) => PromiseLike<void> | void) | undefined
  /** How long each of these may take; one that takes longer costs its own call, and its place is free again. */
  readonly timeout?: PoolTimeout | undefined
  /** How many resources there are at most, including those that are being made or destroyed. Default 10. */
  readonly max?: number | undefined
  /** How long a resource may lie idle. Default 60,000. */
  readonly idle?: number | undefined
  /** How old a resource may be when it is lent. Default `Infinity`. */
  readonly maxAge?: number | undefined
  /** How many calls may wait. Default `Infinity`; one more rejects with `NET_QUEUE_FULL`. */
  readonly maxWaiting?: number | undefined
  /** What its events call the protocol. Default 'pool'. */
  readonly protocol?: string | undefined
  /** The client whose pool it is, for its events. */
  readonly client?: ClientContext | undefined
}

/** Limits for the functions that a pool calls, in milliseconds; `Infinity` for none. */
export interface PoolTimeout {
  /** Making a resource; the call that waits for it rejects with `NET_TIMEOUT_POOL`. Default 60,000. */
  readonly create?: number | undefined
  /** Checking one. Default 2,000. */
  readonly check?: number | undefined
  /** Giving one up. Default 2,000. */
  readonly destroy?: number | undefined
}

/** A resource, lent. Disposing it gives it back. */
export interface PoolLease<T> extends AsyncDisposable {
  /** The resource. Throws `NET_NOT_HELD` once it was given back, or taken back by a pool that was closed. */
  readonly value: T
  /** Whether it is still lent. */
  readonly held: boolean
  /** Gives it back for others to use; a second time does nothing. */
  release(): void
  /** Gives it back as broken: it is destroyed and replaced. */
  discard(): void
}
