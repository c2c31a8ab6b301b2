/*
 * What the ends of a channel share: the items, and who waits at which end. It does not know what an end looks like.
 */

import type { NetError } from '@net/core'
import { WaitList, netError } from '@net/core/authoring'

import type { WaitOptions } from '../tasks/job.ts'
import { Ring } from './ring.ts'

/** The inside of a channel. An end is any object; it must be open in every call but `opened`. */
export class ChannelCore<T> {
  /** How many items it may hold. */
  readonly size: number
  readonly senders: Set<object> = new Set()
  readonly receivers: Set<object> = new Set()
  readonly #items = new Ring<T>()
  readonly #sending = new WaitList<void, Sending<T>>({ what: 'room in the channel' })
  readonly #receiving = new WaitList<T, Receiving>({ what: 'an item of the channel' })
  #peak = 0

  constructor(size: number) {
    this.size = size
  }

  /** How many items it holds. */
  get buffered(): number {
    return this.#items.size
  }

  /** The most items that it ever held. */
  get peak(): number {
    return this.#peak
  }

  /** How many sends wait. */
  get sending(): number {
    return this.#sending.size
  }

  /** How many receivers wait. */
  get receiving(): number {
    return this.#receiving.size
  }

  /** Whether the other side of the senders is gone. */
  get unreceived(): boolean {
    return this.receivers.size === 0
  }

  /** Whether no item is there and none can come. */
  get ended(): boolean {
    return this.senders.size === 0 && this.#items.size === 0
  }

  /** Whether `take` would have an item. */
  get ready(): boolean {
    return this.#items.size > 0 || this.#sending.size > 0
  }

  /** Hands the item to a receiver or the buffer; false if neither has room. */
  accept(item: T): boolean {
    const receiver = this.#receiving.shift()
    if (receiver !== undefined) {
      receiver.grant(item)
      return true
    }
    if (this.#items.size >= this.size) return false
    this.#push(item)
    return true
  }

  /** Waits for a receiver or room. */
  send(end: object, item: T, options: WaitOptions | undefined): Promise<void> {
    return this.#sending.wait({ end, item }, options)
  }

  /** The next item; there must be one. */
  take(): T {
    const sender = this.#sending.shift()
    sender?.grant()
    if (this.#items.size === 0) return (sender as { readonly detail: Sending<T> }).detail.item
    const item = this.#items.take()
    if (sender !== undefined) this.#push(sender.detail.item)
    return item
  }

  /** Waits for an item, for an end or a loop over it. */
  receive(receiver: Receiving, options: WaitOptions | undefined): Promise<T> {
    return this.#receiving.wait(receiver, options)
  }

  /** Ends the waits of one loop. */
  withdraw(loop: Receiving, error: () => Error): void {
    this.#receiving.failAll(error, (receiver) => receiver === loop)
  }

  /** A sender has closed. */
  closeSender(end: object): void {
    this.senders.delete(end)
    this.#sending.failAll(endClosed, (sending) => sending.end === end)
    if (this.senders.size === 0) this.#receiving.failAll(noSender)
  }

  /** A receiver has closed. */
  closeReceiver(end: object): void {
    this.receivers.delete(end)
    this.#receiving.failAll(endClosed, (receiver) => receiver.owner === end)
    if (this.receivers.size > 0) return
    this.#sending.failAll(noReceiver)
    while (this.#items.size > 0) this.#items.take()
  }

  #push(item: T): void {
    this.#items.push(item)
    this.#peak = Math.max(this.#peak, this.#items.size)
  }
}

/** The error of a call on an end that is closed. */
export function endClosed(): NetError {
  return netError('NET_CLOSED', { message: 'this end of the channel is closed' })
}

/** The error of sending without a receiver. */
export function noReceiver(): NetError {
  return netError('NET_QUEUE_CLOSED', { message: 'every receiver of the channel is closed' })
}

/** The error of receiving without a sender. */
export function noSender(): NetError {
  return netError('NET_QUEUE_CLOSED', { message: 'every sender of the channel is closed' })
}

/** Who waits for an item: an end, which owns itself, or a loop over one. */
export interface Receiving {
  readonly owner: object
}

interface Sending<T> {
  readonly end: object
  readonly item: T
}
