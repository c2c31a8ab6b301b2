/*
 * What stands below a TLS that may end while its connection goes on: hands TLS one record at a time, so that what follows its last
 * one is left for the connection. It must not know what is in the records.
 */

import { ByteQueue } from '@net/core/authoring'

import { DONE } from '../handled.ts'
import type { Leftover } from '../read-side.ts'
import type { ConnectionInfo, Transport } from '../transport.ts'

/** The transport of one TLS. */
export class RecordGate implements Transport {
  readonly info: ConnectionInfo
  /** Whether TLS has heard of the peer's end. */
  hasEnded: () => boolean = () => false
  readonly #inner: Transport
  readonly #queue = new ByteQueue()
  #pulling: Promise<Uint8Array | null> | undefined
  #isPeerGone = false
  #isHeld = false
  #isClosed = false

  constructor(inner: Transport) {
    this.info = inner.info
    this.#inner = inner
  }

  async read(): Promise<Uint8Array | null> {
    // TLS has a look at the record before: it may have been its last one.
    await new Promise((turn) => setImmediate(turn))
    for (;;) {
      if (this.#isClosed || this.hasEnded()) return new Promise<never>(() => {})
      const size = recordSize(this.#queue)
      if (size !== undefined && size <= this.#queue.length) return this.#queue.take(size)
      if (this.#isPeerGone) return this.#queue.length > 0 ? this.#queue.next() : null
      await this.#pull()
    }
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    return this.#inner.write(chunks)
  }

  flush(): Promise<void> {
    return this.#inner.flush?.() ?? this.#inner.write([])
  }

  /** TLS has said its own end; that of the connection is another matter. */
  end(): Promise<void> {
    return DONE
  }

  close(): Promise<void> {
    return this.#isHeld ? DONE : this.#inner.close()
  }

  abort(reason?: unknown): void {
    if (!this.#isHeld) this.#inner.abort(reason)
  }

  /** From here on the end of TLS does not close the connection. */
  hold(): void {
    this.#isHeld = true
  }

  /** What has arrived behind the last record. */
  leave(): Leftover {
    this.#isClosed = true
    const bytes = this.#queue.take(this.#queue.length)
    return { bytes, ended: this.#isPeerGone, pulling: this.#pulling }
  }

  async #pull(): Promise<void> {
    const pulling = this.#inner.read()
    this.#pulling = pulling
    const chunk = await pulling
    // Whoever took the rest has taken this as well.
    if (this.#isClosed) return
    this.#pulling = undefined
    if (chunk === null) this.#isPeerGone = true
    else this.#queue.push(chunk)
  }
}

/** The size of the record that begins here; undefined until its head has arrived. */
function recordSize(queue: ByteQueue): number | undefined {
  const [high, low] = [queue.byteAt(3), queue.byteAt(4)]
  return high === undefined || low === undefined ? undefined : HEAD + high * 256 + low
}

/** Type, version and length (RFC 8446, section 5.1). */
const HEAD = 5
