/*
 * From a transport to a sink: reading goes on while the sink writes, and what arrives meanwhile is written as one. Limits
 * and progress cost a batch and not a chunk. It must not know the protocol, nor what the sink is.
 */

import type { NetError } from '@net/core'
import { BatchWriter, type BatchTarget, type Operation } from '@net/core/authoring'

import { deliverTo } from '../pulled-inflow.ts'
import type { Inflow, ByteReceiver, Transport } from '../transport.ts'

/** Where received bytes go. */
export type ReceivingSink = Pick<BatchTarget, 'write' | 'lends' | 'written'>

/**
 * Moves everything until the peer ends; resolves when it is written. What arrived before a loss is written before this
 * rejects with it. A write that fails aborts the transport at once. `idle` runs while it is the peer that we wait for.
 */
export function receiveAll(
  op: Operation,
  transport: Transport,
  sink: ReceivingSink,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const receiving = new Receiving(op, transport, { sink, resolve, reject })
    receiving.begin()
  })
}

interface Receipt {
  readonly sink: ReceivingSink
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

class Receiving implements ByteReceiver, BatchTarget {
  readonly lends: boolean
  readonly #op: Operation
  readonly #transport: Transport
  readonly #receipt: Receipt
  readonly #writer: BatchWriter
  #inflow: Inflow | undefined
  #forget: (() => void) | undefined
  #isOver = false

  constructor(op: Operation, transport: Transport, receipt: Receipt) {
    this.lends = receipt.sink.lends
    this.#op = op
    this.#transport = transport
    this.#receipt = receipt
    this.#writer = new BatchWriter(this)
  }

  begin(): void {
    this.#op.idle.start()
    this.#forget = this.#op.onAbort((reason) => this.failed(reason))
    try {
      this.#inflow = deliverTo(this.#transport, this)
    } catch (error) {
      this.failed(error)
    }
  }

  memory(): Uint8Array | undefined {
    return this.#isOver ? undefined : this.#writer.memory()
  }

  arrived(chunk: Uint8Array): boolean {
    if (this.#isOver) return false
    this.#op.idle.moved(chunk.length)
    const hasRoom = this.#writer.add(chunk)
    if (!hasRoom) this.#op.idle.stop()
    return hasRoom
  }

  ended(): void {
    this.#op.idle.stop()
    void this.#writer.end().then(() => this.#end(this.#receipt.resolve))
  }

  lost(error: NetError): void {
    this.#op.idle.stop()
    void this.#writer.end().then(() => this.failed(error))
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    return this.#receipt.sink.write(chunks)
  }

  written(bytes: number): void {
    if (!this.#isOver) this.#receipt.sink.written(bytes)
  }

  room(): void {
    if (this.#isOver) return
    this.#op.idle.start()
    this.#inflow?.resume()
  }

  /** The write, or all of it. */
  failed(error: unknown): void {
    this.#end(() => {
      // The peer may have nothing to say, and its bytes have no reader any more.
      this.#transport.abort(error)
      this.#receipt.reject(error)
    })
  }

  #end(settle: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#forget?.()
    this.#op.idle.stop()
    void this.#inflow?.stop()?.catch(() => {})
    settle()
  }
}
