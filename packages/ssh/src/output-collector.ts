/* What a command printed, kept up to a limit. Knows nothing of the command. */

import type { NetError } from '@net/core'
import { ByteQueue, netError } from '@net/core/authoring'

/** Both outputs, as text or as bytes. */
export interface Printed {
  readonly stdout: string | Uint8Array
  readonly stderr: string | Uint8Array
}

/** Collects both outputs of a command. */
export class OutputCollector {
  readonly #kept = { stdout: new ByteQueue(), stderr: new ByteQueue() }
  readonly #limit: number
  readonly #full: (error: NetError) => void
  #size = 0
  #stopped = false

  /** `full` is called once, when both outputs together are more than `limit` bytes; nothing is kept from then on. */
  constructor(limit: number, full: (error: NetError) => void) {
    this.#limit = limit
    this.#full = full
  }

  /** How many bytes were printed. */
  get size(): number {
    return this.#size
  }

  take(name: 'stdout' | 'stderr', chunk: Uint8Array): void {
    if (this.#stopped) return
    this.#size += chunk.length
    this.#kept[name].push(chunk)
    if (this.#size <= this.#limit) return
    this.#stopped = true
    const message = `the command printed more than ${this.#limit} bytes`
    this.#full(netError('NET_PROTO_LIMIT', { message, limit: this.#limit }))
  }

  /** Keeps nothing more. */
  stop(): void {
    this.#stopped = true
  }

  printed(as: 'text' | 'bytes'): Printed {
    const [stdout, stderr] = [this.#whole('stdout'), this.#whole('stderr')]
    if (as === 'bytes') return { stdout, stderr }
    return { stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') }
  }

  #whole(name: 'stdout' | 'stderr'): Buffer {
    const whole = this.#kept[name].peek(Infinity)
    return Buffer.from(whole.buffer, whole.byteOffset, whole.length)
  }
}
