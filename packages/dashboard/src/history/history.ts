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

import type { ErrorRecord, OperationRecord, PhaseRecord } from './operation-record.ts'

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
  readonly #ring: OperationRecord[] = []
  readonly #byId = new Map<number, OperationRecord>()
  #changed: OperationRecord[] | undefined
  /** The number of the last change that `drain` has given. */
  #drained = 0
  /** The operation of the last event, whose next event often follows. */
  #last: OperationRecord | undefined
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

  #find(id: number): OperationRecord | undefined {
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
    if (event.target !== undefined) record.target = cut(event.target, TARGET)
    if (event.endpoint !== undefined) record.endpoint = cut(event.endpoint, ENDPOINT)
    if (event.state === 'warning') this.#warn(record, event.message ?? '')
    else close(record, event)
    this.#touch(record)
  }

  #warn(record: OperationRecord, message: string): void {
    if (record.warnings.length < FEW) record.warnings = added(record.warnings, cut(message, TEXT))
    else record.left++
  }

  #begin(event: OperationEvent): OperationRecord {
    const record: OperationRecord = {
      ordinal: this.seen,
      id: event.id,
      parent: event.parent,
      client: event.client,
      protocol: cut(event.protocol, NAME),
      operation: cut(event.operation, NAME),
      start: event.time - (event.duration ?? 0),
      target: cut(event.target ?? '', TARGET),
      endpoint: cut(event.endpoint ?? '', ENDPOINT),
      duration: event.state === 'warning' ? 0 : undefined,
      outcome: event.state === 'warning' ? 'ok' : 'running',
      status: undefined,
      transferred: undefined,
      total: undefined,
      error: undefined,
      phases: NONE,
      warnings: NONE,
      retries: NONE,
      wire: NONE,
      left: 0,
      version: 0,
    }
    this.#keep(record)
    this.#touch(record)
    return record
  }

  #keep(record: OperationRecord): void {
    const { operations } = this.#limits
    if (this.#ring.length < operations) this.#ring.push(record)
    else {
      const at = (record.ordinal - this.#base) % operations
      const old = this.#ring[at]
      if (old !== undefined) this.#forget(old)
      this.#ring[at] = record
    }
    this.#byId.set(record.id, record)
    this.#last = record
    this.seen++
  }

  #takePhase(event: PhaseEvent): void {
    const record = this.#find(event.id)
    if (record === undefined) return
    const { phases } = record
    if (event.state === 'start') {
      const { phase, time: start } = event
      const begun: PhaseRecord = { phase, start, duration: undefined, outcome: 'running' }
      if (phases.length < MANY) record.phases = added(phases, begun)
      else record.left++
    } else {
      const open = openPhase(phases, event.phase)
      if (open !== undefined) {
        open.duration = event.duration ?? event.time - open.start
        open.outcome = event.outcome ?? 'ok'
      }
    }
    this.#touch(record)
  }

  #takeWire(event: WireEvent): void {
    const record = this.#find(event.id)
    if (record === undefined) return
    if (record.wire.length >= LINES || record.ordinal < this.#wireOldest) {
      record.left++
      return
    }
    const text = cut(event.text ?? `${event.bytes ?? 0} bytes`, TEXT)
    const { time, direction } = event
    record.wire = added(record.wire, { time, direction, text })
    this.#wireSize += text.length + LINE_COST
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

  #touch(record: OperationRecord): void {
    if (record.version <= this.#drained) this.#changed?.push(record)
    record.version = ++this.sequence
  }

  #forget(record: OperationRecord): void {
    this.#dropWire(record)
    this.#wireOldest = Math.max(this.#wireOldest, record.ordinal + 1)
    if (this.#byId.get(record.id) === record) this.#byId.delete(record.id)
    if (this.#last === record) this.#last = undefined
  }

  #dropWire(record: OperationRecord): void {
    for (const { text } of record.wire) this.#wireSize -= text.length + LINE_COST
    record.left += record.wire.length
    record.wire = NONE
  }

  #at(ordinal: number): OperationRecord {
    const record = this.#ring[(ordinal - this.#base) % this.#limits.operations]
    if (record === undefined) throw new RangeError(`there is no operation ${ordinal}`)
    return record
  }
}

function close(record: OperationRecord, event: OperationEvent): void {
  record.outcome = event.outcome ?? 'ok'
  record.duration = event.duration ?? event.time - record.start
  record.transferred = event.transferred ?? record.transferred
  record.status = event.status ?? event.error?.reply?.status
  if (event.error !== undefined) record.error = errorRecord(event.error)
}

/** The phase of that name that goes on; phases may overlap, as where several addresses are tried at once. */
function openPhase(phases: readonly PhaseRecord[], name: string): PhaseRecord | undefined {
  for (let at = phases.length - 1; at >= 0; at--) {
    const phase = phases[at]
    if (phase?.phase === name && phase.duration === undefined) return phase
  }
  return undefined
}

/**
 * The list with one more in it. Most operations have no warnings, retries or lines, and share one empty list; short ones are
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

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}

const NONE: readonly never[] = Object.freeze([])
const NAME = 60
const TARGET = 2048
const ENDPOINT = 260
const TEXT = 1000
const WHOLE = 16_384
/** Of what an operation hardly ever has more of. */
const FEW = 20
const MANY = 64
const LINES = 200
const SHORT = 4
/** What a line costs beside its text. */
const LINE_COST = 64
