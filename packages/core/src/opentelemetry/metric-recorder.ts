/*
 * Instruments: how long calls take, what fails and is repeated, how much moves, what pools hold. HTTP's have the names
 * of the semantic conventions; those of the other protocols follow them under `net.client.`.
 */

import type { Attributes, Counter, Histogram, Meter, UpDownCounter } from '@opentelemetry/api'

import type { OperationEvent, PoolEvent, RetryEvent, TransferEvent } from '../events/channels.ts'
import { callAttributes, outcomeAttributes } from './attributes.ts'

/** Turns events into measurements. */
export class MetricRecorder implements Disposable {
  readonly #instruments: Instruments
  readonly #running = new Map<number, RunningCall>()
  readonly #pools = new Map<string, PoolState>()

  constructor(meter: Meter) {
    this.#instruments = instrumentsOf(meter)
  }

  operation(event: OperationEvent): void {
    if (event.state === 'start') {
      const attributes = callAttributes(event)
      const { httpActive, active: others } = this.#instruments
      const active = event.protocol === 'http' ? httpActive : others
      this.#running.set(event.id, { active, attributes, transferred: 0 })
      active.add(1, attributes)
    } else if (event.state === 'end') this.#end(event)
  }

  progress(event: TransferEvent): void {
    const running = this.#running.get(event.id)
    if (running !== undefined) this.#moved(running, event.transferred)
  }

  retry(event: RetryEvent): void {
    const running = this.#running.get(event.id)
    const attributes = running?.attributes ?? callAttributes(event)
    this.#instruments.retries.add(1, { ...attributes, 'error.type': event.error.code })
  }

  pool(event: PoolEvent): void {
    const { client = '', endpoint = '', protocol, size, busy, waiting } = event
    const { 'net.operation': _, 'http.request.method': __, ...attributes } = callAttributes(event)
    const now = { attributes, idle: size - busy, used: busy, waiting }
    const key = `${protocol} ${client} ${endpoint}`
    this.#change(this.#pools.get(key), now)
    if (size === 0 && waiting === 0) this.#pools.delete(key)
    else this.#pools.set(key, now)
  }

  /** Takes back what is counted as under way: its end will not be heard. */
  [Symbol.dispose](): void {
    for (const { active, attributes } of this.#running.values()) active.add(-1, attributes)
    for (const state of this.#pools.values()) {
      this.#change(state, { ...state, idle: 0, used: 0, waiting: 0 })
    }
    this.#running.clear()
    this.#pools.clear()
  }

  #end(event: OperationEvent): void {
    const running = this.#running.get(event.id)
    if (running === undefined) return
    this.#running.delete(event.id)
    const { attributes } = running
    if (event.transferred !== undefined) this.#moved(running, event.transferred)
    const ended = { ...attributes, ...outcomeAttributes(event) }
    const { httpDuration, duration, errors } = this.#instruments
    const histogram = event.protocol === 'http' ? httpDuration : duration
    histogram.record((event.duration ?? 0) / 1000, ended)
    if (event.outcome === 'failed') errors.add(1, ended)
    running.active.add(-1, attributes)
  }

  #moved(running: RunningCall, transferred: number): void {
    // An attempt that begins anew counts from 0 again; what it moves once more was moved all the same.
    const more = transferred - running.transferred
    running.transferred = transferred
    if (more > 0) this.#instruments.transferred.add(more, running.attributes)
  }

  #change(before: PoolState | undefined, now: PoolState): void {
    const { connections, waiting } = this.#instruments
    const { attributes } = now
    for (const state of ['idle', 'used'] as const) {
      const change = now[state] - (before?.[state] ?? 0)
      if (change !== 0) connections.add(change, { ...attributes, 'net.connection.state': state })
    }
    const more = now.waiting - (before?.waiting ?? 0)
    if (more !== 0) waiting.add(more, attributes)
  }
}

interface RunningCall {
  readonly active: UpDownCounter
  readonly attributes: Attributes
  transferred: number
}

interface PoolState {
  readonly attributes: Attributes
  readonly idle: number
  readonly used: number
  readonly waiting: number
}

interface Instruments {
  readonly httpDuration: Histogram
  readonly duration: Histogram
  readonly httpActive: UpDownCounter
  readonly active: UpDownCounter
  readonly transferred: Counter
  readonly retries: Counter
  readonly errors: Counter
  readonly connections: UpDownCounter
  readonly waiting: UpDownCounter
}

function instrumentsOf(meter: Meter): Instruments {
  const seconds = { unit: 's', advice: { explicitBucketBoundaries: BUCKETS } }
  return {
    httpDuration: meter.createHistogram('http.client.request.duration', seconds),
    duration: meter.createHistogram('net.client.operation.duration', seconds),
    httpActive: meter.createUpDownCounter('http.client.active_requests', { unit: '{request}' }),
    active: meter.createUpDownCounter('net.client.active_operations', { unit: '{operation}' }),
    transferred: meter.createCounter('net.client.transferred', { unit: 'By' }),
    retries: meter.createCounter('net.client.retries', { unit: '{retry}' }),
    errors: meter.createCounter('net.client.errors', { unit: '{error}' }),
    connections: meter.createUpDownCounter('net.client.connections', { unit: '{connection}' }),
    waiting: meter.createUpDownCounter('net.client.waiting', { unit: '{operation}' }),
  }
}

// Those that the conventions advise for durations of requests.
const BUCKETS: number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]
