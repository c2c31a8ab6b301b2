/*
 * One span per operation; within it one per phase, and one per attempt once there is more than one. Knows nothing of
 * exporters; ends every span that it began.
 */

import {
  context,
  createContextKey,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api'

import type { TraceRecorder } from '../operation/traces.ts'
import { clock } from '../time/clock.ts'
import type { EventHead, OperationEvent, PhaseEvent, RetryEvent } from '../events/channels.ts'
import {
  attemptAttributes,
  callAttributes,
  outcomeAttributes,
  spanName,
  targetAttributes,
} from './attributes.ts'

/** Turns the events of operations into spans. */
export class SpanRecorder implements TraceRecorder, Disposable {
  readonly #tracer: Tracer
  readonly #running = new Map<number, RunningCall>()
  /** In a context the operation whose code runs in it. */
  readonly #within = createContextKey('operation')
  // Events tell monotonic time; one difference for all keeps the lengths of spans exact.
  readonly #epoch = clock().date() - clock().now()

  constructor(tracer: Tracer) {
    this.#tracer = tracer
  }

  operation(event: OperationEvent): void {
    if (event.state === 'start') this.#start(event)
    else if (event.state === 'end') this.#end(event)
    else {
      const message = event.message ?? ''
      this.#running.get(event.id)?.span.addEvent('warning', { message }, this.#timeOf(event))
    }
  }

  phase(event: PhaseEvent): void {
    const running = this.#running.get(event.id)
    if (running === undefined) return
    const now = this.#timeOf(event)
    if (event.state === 'start') {
      const options = { kind: SpanKind.INTERNAL, startTime: now }
      const within = this.#innermost(running, now)
      const span = this.#tracer.startSpan(event.phase, options, within)
      running.phases.push({ name: event.phase, span })
      return
    }
    // Phases may overlap, as where several addresses are tried at once.
    const at = running.phases.findLastIndex(({ name }) => name === event.phase)
    const [{ span } = {}] = at < 0 ? [] : running.phases.splice(at, 1)
    if (span === undefined) return
    if (event.outcome === 'aborted') span.setAttribute('net.outcome', 'aborted')
    if (event.outcome === 'failed') markFailed(span, event.code)
    span.end(now)
  }

  retry(event: RetryEvent): void {
    const running = this.#running.get(event.id)
    if (running === undefined) return
    const now = this.#timeOf(event)
    // That there are attempts shows only when the first one has failed.
    if (event.attempt === 1) running.next = { number: 1, since: running.since }
    const attempt = this.#attemptAt(running, now)
    if (attempt !== undefined) {
      markFailed(attempt, event.error.code, event.error.message)
      attempt.end(now)
    }
    running.attempt = undefined
    running.next = { number: event.attempt + 1, since: now + event.delay }
  }

  /** The W3C trace context of a running operation. */
  traceparent(operation: number): string | undefined {
    const span = this.#running.get(operation)?.span.spanContext()
    if (span === undefined || !isSpanContextValid(span)) return undefined
    return `00-${span.traceId}-${span.spanId}-${(span.traceFlags & 0xff).toString(16).padStart(2, '0')}`
  }

  within<T>(operation: number, run: () => T): T {
    const running = this.#running.get(operation)
    if (running === undefined) return run()
    return context.with(running.inside.setValue(this.#within, operation), run)
  }

  /** Ends what still runs: its end will not be heard. */
  [Symbol.dispose](): void {
    for (const { phases, attempt, span } of this.#running.values()) {
      for (const phase of phases.toReversed()) phase.span.end()
      attempt?.end()
      span.end()
    }
    this.#running.clear()
  }

  #start(event: OperationEvent): void {
    const since = this.#timeOf(event)
    const within = this.#around(event, since)
    const attributes = { ...callAttributes(event), ...targetAttributes(event) }
    const options = { kind: SpanKind.CLIENT, startTime: since, attributes }
    const span = this.#tracer.startSpan(spanName(event), options, within)
    const inside = trace.setSpan(within, span)
    const { protocol } = event
    this.#running.set(event.id, { protocol, span, inside, since, phases: [] })
  }

  #end(event: OperationEvent): void {
    const running = this.#running.get(event.id)
    if (running === undefined) return
    this.#running.delete(event.id)
    const now = this.#timeOf(event)
    for (const phase of running.phases.toReversed()) phase.span.end(now)
    const attempt = this.#attemptAt(running, now)
    for (const span of attempt === undefined ? [running.span] : [attempt, running.span]) {
      span.setAttributes(outcomeAttributes(event))
      if (event.outcome === 'failed') markFailed(span, event.error?.code, event.error?.message)
      if (event.outcome === 'aborted') span.addEvent('cancelled', undefined, now)
      span.end(now)
    }
  }

  #around(event: OperationEvent, now: number): Context {
    const outer = event.parent === undefined ? undefined : this.#running.get(event.parent)
    if (outer === undefined) return asking(event)
    // Code of that operation may have made spans of its own.
    const active = context.active()
    return active.getValue(this.#within) === event.parent ? active : this.#innermost(outer, now)
  }

  #innermost(running: RunningCall, now: number): Context {
    const span = running.phases.at(-1)?.span ?? this.#attemptAt(running, now)
    return span === undefined ? running.inside : trace.setSpan(running.inside, span)
  }

  /** The attempt that runs then; none in the pause before the next one. */
  #attemptAt(running: RunningCall, now: number): Span | undefined {
    const { next } = running
    // Timers may fire a fraction of a millisecond early.
    if (next === undefined || now < next.since - 1) return running.attempt
    const attributes = attemptAttributes(running.protocol, next.number)
    const startTime = Math.min(next.since, now)
    const options = { kind: SpanKind.INTERNAL, startTime, attributes }
    running.attempt = this.#tracer.startSpan(`attempt ${next.number}`, options, running.inside)
    running.next = undefined
    return running.attempt
  }

  #timeOf({ time }: EventHead): number {
    return this.#epoch + time
  }
}

interface RunningCall {
  readonly protocol: string
  readonly span: Span
  readonly inside: Context
  readonly since: number
  readonly phases: { readonly name: string; readonly span: Span }[]
  attempt?: Span | undefined
  next?: { readonly number: number; readonly since: number } | undefined
}

/** Where a call that is no part of another one belongs: to what asked for it elsewhere, or to what is active here. */
function asking({ traceparent }: OperationEvent): Context {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? []
  if (traceId === undefined || spanId === undefined) return context.active()
  const traceFlags = Number.parseInt(flags ?? '0', 16)
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}

function markFailed(span: Span, code: string | undefined, message?: string): void {
  span.setAttribute('error.type', code ?? '_OTHER')
  const told = message === undefined ? {} : { message }
  span.setStatus({ code: SpanStatusCode.ERROR, ...told })
}

const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/u
