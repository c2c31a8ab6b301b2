/*
 * The lines in which jobs wait: for their time, for a worker that runs nothing else, in their group, and the line of all that
 * may start now. A line drops what has left it when that comes to its top.
 */

import type { GroupRule } from '../store.ts'
import { before, type Entry } from './entry.ts'
import { Group } from './group.ts'
import { Heap } from './heap.ts'

/** The jobs that wait. Times of delays are wall time, those of groups monotonic. */
export class Lines {
  readonly #ready = new Heap<Entry>(before, isReady)
  readonly #suspects = new Heap<Entry>(before, isSuspect)
  readonly #delayed = new Heap<Delay>((a, b) => a.due < b.due, isDelayed)
  readonly #held = new Heap<Hold>((a, b) => a.until < b.until, any)
  readonly #groups = new Map<string, Group>()
  #rule: GroupRule = {}
  /** How many may start now or stand behind one of their group. */
  waiting = 0
  /** How many wait for their time. */
  delayed = 0
  /** How many of those that wait must run alone. */
  suspected = 0

  /** What holds for each group from now on. */
  set rule(rule: GroupRule) {
    this.#rule = rule
  }

  delay(entry: Entry): void {
    entry.state = 'delayed'
    entry.line = 'delayed'
    this.delayed++
    this.#delayed.push({ entry, due: entry.due })
  }

  enqueue(entry: Entry, now: number): void {
    entry.state = 'waiting'
    this.waiting++
    if (entry.suspect) {
      entry.line = 'suspect'
      this.suspected++
      this.#suspects.push(entry)
    } else if (entry.group === undefined) {
      entry.line = 'ready'
      this.#ready.push(entry)
    } else {
      const group = this.#groupOf(entry.group)
      group.waits(entry)
      this.#refresh(group, now)
    }
  }

  /** Takes a job out that waits. */
  leave(entry: Entry, now: number): void {
    const { line, group } = entry
    if (line === 'delayed') this.delayed--
    else this.waiting--
    entry.line = 'none'
    if (line === 'suspect') this.suspected--
    else if (line !== 'delayed' && group !== undefined) {
      const own = this.#groupOf(group)
      own.leaves(entry)
      this.#refresh(own, now)
    }
  }

  /** Lets what is due, and groups that are held no longer, into the line. */
  wake(now: number, date: number): void {
    for (let next = this.#delayed.peek(); next !== undefined && next.due <= date;) {
      this.#delayed.pop()
      this.delayed--
      this.enqueue(next.entry, now)
      next = this.#delayed.peek()
    }
    for (let next = this.#held.peek(); next !== undefined && next.until <= now;) {
      this.#held.pop()
      if (this.#groups.get(next.group.name) === next.group) this.#refresh(next.group, now)
      next = this.#held.peek()
    }
  }

  /** The next job that must run alone; it stays. */
  get suspect(): Entry | undefined {
    return this.#suspects.peek()
  }

  /** The next of all others; it stays. */
  get next(): Entry | undefined {
    return this.#ready.peek()
  }

  started({ group }: Entry, now: number): void {
    if (group === undefined) return
    const own = this.#groupOf(group)
    own.started(this.#rule, now)
    this.#refresh(own, now)
  }

  /** Its worker has ended with it; `hold` says for how long no other of its group starts. */
  ended({ group }: Entry, hold: number | undefined, now: number): void {
    if (group === undefined) return
    const own = this.#groupOf(group)
    own.ended()
    if (hold !== undefined) own.hold(now + hold)
    this.#refresh(own, now)
  }

  /** Milliseconds until `wake` lets something in. */
  wait(now: number, date: number): number {
    const due = this.#delayed.peek()?.due ?? Infinity
    const until = this.#held.peek()?.until ?? Infinity
    return Math.min(due - date, until - now)
  }

  #groupOf(name: string): Group {
    let group = this.#groups.get(name)
    if (group === undefined) this.#groups.set(name, (group = new Group(name)))
    return group
  }

  #refresh(group: Group, now: number): void {
    const front = group.front(this.#rule, now)
    if (front !== undefined) this.#ready.push(front)
    const { until, restful } = group
    if (restful !== undefined && restful <= now) this.#groups.delete(group.name)
    else if (Math.max(until, restful ?? 0) > now) {
      this.#held.push({ group, until: restful ?? until })
    }
  }
}

interface Delay {
  readonly entry: Entry
  readonly due: number
}

interface Hold {
  readonly group: Group
  readonly until: number
}

function isDelayed({ entry, due }: Delay): boolean {
  return entry.line === 'delayed' && entry.due === due
}

function isReady({ line }: Entry): boolean {
  return line === 'ready'
}

function isSuspect({ line }: Entry): boolean {
  return line === 'suspect'
}

const any = (): boolean => true
