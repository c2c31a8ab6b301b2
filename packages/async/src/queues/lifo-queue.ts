/*
 * A queue whose newest item is next.
 */

import { Queue, type QueueOptions } from './queue.ts'
import { Stack } from './stack.ts'

/** A queue, last in, first out. The constructor throws `NET_BAD_OPTION`. */
export class LifoQueue<T> extends Queue<T> {
  constructor(options?: Omit<QueueOptions<T>, 'store'>) {
    super({ ...options, store: new Stack<T>() })
  }
}
