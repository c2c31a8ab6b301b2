/*
 * Records the events that are published while a test runs, and waits for those that are still to come.
 */

import { onEvent, type NetEvent, type NetEventName, type NetEvents } from '../events/channels.ts'

/** Events in the order in which they were published; dispose it to stop listening. */
export interface CapturedEvents extends Disposable {
  readonly events: readonly NetEvent[]
  /** Those of one channel. */
  of<N extends NetEventName>(name: N): readonly NetEvents[N][]
  /** The first event for which the predicate holds, captured already or still to come. Rejects after 10 real seconds, and when disposed. */
  waitFor(predicate: (event: NetEvent) => boolean): Promise<NetEvent>
}

/** Listens to all six channels from here on. */
export function captureEvents(): CapturedEvents {
  return new Capture()
}

class Capture implements CapturedEvents {
  readonly events: NetEvent[] = []
  readonly #waiting = new Set<Waiting>()
  readonly #subscription: Disposable

  constructor() {
    this.#subscription = onEvent('*', (event) => {
      this.events.push(event)
      for (const waiting of this.#waiting) waiting.look(event)
    })
  }

  of<N extends NetEventName>(name: N): readonly NetEvents[N][] {
    return this.events.filter((event): event is NetEvents[N] => event.type === name)
  }

  waitFor(predicate: (event: NetEvent) => boolean): Promise<NetEvent> {
    const found = this.events.find(predicate)
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(waiting)
        clearTimeout(timer)
      }
      const waiting: Waiting = {
        look(event) {
          if (!predicate(event)) return
          settle()
          resolve(event)
        },
        giveUp(why) {
          settle()
          reject(new Error(`${why} before such an event`))
        },
      }
      // Real time: the code that publishes the event may wait for real sockets.
      const timer = setTimeout(() => waiting.giveUp('10 s passed'), LONGEST_WAIT)
      this.#waiting.add(waiting)
    })
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]()
    for (const waiting of this.#waiting) waiting.giveUp('the capture ended')
  }
}

interface Waiting {
  look(event: NetEvent): void
  giveUp(why: string): void
}

const LONGEST_WAIT = 10_000
