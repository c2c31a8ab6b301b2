/*
 * Keeps what goes over connections in a file, so that a user's trouble becomes a test. Where TLS begins, it is what TLS protects
 * that is kept.
 */

import { formatEndpoint, isNetError, type NetError } from '@net/core'
import { argument, inCall, option } from '@net/core/authoring'

import { dialer as isDialer, type Dialer } from '../dialer.ts'
import type { TlsOptions } from '../tls/options.ts'
import { withLeftover } from '../leftover-transport.ts'
import type { SecureOptions } from '../tls/secure-options.ts'
import { secure } from '../tls/secure.ts'
import type { ConnectionInfo, Transport } from '../transport.ts'
import { addLine, beginTranscript, moved, type TranscriptLine } from './transcript.ts'

/**
 * A dialer that writes down what its connections send and receive, in lines of JSON, to a file that is begun anew. Passwords and other
 * secrets that this process holds are struck out; what is private in the data is not, so look at it before you pass it on. TLS is
 * recorded as what it protects; SSH is encrypted by itself, and not worth recording. `listen` is not recorded. Throws `NET_BAD_OPTION`, and what the
 * file system throws.
 */
export function recordDialer(dialer: Dialer, file: string | URL): Dialer {
  inCall({ protocol: 'socket', call: 'recordDialer' }, () => {
    argument('the dialer', isDialer, dialer)
    argument('the file', option.url, file)
  })
  beginTranscript(file)
  let dialed = 0
  return {
    name: `recorded ${dialer.name}`,
    async dial(endpoint, options) {
      const connection = (dialed += 1)
      const keep = (what: Happening): void => addLine(file, { connection, ...what })
      keep({ dial: `${endpoint.scheme} ${formatEndpoint(endpoint)}` })
      try {
        return new RecordedTransport(await dialer.dial(endpoint, options), keep)
      } catch (error) {
        if (isNetError(error)) keep({ refused: error.code, message: error.message })
        throw error
      }
    },
    ...(dialer.listen === undefined ? {} : { listen: dialer.listen.bind(dialer) }),
  }
}

type Happening = TranscriptLine extends infer L
  ? L extends L
    ? Omit<L, 'connection'>
    : never
  : never
type Keep = (what: Happening) => void

class RecordedTransport implements Transport {
  readonly info: ConnectionInfo
  declare readonly closed?: Promise<NetError | undefined>
  readonly #inner: Transport
  readonly #keep: Keep
  /** The read that is under way. */
  #pulling: Promise<Uint8Array | null> | undefined
  #isSecured = false

  constructor(inner: Transport, keep: Keep) {
    this.info = inner.info
    if (inner.closed !== undefined) this.closed = inner.closed
    this.#inner = inner
    this.#keep = keep
  }

  /** TLS goes below the recorder. */
  async secure(tls: TlsOptions, options: SecureOptions): Promise<Transport> {
    this.#isSecured = true
    const leftover = { bytes: NOTHING, ended: false, pulling: this.#pulling }
    const secured = await secure(withLeftover(this.#inner, leftover), tls, options)
    const { protocol = 'unknown', alpn } = secured.info.tls ?? {}
    this.#keep({ tls: protocol, ...(alpn === undefined ? {} : { alpn }) })
    return new RecordedTransport(secured, this.#keep)
  }

  async read(): Promise<Uint8Array | null> {
    try {
      const pulling = this.#inner.read()
      this.#pulling = pulling
      const chunk = await pulling
      // What belongs to the handshake is nobody's to read.
      if (this.#isSecured) return chunk
      this.#pulling = undefined
      this.#keep(chunk === null ? { ended: 'peer' } : moved('received', chunk))
      return chunk
    } catch (error) {
      if (isNetError(error)) this.#keep({ lost: error.code })
      throw error
    }
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    if (chunks.length > 0) this.#keep(moved('sent', Buffer.concat(chunks)))
    await this.#inner.write(chunks)
  }

  async flush(): Promise<void> {
    await (this.#inner.flush?.() ?? this.#inner.write([]))
  }

  async end(): Promise<void> {
    this.#keep({ ended: 'us' })
    await this.#inner.end()
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  abort(reason?: unknown): void {
    this.#inner.abort(reason)
  }
}

const NOTHING: Uint8Array = new Uint8Array(0)
