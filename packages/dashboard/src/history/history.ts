/*
 * What the page shows, made of events alone: the last operations with their phases, lines and errors. Bounded in every
 * direction; runs within the watched program's own calls, so that it only writes down and never computes.
 */

import type {
  NetError,
  NetEvent,
  OperationEvent,
  PhaseEvent,
  RetryEvent,
  TransferEvent,
  WireEvent,
} from '@net/core'

import { cut, KeptOperation, NONE } from './kept-operation.ts'
import type { ErrorRecord, OperationRecord } from './operation-record.ts'

/** How much is kept. */
export interface HistoryLimits {
  /** The most operations; older ones are forgotten. */
  readonly operations: number
  /** The most characters of wire lines over all operations; those of older ones are forgotten. */
  readonly wire: number
}

/** The operations of one or more processes, the oldest first. */
export class History {
  /** Grows by one with each change. */
  sequence = 0
  /** How many operations there have been, forgotten ones included. */
  seen = 0
  readonly #limits: HistoryLimits
  readonly #ring: KeptOperation[] = []
  readonly #byId = new Map<number, KeptOperation>()
  #changed: KeptOperation[] | undefined
  /** The number of the last change that `drain` has given. */
  #drained = 0
  /** The operation of the last event, whose next event often follows. */
  #last: KeptOperation | undefined
  #wireSize = 0
  /** The operation whose lines are the next to be forgotten. */
  #wireOldest = 0
  /** The ordinal of the first operation since the history was empty. */
  #base = 0

  constructor(limits: HistoryLimits) {
    this.#limits = limits
  }

  /** How many operations are kept. */
  get size(): number {
    return this.#ring.length
  }

  /** The ordinal of the oldest operation that is kept. */
  get oldest(): number {
    return this.seen - this.#ring.length
  }

  /** Takes an event in. */
  take(event: NetEvent): void {
    switch (event.type) {
      case 'operation':
        return this.#takeOperation(event)
      case 'phase':
        return this.#takePhase(event)
      case 'wire':
        return this.#takeWire(event)
      case 'progress':
        return this.#takeProgress(event)
      case 'retry':
        return this.#takeRetry(event)
      case 'pool':
    }
  }

  /** The operation with that id, unless it is forgotten. */
  get(id: number): OperationRecord | undefined {
    return this.#byId.get(id)
  }

  #find(id: number): KeptOperation | undefined {
    if (this.#last?.id !== id) this.#last = this.#byId.get(id)
    return this.#last
  }

  /** The operations from one ordinal up to another, without that. */
  between(from: number, to: number): readonly OperationRecord[] {
    const first = Math.max(from, this.oldest)
    const records: OperationRecord[] = []
    for (let at = first; at < Math.min(to, this.seen); at++) records.push(this.#at(at))
    return records
  }

  /** What has changed since a number of `sequence`. */
  changedSince(sequence: number): readonly OperationRecord[] {
    return this.between(0, this.seen).filter(({ version }) => version > sequence)
  }

  /** The operations that ran within that one, at once or through others; the most of them. */
  within(id: number, most: number): readonly OperationRecord[] {
    const outer = new Set([id])
    const found: OperationRecord[] = []
    const first = this.#byId.get(id)?.ordinal ?? 0
    for (let at = Math.max(first, this.oldest); at < this.seen && found.length < most; at++) {
      const record = this.#at(at)
      if (record.parent === undefined || !outer.has(record.parent)) continue
      outer.add(record.id)
      found.push(record)
    }
    return found
  }

  /** From now on `drain` has what changes. */
  watch(): void {
    if (this.#changed !== undefined) return
    this.#changed = []
    this.#drained = this.sequence
  }

  /** Nobody asks for changes any more. */
  unwatch(): void {
    this.#changed = undefined
  }

  /** What has changed since the last call. */
  drain(): readonly OperationRecord[] {
    const records = this.#changed
    if (records === undefined || records.length === 0) return NONE
    this.#changed = []
    this.#drained = this.sequence
    // Of those that were forgotten since there is nothing to show.
    return records.filter((record) => this.#byId.get(record.id) === record)
  }

  /** Forgets every operation. Those under way are not heard of again. */
  clear(): void {
    this.#ring.length = 0
    this.#byId.clear()
    this.#last = undefined
    if (this.#changed !== undefined) this.#changed = []
    this.#wireSize = 0
    this.#wireOldest = this.seen
    this.#base = this.seen
    this.sequence++
  }

  #takeOperation(event: OperationEvent): void {
    if (event.state === 'start') return void this.#begin(event)
    // A warning may come alone, and an operation may have begun before anybody listened.
    const record = this.#find(event.id) ?? this.#begin(event)
    record.place(event)
    if (event.state === 'warning') this.#warn(record, event.message ?? '')
    else close(record, event)
    this.#touch(record)
  }

  #warn(record: KeptOperation, message: string): void {
    if (record.warnings.length < FEW) record.warnings = added(record.warnings, cut(message, TEXT))
    else record.left++
  }

  #begin(event: OperationEvent): KeptOperation {
    const record = this.#place()
    record.begin(event, this.seen)
    this.#byId.set(record.id, record)
    this.#last = record
    this.seen++
    this.#touch(record)
    return record
  }

  /** Of the oldest operation, which is forgotten for it, once there are as many as there may be. */
  #place(): KeptOperation {
    const { operations } = this.#limits
    const oldest = this.#ring[(this.seen - this.#base) % operations]
    if (oldest !== undefined) {
      this.#forget(oldest)
      return oldest
    }
    const made = new KeptOperation()
    this.#ring.push(made)
    return made
  }

