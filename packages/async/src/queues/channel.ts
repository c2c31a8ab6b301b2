/*
 * A channel: one end to send and one to receive, each of which can be held by several. When the last sender is closed,
 * the receivers come to an end; when the last receiver is closed, sending is an error.
 */

import { ITERATION_END } from '@net/core/authoring'

import type { NetError } from '@net/core'

import { ChannelCore, endClosed, noReceiver, noSender } from './channel-core.ts'
import { ItemLoop } from '../iterators/item-loop.ts'
import type { WaitOptions } from '../tasks/job.ts'
import { wholeOf } from '../option-checks.ts'
import { waitRefusal } from '../locks/wait-refusal.ts'

/**
 * A channel that holds up to `size` items; 0 makes each send wait for its receiver. `sender` and `receiver` are its
 * first ends; `clone` makes more. The constructor throws `NET_BAD_OPTION`.
 */
export class Channel<T> {
  readonly sender: Sender<T>
  readonly receiver: Receiver<T>
  readonly #core: ChannelCore<T>

  constructor(size: number) {
    this.#core = new ChannelCore(wholeOf('size', size))
    this.sender = new SendEnd(this.#core)
    this.receiver = new ReceiveEnd(this.#core)
  }

  /** The state at the moment. */
  statistics(): ChannelStatistics {
    const { size, buffered, peak, senders, receivers, sending, receiving } = this.#core
    return {
      size,
      buffered,
      peak,
      senders: senders.size,
      receivers: receivers.size,
      sending,
      receiving,
    }
  }
}

/** The state of a channel. */
export interface ChannelStatistics {
  /** How many items it may hold. */
  readonly size: number
  /** How many it holds. */
  readonly buffered: number
  /** The most that it ever held. */
  readonly peak: number
  /** How many ends are open. */
  readonly senders: number
  readonly receivers: number
  /** How many sends wait for room or a receiver, how many receivers for an item. */
  readonly sending: number
  readonly receiving: number
}

/** The end of a channel to put items in. */
export interface Sender<T> extends Disposable {
  /**
   * Sends the item; waits for room, or for a receiver if the channel holds nothing. A send that is aborted or times out has sent nothing.
   * Rejects with `NET_QUEUE_CLOSED` when no receiver is left, with `NET_CLOSED` when this end is closed.
   */
  send(item: T, options?: WaitOptions): Promise<void>
  /** Sends the item if that needs no waiting; true if it was sent. Throws the errors with which `send` rejects. */
  trySend(item: T): boolean
  /** Another sender of this channel, to be closed by itself. Throws `NET_CLOSED`. */
  clone(): Sender<T>
  /** Closes this end; what it sent already arrives. */
  close(): void
}

/**
 * The end of a channel to take items out. Iterating ends when no sender is left; leaving the loop leaves it open. In a
 * task, iterate over `items({ signal })`, so that the loop ends with the task.
 */
export interface Receiver<T> extends Disposable, AsyncIterable<T> {
  /**
   * Takes the next item. A wait that is aborted or times out has taken nothing. Rejects with `NET_QUEUE_CLOSED` when no sender is left and all
   * items were taken, with `NET_CLOSED` when this end is closed.
   */
  receive(options?: WaitOptions): Promise<T>
  /** Takes the next item if there is one at once, else undefined. Throws as `receive` rejects. */
  tryReceive(): T | undefined
  /**
   * Iterates until no sender is left and all items were taken. When `signal` aborts, the loop rejects with AbortError and
   * takes no further item; `timeout` limits the wait for each item (`NET_TIMEOUT_TOTAL`). Rejects with `NET_CLOSED` when
   * this end is closed.
   */
  items(options?: WaitOptions): AsyncIterableIterator<T> & AsyncDisposable
  /** Another receiver of this channel, to be closed by itself; each item goes to one of them. Throws `NET_CLOSED`. */
  clone(): Receiver<T>
  /** Closes this end. Closing the last one drops the items that were not received. */
  close(): void
}

class SendEnd<T> implements Sender<T> {
  readonly #core: ChannelCore<T>

  constructor(core: ChannelCore<T>) {
    this.#core = core
    core.senders.add(this)
  }

  send(item: T, options?: WaitOptions): Promise<void> {
    const refused = waitRefusal(options) ?? this.#fault()
    if (refused !== undefined) return Promise.reject(refused)
    return this.#core.accept(item) ? SENT : this.#core.send(this, item, options)
  }

  trySend(item: T): boolean {
    const fault = this.#fault()
    if (fault !== undefined) throw fault
    return this.#core.accept(item)
  }

  clone(): Sender<T> {
    if (!this.#core.senders.has(this)) throw endClosed()
    return new SendEnd(this.#core)
  }

  close(): void {
    this.#core.closeSender(this)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #fault(): NetError | undefined {
    if (!this.#core.senders.has(this)) return endClosed()
    return this.#core.unreceived ? noReceiver() : undefined
  }
}

class ReceiveEnd<T> implements Receiver<T> {
  readonly owner: this = this
  readonly #core: ChannelCore<T>

  constructor(core: ChannelCore<T>) {
    this.#core = core
    core.receivers.add(this)
  }

  receive(options?: WaitOptions): Promise<T> {
    const refused = waitRefusal(options) ?? this.#fault()
    if (refused !== undefined) return Promise.reject(refused)
    return this.#core.ready ? Promise.resolve(this.#core.take()) : this.#core.receive(this, options)
  }

  tryReceive(): T | undefined {
    const fault = this.#fault()
    if (fault !== undefined) throw fault
    return this.#core.ready ? this.#core.take() : undefined
  }

  clone(): Receiver<T> {
    if (!this.#core.receivers.has(this)) throw endClosed()
    return new ReceiveEnd(this.#core)
  }

  close(): void {
    this.#core.closeReceiver(this)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  items(options?: WaitOptions): AsyncIterableIterator<T> & AsyncDisposable {
    const source = {
      ready: () => this.#ready(),
      wait: (loop: ItemLoop<T>) => this.#core.receive(loop, options),
      withdraw: (loop: ItemLoop<T>, leaving: () => Error) => this.#core.withdraw(loop, leaving),
    }
    return new ItemLoop(this, source, options)
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> & AsyncDisposable {
    return this.items()
  }

  #ready(): IteratorResult<T, undefined> | undefined {
    if (!this.#core.receivers.has(this)) throw endClosed()
    if (this.#core.ready) return { done: false, value: this.#core.take() }
    return this.#core.ended ? ITERATION_END : undefined
  }

  #fault(): NetError | undefined {
    if (!this.#core.receivers.has(this)) return endClosed()
    return this.#core.ended ? noSender() : undefined
  }
}

const SENT: Promise<void> = Promise.resolve()
