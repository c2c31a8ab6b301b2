/*
 * The door to OpenTelemetry: listens to the channels and hands events to spans and metrics. Exporters, sampling and
 * context propagation are the SDK's affair.
 */

import { metrics, trace, type Meter, type Tracer } from '@opentelemetry/api'

import { onEvent } from '../events/channels.ts'
import { optionsDoor } from '../options/door.ts'
import { either, methods, oneOf } from '../options/values.ts'
import { MetricRecorder } from './metric-recorder.ts'
import { SpanRecorder } from './span-recorder.ts'
import { knowTraces } from '../operation/traces.ts'

/** Where spans and metrics go. */
export interface TelemetryOptions {
  /** Makes the spans; false for none. Default the global provider's. */
  readonly tracer?: Tracer | false | undefined
  /** Makes the instruments; false for none. Default the global provider's. */
  readonly meter?: Meter | false | undefined
}

/**
 * Records every operation of this process as spans and metrics, from here until the result is disposed. A span's
 * parent is the operation within which it runs, such as the job whose handler makes the call, or a span that the handler has made
 * around the call; else the span that asked for it in another process, else the one that is active where the call was made.
 */
export function recordTelemetry(options?: TelemetryOptions): Disposable {
  const taken = telemetryOptions(options)
  const { tracer = trace.getTracer(SCOPE), meter = metrics.getMeter(SCOPE) } = taken
  const parts: Disposable[] = []
  if (tracer !== false) {
    const spans = new SpanRecorder(tracer)
    parts.push(
      spans,
      onEvent('operation', (event) => spans.operation(event)),
      onEvent('phase', (event) => spans.phase(event)),
      onEvent('retry', (event) => spans.retry(event)),
      knowTraces(spans),
    )
  }
  if (meter !== false) {
    const instruments = new MetricRecorder(meter)
    parts.push(
      instruments,
      onEvent('operation', (event) => instruments.operation(event)),
      onEvent('progress', (event) => instruments.progress(event)),
      onEvent('retry', (event) => instruments.retry(event)),
      onEvent('pool', (event) => instruments.pool(event)),
    )
  }
  // Listeners go before what they tell.
  return {
    [Symbol.dispose]: () =>
      parts
        .splice(0)
        .toReversed()
        .forEach((part) => part[Symbol.dispose]()),
  }
}

const SCOPE = '@net/core'
const telemetryOptions = optionsDoor<TelemetryOptions>(
  { call: 'recordTelemetry' },
  {
    tracer: either<Tracer | false>([
      oneOf(false),
      methods<Tracer>('a Tracer of OpenTelemetry', 'startSpan'),
    ]),
    meter: either<Meter | false>([
      oneOf(false),
      methods<Meter>('a Meter of OpenTelemetry', 'createCounter', 'createHistogram'),
    ]),
  },
)
