/*
 * Node's timers, shared: limits hardly ever pass, and are set and taken back by the million. All timers of one length
 * fire in the order in which they were set, so that one of Node's serves them all. Between calls in a row it stays; it
 * is gone before the event loop turns, so that no process lives longer for it.
 */

import { LinkedList, type Linked } from '../linked-list.ts'

/**
 * Calls `callback` once after `delay` milliseconds; the returned object takes it back. The async context is that of
 * whichever call made Node's timer.
 */
export function afterDelay(delay: number, callback: () => void): { clear(): void } {
  if (setTimeout !== madeWith) {
    // A test library replaces Node's timers: what was set before and after must not wait for each other.
    madeWith = setTimeout
    queues = new Map()
  }
  let queue = queues.get(delay)
  if (queue === undefined) {
    queue = new TimerQueue(delay)
    queues.set(delay, queue)
  }
  return queue.add(callback)
}

/** One timer: member of its queue and handle of its owner in one, as there is one for each limit of each call. */
class Waiting implements Linked<Waiting> {
  readonly due: number
  readonly callback: () => void
  readonly #queue: TimerQueue
  before: Waiting | undefined = undefined
  after: Waiting | undefined = undefined
  listed = false

  constructor(queue: TimerQueue, due: number, callback: () => void) {
    this.#queue = queue
    this.due = due
    this.callback = callback
  }

  clear(): void {
    this.#queue.remove(this)
  }
}

class TimerQueue {
  readonly #delay: number
  readonly #waiting = new LinkedList<Waiting>()
  #disarm: (() => void) | undefined
  #target = 0
  #leaving = false

  constructor(delay: number) {
    this.#delay = delay
  }

  add(callback: () => void): { clear(): void } {
    const due = performance.now() + this.#delay
    const added = this.#waiting.add(new Waiting(this, due, callback))
    if (this.#disarm === undefined) this.#arm()
    return added
  }

  remove(waiting: Waiting): void {
    if (!this.#waiting.delete(waiting)) return
    if (this.#waiting.first !== undefined || this.#leaving) return
    this.#leaving = true
    process.nextTick(this.#leaveIfEmpty)
  }

  #arm(): void {
    const { first } = this.#waiting
    if (first === undefined) return
    const now = performance.now()
    // Node fires a timer above this limit at once instead of in 24.8 days.
    this.#target = Math.min(first.due, now + LONGEST)
    // The difference of the two is not always exact.
    const handle = setTimeout(this.#due, Math.max(0, Math.min(this.#target - now, LONGEST)))
    this.#disarm = () => clearTimeout(handle)
  }

  readonly #leaveIfEmpty = (): void => {
    this.#leaving = false
    if (this.#waiting.first !== undefined) return
    this.#disarm?.()
    this.#disarm = undefined
    // Limits have few lengths, and come again; other delays need not be remembered.
    if (queues.size > KEPT && queues.get(this.#delay) === this) queues.delete(this.#delay)
  }

  readonly #due = (): void => {
    if (performance.now() - this.#target < STALLED) {
      this.#fire()
      return
    }
    // The program kept the event loop from turning: what arrived meanwhile is read first, and may clear the timer.
    const handle = setImmediate(this.#fire)
    this.#disarm = () => clearImmediate(handle)
  }

  readonly #fire = (): void => {
    this.#disarm = undefined
    // Node's timers fire up to a millisecond early.
    const now = Math.max(performance.now(), this.#target)
    try {
      for (let { first } = this.#waiting; first !== undefined; { first } = this.#waiting) {
        if (first.due > now) break
        this.#waiting.delete(first)
        first.callback()
      }
    } finally {
      if (this.#waiting.first === undefined) this.#leaveIfEmpty()
      else if (this.#disarm === undefined) this.#arm()
    }
  }
}

const LONGEST = 2 ** 31 - 1
const STALLED = 20
const KEPT = 32
let queues = new Map<number, TimerQueue>()
let madeWith = setTimeout
