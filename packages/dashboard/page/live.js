/*
 * Keeps the model up to date. Of all tabs of one browser only one holds a stream, as browsers allow six connections to a
 * server; it passes on what it hears, and another takes over when it goes. After a gap what is missing is asked for.
 */

/** @import { Model } from './model.js' */
/** @import { RowsShown } from '../src/web/shown.ts' */

import { ApiError, get, stream } from './api.js'
import { ORDINAL } from './model.js'

/**
 * What the page hears of the connection.
 * @typedef {object} LiveListener
 * @property {() => void} changed
 * @property {(state: 'live' | 'connecting' | 'lost' | 'refused', text: string) => void} state
 */

/** The tab's part in it. */
export class Live {
  #model
  #listener
  #channel = new BroadcastChannel(`net-dashboard ${location.host}`)
  #catching = false
  #leads = false
  #lines = true

  /**
   * @param {Model} model
   * @param {LiveListener} listener
   */
  constructor(model, listener) {
    this.#model = model
    this.#listener = listener
    this.#channel.addEventListener('message', (message) => {
      const { event, data } = /** @type {{ event: string, data: unknown }} */ (message.data)
      this.#hearTab(event, data)
    })
  }

  /** Loads what there is, the newest first, then follows. */
  async start() {
    const first = await rows('limit=500')
    this.#model.take(first.rows, first.oldest)
    this.#model.sequence = first.sequence
    this.#listener.changed()
    void this.#loadOlder(first)
    this.#say('hello', {})
    void this.#lead()
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void this.#catchUp()
    })
  }

  /** @param {RowsShown} first */
  async #loadOlder(first) {
    let part = first
    for (;;) {
      const before = part.rows.at(-1)?.[ORDINAL]
      if (before === undefined || before <= part.oldest) return
      part = await rows(`limit=10000&before=${before}`)
      this.#model.take(part.rows, part.oldest)
      this.#listener.changed()
    }
  }

  /** Waits for its turn to hold the stream; gives it up while the tab is hidden. */
  async #lead() {
    for (;;) {
      await visible()
      const hidden = new AbortController()
      const leave = () => {
        if (document.visibilityState === 'hidden') hidden.abort()
      }
      document.addEventListener('visibilitychange', leave)
      try {
        await this.#inTurn(hidden.signal)
      } catch (error) {
        this.#failed(error)
      } finally {
        document.removeEventListener('visibilitychange', leave)
      }
      if (!hidden.signal.aborted) await pause(1000)
    }
  }

  /** @param {AbortSignal} signal */
  async #inTurn(signal) {
    // Browsers have locks only where they trust the address; elsewhere each tab has a stream.
    if (navigator.locks === undefined) return this.#follow(signal)
    return navigator.locks.request('net-dashboard', { signal }, () => this.#follow(signal))
  }

  /** @param {AbortSignal} signal */
  async #follow(signal) {
    this.#leads = true
    try {
      await this.#read(signal)
    } finally {
      this.#leads = false
    }
    if (!signal.aborted) this.#listener.state('lost', 'The program has ended')
  }

  /** @param {AbortSignal} signal */
  async #read(signal) {
    await stream(
      '/api/stream',
      (event, data) => {
        this.#hear(event, data)
        this.#say(event, data)
      },
      signal,
    )
  }

  /**
   * What another tab says.
   * @param {string} event
   * @param {unknown} data
   */
  #hearTab(event, data) {
    if (event === 'hello') {
      if (this.#leads) this.#share()
      return
    }
    if (!this.#leads) this.#tellLive(this.#lines)
    this.#hear(event, data)
  }

  #share() {
    this.#say('open', { sequence: this.#model.sequence, lines: this.#lines })
  }

  /**
   * Tells the other tabs.
   * @param {string} event
   * @param {unknown} data
   */
  #say(event, data) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
    this.#channel.postMessage({ event, data })
  }

  /**
   * @param {string} event
   * @param {unknown} data
   */
  #hear(event, data) {
    if (event === 'rows') {
      const part = /** @type {RowsShown} */ (data)
      this.#model.take(part.rows, part.oldest)
      this.#model.sequence = Math.max(this.#model.sequence, part.sequence)
      this.#listener.changed()
    } else if (event === 'clear') {
      this.#model.clear(this.#model.end)
      this.#listener.changed()
    } else if (event === 'lines') {
      this.#tellLive(/** @type {{ lines?: boolean }} */ (data).lines)
    } else if (event === 'open') {
      const { sequence, lines } = /** @type {RowsShown & { lines?: boolean }} */ (data)
      this.#tellLive(lines)
      if (sequence > this.#model.sequence) void this.#catchUp()
    } else if (event === 'gap') void this.#catchUp()
  }

  /**
   * Whether lines on the wire are kept as well.
   * @param {boolean} [lines]
   */
  #tellLive(lines = true) {
    this.#lines = lines
    this.#listener.state('live', lines ? 'Live' : 'Live, too busy to keep lines')
  }

  /** Asks for what has changed since the last thing that was heard. */
  async #catchUp() {
    if (this.#catching) return
    this.#catching = true
    try {
      const part = await rows(`limit=20000&after=${this.#model.sequence}`)
      this.#model.take(part.rows, part.oldest)
      this.#model.sequence = Math.max(this.#model.sequence, part.sequence)
      this.#listener.changed()
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#catching = false
    }
  }

  /** @param {unknown} error */
  #failed(error) {
    if (error instanceof DOMException && error.name === 'AbortError') return
    if (error instanceof ApiError) this.#listener.state('refused', error.message)
    else this.#listener.state('lost', 'The program does not answer')
  }
}

/**
 * A part of the list.
 * @param {string} query
 */
async function rows(query) {
  return /** @type {RowsShown} */ (await get(`/api/operations?${query}`))
}

/** Resolves when the tab is in sight. */
function visible() {
  return new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    const look = () => {
      if (document.visibilityState === 'hidden') return
      document.removeEventListener('visibilitychange', look)
      resolve()
    }
    document.addEventListener('visibilitychange', look)
    look()
  })
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