  #takePhase(event: PhaseEvent): void {
    const record = this.#find(event.id)
    if (record === undefined) return
    if (event.state === 'start') record.beginPhase(event)
    else record.endPhase(event)
    this.#touch(record)
  }

  #takeWire(event: WireEvent): void {
    const record = this.#find(event.id)
    if (record === undefined) return
    if (record.ordinal < this.#wireOldest) record.left++
    else this.#wireSize += record.addLine(event)
    while (this.#wireSize > this.#limits.wire && this.#wireOldest < this.seen - 1) {
      this.#dropWire(this.#at(this.#wireOldest++))
    }
    this.#touch(record)
  }

  #takeProgress(event: TransferEvent): void {
    const record = this.#find(event.id)
    if (record === undefined) return
    record.transferred = event.transferred
    record.total = event.total
    this.#touch(record)
  }

  #takeRetry(event: RetryEvent): void {
    const record = this.#find(event.id)
    if (record === undefined) return
    const { time, attempt, delay, error } = event
    const { code } = error
    if (record.retries.length < FEW) {
      record.retries = added(record.retries, {
        time,
        attempt,
        delay,
        code,
        message: cut(error.message, TEXT),
      })
    } else record.left++
    this.#touch(record)
  }

  #touch(record: KeptOperation): void {
    if (record.version <= this.#drained) this.#changed?.push(record)
    record.version = ++this.sequence
  }

  #forget(record: KeptOperation): void {
    this.#dropWire(record)
    this.#wireOldest = Math.max(this.#wireOldest, record.ordinal + 1)
    if (this.#byId.get(record.id) === record) this.#byId.delete(record.id)
    if (this.#last === record) this.#last = undefined
  }

  #dropWire(record: KeptOperation): void {
    this.#wireSize -= record.dropLines()
  }

  #at(ordinal: number): KeptOperation {
    const record = this.#ring[(ordinal - this.#base) % this.#limits.operations]
    if (record === undefined) throw new RangeError(`there is no operation ${ordinal}`)
    return record
  }
}

function close(record: KeptOperation, event: OperationEvent): void {
  record.outcome = event.outcome ?? 'ok'
  record.duration = event.duration ?? event.time - record.start
  record.transferred = event.transferred ?? record.transferred
  record.status = event.status ?? event.error?.reply?.status
  if (event.error !== undefined) record.error = errorRecord(event.error)
}

/**
 * The list with one more in it. Most operations have no warnings or retries, and share one empty list; short ones are
 * copied, since an array that grows takes room for sixteen more.
 */
function added<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length < SHORT) return [...list, item]
  ;(list as T[]).push(item)
  return list
}

function errorRecord(error: NetError): ErrorRecord {
  const { name, code, message, retry } = error
  return { name, code, message: cut(message, TEXT), retry, whole: cut(wholeOf(error), WHOLE) }
}

function wholeOf(error: NetError): string {
  try {
    return JSON.stringify(error, undefined, 2)
  } catch (failure) {
    // What a caller put into it as a cause may have no JSON.
    return String(failure)
  }
}

const TEXT = 1000
const WHOLE = 16_384
/** Of what an operation hardly ever has more of. */
const FEW = 20
const SHORT = 4
