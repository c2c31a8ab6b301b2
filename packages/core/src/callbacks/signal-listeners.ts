/*
 * Listening to an AbortSignal without piling up: however many calls share a signal, it carries one listener of
 * ours, and none once the last of them is done.
 */

import { Link, LinkedList } from '../linked-list.ts'
import { own } from '../options/own.ts'

/**
 * Calls `listener` with the reason when the signal aborts, or within the turn if it has; the returned function takes it back.
 * With `linger` the signal keeps our listener until the event loop turns: cheaper for calls in a row.
 */
export function onSignalAbort(
  signal: AbortSignal,
  listener: (reason: unknown) => void,
  options?: { readonly linger?: boolean },
): () => void {
  if (signal.aborted) return calledSoon(signal, listener)
  let hub = hubs.get(signal)
  if (hub === undefined) {
    hub = new Hub(signal)
    hubs.set(signal, hub)
  }
  return hub.add(listener, own(options, 'linger') === true)
}

/** A controller of ours: its signal tells our listeners by itself, as an event listener costs more than all else of a short call. */
export class OwnController {
  readonly #controller = new AbortController()
  readonly #hub = new Hub(this.#controller.signal, true)

  constructor() {
    hubs.set(this.signal, this.#hub)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Aborts the signal with this reason; later ones are ignored. */
  abort(reason: unknown): void {
    this.#controller.abort(reason)
    this.#hub.handleEvent()
  }
}

/** Not within the call: who listens has yet to get what takes the listener back. */
function calledSoon(signal: AbortSignal, listener: (reason: unknown) => void): () => void {
  let isTakenBack = false
  queueMicrotask(() => {
    if (!isTakenBack) listener(signal.reason)
  })
  return () => {
    isTakenBack = true
  }
}

class Hub {
  readonly #signal: AbortSignal
  readonly #listeners = new LinkedList<Link<(reason: unknown) => void>>()
  /** Whether the signal is of an `OwnController`, which calls `handleEvent` itself. */
  readonly #isOwn: boolean
  #listening = false
  #leaving = false

  constructor(signal: AbortSignal, isOwn = false) {
    this.#signal = signal
    this.#isOwn = isOwn
  }

  add(listener: (reason: unknown) => void, linger: boolean): () => void {
    if (!this.#listening && !this.#isOwn) {
      this.#listening = true
      this.#signal.addEventListener('abort', this)
    }
    const link = this.#listeners.add(new Link(listener))
    return () => this.#remove(link, linger)
  }

  handleEvent(): void {
    this.#leave()
    for (let link = this.#listeners.shift(); link !== undefined; link = this.#listeners.shift())
      link.value(this.#signal.reason)
  }

  #remove(link: Link<(reason: unknown) => void>, linger: boolean): void {
    if (!this.#listeners.delete(link) || this.#listeners.first !== undefined) return
    if (!this.#listening) return
    if (!linger) this.#leave()
    else if (!this.#leaving) {
      this.#leaving = true
      process.nextTick(this.#leaveIfUnused)
    }
  }

  /** A listener left on a composite signal would keep that signal alive for as long as its sources live. */
  #leave(): void {
    if (!this.#listening) return
    this.#listening = false
    this.#signal.removeEventListener('abort', this)
  }

  readonly #leaveIfUnused = (): void => {
    this.#leaving = false
    if (this.#listening && this.#listeners.first === undefined) this.#leave()
  }
}

const hubs = new WeakMap<AbortSignal, Hub>()
