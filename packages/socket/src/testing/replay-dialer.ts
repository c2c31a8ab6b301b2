/*
 * Plays the peer of a recorded transcript: each connection gets again what was received then, once it has sent what was sent
 * before. It must not know the protocol.
 */

import { formatEndpoint, type Endpoint, type NetErrorCode } from '@net/core'
import {
  abortError,
  argument,
  codes,
  inCall,
  netError,
  option,
  stoppable,
} from '@net/core/authoring'

import { roadOperation } from '../dial-operation.ts'
import type { Dialer, DialOptions } from '../dialer.ts'
import { socketErrors } from '../errors.ts'
import type { TlsOptions } from '../tls/options.ts'
import type { SecureOptions } from '../tls/secure-options.ts'
import type { ConnectionInfo, Transport } from '../transport.ts'
import { bytesIn, readTranscript, type TranscriptLine } from './transcript.ts'

/**
 * A dialer whose connections are those of a transcript that `recordDialer` wrote, in their order: a dial gets the next one to its endpoint, or
 * is refused where there is none. What was received comes once as much was sent as then: as many lines, and behind the last line
 * break as many bytes, so that dates, ids and passwords may differ. TLS succeeds where it did, without a handshake. Throws
 * `NET_BAD_OPTION`, and what the file system throws.
 */
export function replayDialer(file: string | URL): Dialer {
  inCall({ protocol: 'socket', call: 'replayDialer' }, () => argument('the file', option.url, file))
  const left = [...readTranscript(file)]
  return {
    name: 'replay',
    dial(endpoint, options) {
      const wanted = `${endpoint.scheme} ${formatEndpoint(endpoint)}`
      const at = left.findIndex(
        ([first]) => first !== undefined && Reflect.get(first, 'dial') === wanted,
      )
      const [lines] = at < 0 ? [] : left.splice(at, 1)
      return replayed(endpoint, options, lines?.slice(1))
    },
  }
}

function replayed(
  endpoint: Endpoint,
  options: DialOptions | undefined,
  lines: readonly TranscriptLine[] | undefined,
): Promise<Transport> {
  const spec = { protocol: endpoint.scheme, operation: 'dial', endpoint, errors: socketErrors }
  return roadOperation(spec, options, (op) =>
    op.phase('connect', async () => {
      if (lines === undefined) {
        const message = 'the transcript has no further connection to this endpoint'
        throw netError('NET_CONNECT_REFUSED', { message })
      }
      const [first] = lines
      if (first !== undefined && 'refused' in first) {
        throw netError(codeOf(first.refused), { message: first.message })
      }
      return new ReplayedTransport(endpoint, lines)
    }),
  )
}

class ReplayedTransport implements Transport {
  info: ConnectionInfo
  readonly #lines: readonly TranscriptLine[]
  #next = 0
  /** What was sent and belongs to lines to come. */
  #sent: Buffer = Buffer.alloc(0)
  #hasEnded = false
  /** A read from before TLS gets nothing of what comes after it. */
  #era = 0
  #failure: Error | undefined
  #changed = Promise.withResolvers<void>()

  constructor(endpoint: Endpoint, lines: readonly TranscriptLine[]) {
    this.info = { endpoint, hops: [], encrypted: false }
    this.#lines = lines
  }

  /** There is nobody to shake hands with, but for what has to be sent before. */
  secure(_tls: TlsOptions, options: SecureOptions): Promise<Transport> {
    const { endpoint } = this.info
    const spec = { protocol: 'tls', operation: 'secure', endpoint, errors: socketErrors }
    return roadOperation(spec, options, (op) =>
      op.phase('tls', () => stoppable(op, this.#secured())),
    )
  }

  async #secured(): Promise<Transport> {
    this.#era += 1
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure
      const line = this.#lines[this.#next]
      if (line === undefined) throw notRecorded('TLS')
      if ('tls' in line) {
        this.#next += 1
        const { tls: protocol, alpn } = line
        const named = alpn === undefined ? {} : { alpn }
        const tls = {
          protocol,
          cipher: 'replayed',
          authorized: true,
          resumed: false,
          chain: [],
          ...named,
        }
        this.info = { ...this.info, encrypted: true, tls }
        return this
      }
      if (!this.#isSent(line)) await this.#changed.promise
    }
  }

  async read(): Promise<Uint8Array | null> {
    const era = this.#era
    for (;;) {
      if (era !== this.#era) return new Promise<never>(() => {})
      if (this.#failure !== undefined) throw this.#failure
      const line = this.#lines[this.#next]
      // The recording ends here, and so does the peer.
      if (line === undefined || ('ended' in line && line.ended === 'peer')) return null
      if ('lost' in line)
        throw netError(codeOf(line.lost), { message: 'the connection was lost, as recorded' })
      const received = bytesIn(line, 'received')
      if (received !== undefined) {
        this.#next += 1
        return received
      }
      if (!this.#isSent(line)) await this.#changed.promise
    }
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    this.#sent = Buffer.concat([this.#sent, ...chunks])
    this.#tell()
  }

  async end(): Promise<void> {
    this.#hasEnded = true
    this.#tell()
  }

  async close(): Promise<void> {
    this.#fail(netError('NET_CLOSED', { message: 'the connection is closed' }))
  }

  abort(reason?: unknown): void {
    this.#fail(abortError(reason))
  }

  /** Whether what a line says of our side has happened; it is passed then. */
  #isSent(line: TranscriptLine): boolean {
    const bytes = bytesIn(line, 'sent')
    const size = bytes === undefined ? this.#sizeOfEnd() : sizeLike(this.#sent, bytes)
    if (size === undefined) return false
    this.#sent = this.#sent.subarray(size)
    this.#next += 1
    return true
  }

  #sizeOfEnd(): number | undefined {
    return this.#hasEnded ? 0 : undefined
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#tell()
  }

  #tell(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

/** How many of the bytes are as much as the recorded ones; undefined if they are fewer. */
function sizeLike(sent: Buffer, recorded: Uint8Array): number | undefined {
  const last = recorded.lastIndexOf(LINE_FEED)
  let at = 0
  for (const byte of recorded) {
    if (byte !== LINE_FEED) continue
    at = sent.indexOf(LINE_FEED, at) + 1
    if (at === 0) return undefined
  }
  const size = at + recorded.length - last - 1
  return size > sent.length ? undefined : size
}

function codeOf(text: string): NetErrorCode {
  return Object.hasOwn(codes, text) ? (text as NetErrorCode) : 'NET_CONN_CLOSED'
}

function notRecorded(what: string): Error {
  return netError('NET_TLS_HANDSHAKE', { message: `the transcript has no ${what} here` })
}

const LINE_FEED = 10
