/* Delivery by a transport that can only be read: one read after the other, as long as the receiver has room. */

import type { Inflow, ByteReceiver, Transport } from './transport.ts'

import { isNetError, type NetError } from '@net/core'
import { netError } from '@net/core/authoring'

/** Has the transport deliver to the receiver, by itself or read by read. */
export function deliverTo(transport: Pulled, receiver: ByteReceiver): Inflow {
  return transport.deliver?.(receiver) ?? new PulledInflow(transport, receiver)
}

/** What can be read, and perhaps delivers. */
type Pulled = Pick<Transport, 'read' | 'deliver'>

class PulledInflow implements Inflow {
  readonly #transport: Pulled
  readonly #receiver: ByteReceiver
  #pulling: Promise<Uint8Array | null> | undefined
  #isOver = false

  constructor(transport: Pulled, receiver: ByteReceiver) {
    this.#transport = transport
    this.#receiver = receiver
    this.resume()
  }

  resume(): void {
    if (this.#pulling !== undefined || this.#isOver) return
    const pulling = this.#transport.read()
    this.#pulling = pulling
    pulling.then(
      (chunk) => {
        if (this.#pulling === pulling) this.#read(chunk)
      },
      (error: unknown) => {
        if (this.#pulling === pulling) this.#failed(error)
      },
    )
  }

  stop(): Promise<Uint8Array | null> | undefined {
    const pulling = this.#pulling
    this.#pulling = undefined
    this.#isOver = true
    return pulling
  }

  #read(chunk: Uint8Array | null): void {
    this.#pulling = undefined
    if (chunk === null) {
      this.#isOver = true
      this.#receiver.ended()
    } else if (this.#receiver.arrived(chunk)) this.resume()
  }

  #failed(error: unknown): void {
    this.#pulling = undefined
    this.#isOver = true
    this.#receiver.lost(known(error))
  }
}

function known(error: unknown): NetError {
  if (isNetError(error)) return error
  return netError('NET_INTERNAL', { message: 'the transport failed', cause: error })
}
