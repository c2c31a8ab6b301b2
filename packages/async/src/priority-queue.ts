/*
 * A queue whose most urgent item is next.
 */

import { netError, own } from '@net/core/authoring'

import { Heap } from './heap.ts'
import { Queue, type QueueOptions } from './queue.ts'

/** Options of a priority queue. */
export interface PriorityQueueOptions<T> extends Omit<QueueOptions<T>, 'store'> {
  /** Negative where `a` comes before `b`, as in `Array.sort`; it must not throw. Equals keep the order in which they were put. */
  readonly compare: (a: T, b: T) => number
}

/** A queue that hands out the item that comes first by `compare`. The constructor throws `NET_BAD_OPTION`. */
export class PriorityQueue<T> extends Queue<T> {
  constructor(options: PriorityQueueOptions<T>) {
    super({ ...options, store: new Heap<T>(checked(own(options, 'compare'))) })
  }
}

function checked<F>(compare: F | undefined): F {
  if (typeof compare === 'function') return compare
  throw netError('NET_BAD_OPTION', { message: 'compare must be a function' })
}
