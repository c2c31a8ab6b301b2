/* What a program prints on its two outputs, kept up to a limit. It must not know the program. */

import { netError, type NetError } from '../errors/net-error.ts'
import { redact } from '../redaction/redact.ts'
import { ByteStore } from './byte-store.ts'

/** Both outputs, as text or as bytes. */
export interface Printed {
  readonly stdout: string | Uint8Array
  readonly stderr: string | Uint8Array
}

/** Collects both outputs of one program. */
export class PrintedOutput {
  readonly #kept: { readonly stdout: ByteStore; readonly stderr: ByteStore }
  readonly #who: string
  readonly #limit: number
  readonly #full: (error: NetError) => void
  #size = 0
  #stopped = false

  /**
   * `full` is called once, with `NET_PROTO_LIMIT`, when both outputs together are more than `limit` bytes; nothing is kept
   * from then on. `who` printed them, as the error says it: `the process`.
   */
  constructor(who: string, limit: number, full: (error: NetError) => void) {
    this.#kept = { stdout: new ByteStore(limit), stderr: new ByteStore(limit) }
    this.#who = who
    this.#limit = limit
    this.#full = full
  }

  /** How many bytes were printed. */
  get size(): number {
    return this.#size
  }

  /** Whether the next chunk of this output is copied, and may change afterwards. */
  copies(name: 'stdout' | 'stderr'): boolean {
    return this.#kept[name].copies
  }

  take(name: 'stdout' | 'stderr', chunk: Uint8Array): void {
    if (this.#stopped) return
    this.#size += chunk.length
    this.#kept[name].push(chunk)
    if (this.#size <= this.#limit) return
    this.#stopped = true
    const message = `${this.#who} printed more than ${this.#limit} bytes`
    this.#full(netError('NET_PROTO_LIMIT', { message, limit: this.#limit }))
  }

  /** Keeps nothing more. */
  stop(): void {
    this.#stopped = true
  }

  /** What was collected. */
  printed(as: 'text' | 'bytes'): Printed {
    const [stdout, stderr] = [this.#whole('stdout'), this.#whole('stderr')]
    if (as === 'bytes') return { stdout, stderr }
    return { stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') }
  }

  #whole(name: 'stdout' | 'stderr'): Buffer {
    const whole = this.#kept[name].whole()
    return Buffer.from(whole.buffer, whole.byteOffset, whole.length)
  }
}

/** The same without held secrets, where it is text; bytes stay as they are. */
export function printedWithoutSecrets({ stdout, stderr }: Printed): Printed {
  return { stdout: clean(stdout), stderr: clean(stderr) }
}

/** The last line of an output, as errors show it: at most 200 characters. */
export function lastLine(output: string | Uint8Array): string {
  const text = typeof output === 'string' ? output : Buffer.from(output).toString('utf8')
  return text.trimEnd().split('\n').at(-1)?.slice(0, SHOWN) ?? ''
}

function clean(printed: string | Uint8Array): string | Uint8Array {
  return typeof printed === 'string' ? redact(printed) : printed
}

const SHOWN = 200
