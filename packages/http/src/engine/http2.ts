/*
 * HTTP/2 by Node. A connection gets a socket that is connected and agreed on `h2` already, and takes no more
 * exchanges than the server has said it takes. Repeats nothing and connects to nothing by itself.
 */

import { connect, constants, type ClientHttp2Session, type Settings } from 'node:http2'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { NetError } from '@net/core'
import { clock, netError, translate, type Timer } from '@net/core/authoring'

import type { ConnectionEvents, HttpConnection, SharedConnection } from '../connection.ts'
import { http2Errors } from './http2-errors.ts'
import { Http2Lane } from './http2-lane.ts'
import { HEAD_LIMIT } from '../http1/head.ts'

/** What a connection has of its client. */
export interface Http2Options {
  readonly events: ConnectionEvents
  /** How many bytes a header section may have; default 65,536. */
  readonly maxHeaderBytes?: number | undefined
  /** For how many milliseconds it is kept unused. */
  readonly idleTime?: number | undefined
  /** Default: the server is asked, whatever it says of that. */
  readonly pings?: PingConsent | undefined
}

/** Whether a server is asked for signs of life (PING), over all connections to it. */
export interface PingConsent {
  readonly isRefused: boolean
  /** The server wants fewer of them (ENHANCE_YOUR_CALM). */
  refused(): void
}

/** A connection that speaks HTTP/2. */
export class Http2Connection implements SharedConnection {
  /** Resolves once the settings of the server have arrived; rejects with a NetError if the connection ends before. */
  readonly ready: Promise<void>
  readonly #session: ClientHttp2Session
  readonly #authority: string
  readonly #events: ConnectionEvents
  readonly #maxHeaderBytes: number
  readonly #idleTime: number
  readonly #pings: PingConsent
  readonly #lanes = new Set<Http2Lane>()
  #exchanges = 0
  #most = 0
  #gone = false
  #silence: Timer | undefined
  /** Runs while the server is asked whether it is still there, and calls go on. */
  #probe: Timer | undefined
  readonly #bytes: () => number
  #bytesBefore = 0
  #heard = clock().now()

