/*
 * One group of jobs. Only its first job stands in the line of all, and none while the group is at a limit: so a group that
 * may not start now costs the others nothing.
 */

import type { GroupRule } from '../store.ts'
import { before, type Entry } from './entry.ts'
import { Heap } from './heap.ts'
import { RateWindow } from './rate-window.ts'

/** A group, while it has jobs that wait or run, or is held. */
export class Group {
  readonly name: string
  readonly #waiting = new Heap<Entry>(before, stands)
  readonly #window = new RateWindow()
  /** The job that stands in the line of all. */
  #front: Entry | undefined
  #active = 0
  #until = 0
  #size = 0

  constructor(name: string) {
    this.name = name
  }

  /** Until when its state matters, monotonic; undefined while it has jobs. */
  get restful(): number | undefined {
    if (this.#size > 0 || this.#active > 0) return undefined
    return Math.max(this.#until, this.#window.restful)
  }

  /** Until when it is held by its rate or an error, monotonic. */
  get until(): number {
    return this.#until
  }

  waits(entry: Entry): void {
    entry.line = 'behind'
    this.#waiting.push(entry)
    this.#size++
  }

  /** It waits no more. */
  leaves(entry: Entry): void {
    entry.line = 'none'
    if (this.#front === entry) this.#front = undefined
    this.#size--
  }

  started(rule: GroupRule, now: number): void {
    this.#active++
    if (rule.rate === undefined) return
    this.#window.started(rule.rate, now)
    this.hold(now + this.#window.wait(rule.rate, now))
  }

  ended(): void {
    this.#active--
  }

  hold(until: number): void {
    this.#until = Math.max(this.#until, until)
  }

  /** The job that is now to stand in the line of all and did not yet. One that may not any more steps back. */
  front({ concurrency = Infinity }: GroupRule, now: number): Entry | undefined {
    const isOpen = this.#until <= now && this.#active < concurrency
    const first = isOpen ? this.#waiting.peek() : undefined
    if (first === this.#front) return undefined
    if (this.#front !== undefined) this.#front.line = 'behind'
    this.#front = first
    if (first !== undefined) first.line = 'ready'
    return first
  }
}

function stands({ line }: Entry): boolean {
  return line === 'behind' || line === 'ready'
}
