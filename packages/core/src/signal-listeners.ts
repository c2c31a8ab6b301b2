/*
 * Listening to an AbortSignal without piling up: however many calls share a signal, it carries one listener of
 * ours, and none once the last of them is done.
 */

/** Calls `listener` with the reason when the signal aborts; the returned function takes it back. The signal must not be aborted yet. */
export function onSignalAbort(
  signal: AbortSignal,
  listener: (reason: unknown) => void,
): () => void {
  let listeners = hubs.get(signal)
  if (listeners === undefined) {
    listeners = new Hub(signal)
    hubs.set(signal, listeners)
  }
  return listeners.add(listener)
}

class Hub {
  readonly #signal: AbortSignal
  readonly #entries = new Set<{ readonly listener: (reason: unknown) => void }>()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  add(listener: (reason: unknown) => void): () => void {
    const entry = { listener }
    if (this.#entries.size === 0) this.#signal.addEventListener('abort', this)
    this.#entries.add(entry)
    return () => {
      // A listener left on a composite signal would keep that signal alive for as long as its sources live.
      if (this.#entries.delete(entry) && this.#entries.size === 0)
        this.#signal.removeEventListener('abort', this)
    }
  }

  handleEvent(): void {
    const entries = [...this.#entries]
    this.#entries.clear()
    this.#signal.removeEventListener('abort', this)
    for (const { listener } of entries) listener(this.#signal.reason)
  }
}

const hubs = new WeakMap<AbortSignal, Hub>()