  constructor(
    socket: Duplex,
    url: URL,
    { events, maxHeaderBytes = HEAD_LIMIT, idleTime = LONGEST_REST, pings = ALWAYS }: Http2Options,
  ) {
    this.#idleTime = idleTime
    this.#pings = pings
    this.#maxHeaderBytes = maxHeaderBytes
    this.#authority = url.host
    this.#bytes = () => (socket as Partial<Socket>).bytesRead ?? 0
    this.#events = events
    const settings = {
      enablePush: false,
      initialWindowSize: WINDOW,
      maxHeaderListSize: maxHeaderBytes,
    }
    const session = connect(url.origin, {
      createConnection: () => socket,
      settings,
      maxHeaderListPairs: MOST_FIELDS,
      maxSessionMemory: MEMORY,
    })
    this.#session = session
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ready = promise
    // The failure rejects the waiting calls; a later loss fails each exchange.
    promise.catch(() => {})
    session.on('error', (error) => reject(translate(error, http2Errors, {})))
    session.on('remoteSettings', ({ maxConcurrentStreams = MOST_LANES }: Settings) => {
      this.#most = Math.min(maxConcurrentStreams, MOST_LANES)
      session.setLocalWindowSize(CONNECTION_WINDOW)
      resolve()
      this.#room()
    })
    session.on('timeout', () => this.destroy())
    // What came last is looked through first: Node drops it with a socket that closes by itself, and overlooks the end
    // of one that does not.
    socket.allowHalfOpen = true
    socket.once('end', () => this.#end())
    session.once('goaway', (code) => {
      if (code === constants.NGHTTP2_ENHANCE_YOUR_CALM) this.#pings.refused()
      this.#leave()
    })
    session.once('close', () => {
      reject(closed())
      this.#leave()
    })
  }

  get open(): boolean {
    return (
      !this.#gone &&
      this.#silence === undefined &&
      !this.#session.closed &&
      !this.#session.destroyed
    )
  }

  get busy(): number {
    return this.#lanes.size
  }

  get isHeld(): boolean {
    return this.busy > 0 && this.#lanes.values().every((lane) => lane.isHeld)
  }

  lane(): HttpConnection | undefined {
    if (!this.open || this.busy >= this.#most) return undefined
    this.#exchanges += 1
    this.#session.setTimeout(0)
    this.#session.ref()
    this.#doubt()
    const lane: Http2Lane = new Http2Lane({
      session: this.#session,
      authority: this.#authority,
      exchanges: this.#exchanges,
      maxHeaderBytes: this.#maxHeaderBytes,
      left: (finished) => this.#left(lane, finished),
    })
    this.#lanes.add(lane)
    return lane
  }

  destroy(): void {
    this.#lose(netError('NET_CONN_CLOSED', { message: 'the client closed the connection' }))
  }

  /** Nothing more will come; Node may still have to look through what came last. */
  #end(): void {
    this.#leave()
    const flush = (): void => {
      for (const lane of this.#lanes) lane.flush()
    }
    flush()
    if (this.#lanes.size === 0) {
      this.#lose(closed())
      return
    }
    clock().after(LAST_LOOK, () => {
      flush()
      this.#lose(closed())
    })
  }

  /** All calls that are running fail with our error, so that none of them ends as if it were complete. */
  #lose(error: NetError): void {
    this.#silence?.clear()
    this.#probe?.clear()
    for (const lane of this.#lanes) lane.lose(error)
    this.#session.destroy()
    this.#leave()
  }

  #left(lane: Http2Lane, finished: boolean): void {
    this.#lanes.delete(lane)
    this.#listen()
    if (this.#gone || this.#session.destroyed) return
    if (this.busy === 0) this.#rest()
    if (finished || this.#pings.isRefused) this.#room()
    else this.#ask()
  }

  /** Unused: it does not keep the process alive, and is closed soon. */
  #rest(): void {
    this.#session.unref()
    this.#session.setTimeout(this.#idleTime)
  }

  /** An exchange was aborted, perhaps because the server has failed: no other one begins before the server has answered. */
  #ask(): void {
    if (this.#silence !== undefined) return
    this.#silence = clock().after(LONGEST_SILENCE, () => this.#dead())
    const answered = (error: Error | null): void => {
      this.#silence?.clear()
      this.#silence = undefined
      if (error === null) this.#room()
    }
    if (!this.#session.ping(answered)) this.destroy()
  }

  /** Whether anything has come since the last look. */
  #listen(): boolean {
    const bytes = this.#bytes()
    if (bytes === this.#bytesBefore) return false
    this.#bytesBefore = bytes
    this.#heard = clock().now()
    return true
  }

  /** A connection of which nothing was heard for a while may have been cut without a word: with the next request goes a PING. */
  #doubt(): void {
    const isQuiet = clock().now() - this.#heard >= QUIET
    this.#listen()
    if (!isQuiet || this.#pings.isRefused) return
    if (this.#probe !== undefined || this.#silence !== undefined) return
    this.#heard = clock().now()
    this.#session.ping(() => this.#answered())
    this.#awaitLife()
  }

  #awaitLife(): void {
    this.#probe = clock().after(LONGEST_SILENCE, () => {
      // A server that is busy sending is there as well.
      if (this.#listen()) this.#awaitLife()
      else this.#dead()
    })
  }

  #answered(): void {
    this.#listen()
    this.#probe?.clear()
    this.#probe = undefined
  }

  #dead(): void {
    const message = `the server did not answer PING within ${LONGEST_SILENCE} ms`
    this.#lose(netError('NET_TIMEOUT_KEEPALIVE', { message, limit: LONGEST_SILENCE }))
  }

  #room(): void {
    if (!this.#gone) this.#events.free(this)
  }

  /** Running exchanges may go on; no other one begins. */
  #leave(): void {
    if (this.#gone) return
    this.#gone = true
    this.#events.gone(this)
  }
}

function closed(): NetError {
  return netError('NET_CONN_CLOSED', { message: 'the server closed the connection' })
}

const ALWAYS: PingConsent = { isRefused: false, refused() {} }
/** How much of one answer may be on its way unread; also what waits here when its reader is slow. */
const WINDOW = 262_144
const CONNECTION_WINDOW = 4_194_304
/** In megabytes. Node refuses heads of answers while more is queued; `MOST_LANES` uploads queue a tenth of it. */
const MEMORY = 64
/** Also where the server sets no limit. */
const MOST_LANES = 100
const MOST_FIELDS = 1000
const LONGEST_REST = 4000
const LONGEST_SILENCE = 5000
const QUIET = 10_000
const LAST_LOOK = 50
