/*
 * A queue whose most urgent item is next.
 */

import { option, type OptionsDoor } from '@net/core/authoring'

import { doorOf } from '../doors.ts'
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
    const door = priorityDoor as OptionsDoor<PriorityQueueOptions<T>>
    const { max, compare } = door(options)
    super({ max, store: new Heap<T>(compare) })
  }
}

const priorityDoor = doorOf<PriorityQueueOptions<never>>('new PriorityQueue', {
  max: option.count,
  compare: option.required(option.callback()),
})
