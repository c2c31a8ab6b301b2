/* The output of a process, kept up to a limit. It must not know the process. */

import type { Readable } from 'node:stream'

import { ByteQueue, netError } from '@net/core/authoring'

/** Both outputs, as text or as bytes. */
export interface Printed {
  readonly stdout: string | Uint8Array
  readonly stderr: string | Uint8Array
}

/** Collects both outputs of a process. */
export class PrintedOutput {
  readonly #kept = { stdout: new ByteQueue(), stderr: new ByteQueue() }
  readonly #limit: number
  #size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** How many bytes are kept. */
  get size(): number {
    return this.#size
  }

  /**
   * Collects what comes; `full` is called with `NET_PROTO_LIMIT` when it is more than the limit, and nothing more is
   * kept, and with the error of an output that cannot be read.
   */
  listen(stdout: Readable, stderr: Readable, full: (error: Error) => void): void {
    for (const output of [stdout, stderr]) output.on('error', full)
    stdout.on('data', (chunk: Uint8Array) => this.#take('stdout', chunk, full))
    stderr.on('data', (chunk: Uint8Array) => this.#take('stderr', chunk, full))
  }

  /** The collected output. */
  taken(as: 'text' | 'bytes'): Printed {
    const [stdout, stderr] = [this.#whole('stdout'), this.#whole('stderr')]
    if (as === 'bytes') return { stdout, stderr }
    return { stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') }
  }

  #take(name: 'stdout' | 'stderr', chunk: Uint8Array, full: (error: Error) => void): void {
    if (this.#size > this.#limit) return
    this.#size += chunk.length
    this.#kept[name].push(chunk)
    if (this.#size <= this.#limit) return
    const message = `the process printed more than ${this.#limit} bytes`
    full(netError('NET_PROTO_LIMIT', { message, limit: this.#limit }))
  }

  #whole(name: 'stdout' | 'stderr'): Buffer {
    const whole = this.#kept[name].peek(Infinity)
    return Buffer.from(whole.buffer, whole.byteOffset, whole.length)
  }
}
