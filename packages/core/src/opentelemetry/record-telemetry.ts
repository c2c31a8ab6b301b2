/*
 * The door to OpenTelemetry: listens to the channels and hands events to spans and metrics. Exporters, sampling and
 * context propagation are the SDK's affair.
 */

import { metrics, trace, type Meter, type Tracer } from '@opentelemetry/api'

import { onEvent } from '../events/channels.ts'
import { own } from '../options/own.ts'
import { MetricRecorder } from './metric-recorder.ts'
import { SpanRecorder } from './span-recorder.ts'

/** Where spans and metrics go. */
export interface TelemetryOptions {
  /** Makes the spans; false for none. Default the global provider's. */
  readonly tracer?: Tracer | false
  /** Makes the instruments; false for none. Default the global provider's. */
  readonly meter?: Meter | false
}

/**
 * Records every operation of this process as spans and metrics, from here until the result is disposed. A span's
 * parent is the operation within which it runs, else the span that is active where the call was made.
 */
export function recordTelemetry(options?: TelemetryOptions): Disposable {
  const tracer = own(options, 'tracer') ?? trace.getTracer(SCOPE)
  const meter = own(options, 'meter') ?? metrics.getMeter(SCOPE)
  const stack = new DisposableStack()
  if (tracer !== false) {
    const spans = stack.use(new SpanRecorder(tracer))
    stack.use(onEvent('operation', (event) => spans.operation(event)))
    stack.use(onEvent('phase', (event) => spans.phase(event)))
    stack.use(onEvent('retry', (event) => spans.retry(event)))
  }
  if (meter !== false) {
    const instruments = stack.use(new MetricRecorder(meter))
    stack.use(onEvent('operation', (event) => instruments.operation(event)))
    stack.use(onEvent('progress', (event) => instruments.progress(event)))
    stack.use(onEvent('retry', (event) => instruments.retry(event)))
    stack.use(onEvent('pool', (event) => instruments.pool(event)))
  }
  return stack
}

const SCOPE = '@net/core'
