import { metrics as globalMetrics, trace } from '@opentelemetry/api'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, test } from 'vitest'

import { secret } from '@net/core'
import { netError, operation, type OperationSpec } from '@net/core/authoring'
import { recordTelemetry } from '@net/core/opentelemetry'

import { InMemoryMetrics, InMemorySpans } from './in-memory.ts'

const spec: OperationSpec = { protocol: 'ssh', operation: 'exec', target: 'ls', kind: 'command' }

test('[H-CORE-19] no attribute of a span or a metric has a secret, in clear or in base64', async () => {
  const spans = new InMemorySpans()
  await using metrics = new InMemoryMetrics()
  using _ = recordTelemetry({ tracer: spans.tracer, meter: metrics.meter })
  const password = 'correct-horse-battery'
  const held = secret(password)
  const base64 = Buffer.from(password).toString('base64')
  const call = { ...spec, target: `mysql -p${password}`, endpoint: `${password}.example:22` }
  const failed = operation(call, {}, (op) => {
    op.warn(`the peer says ${base64}`)
    return op.phase('auth', () =>
      Promise.reject(netError('NET_AUTH_REJECTED', { message: `${password} was refused` })),
    )
  })
  await expect(failed).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED' })
  const told = JSON.stringify([
    spans.all.map(({ name, attributes, status, events }) => [name, attributes, status, events]),
    await metrics.points(),
  ])
  expect(told).toContain('mysql -p[secret]')
  expect(told).not.toContain(password)
  expect(told).not.toContain(base64)
  // As long as somebody holds it.
  expect(String(held)).toBe('[secret]')
})

test('without options the global providers get both, until the recording ends', async () => {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new SimpleSpanProcessor({ exporter })]
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }))
  globalMetrics.setGlobalMeterProvider(new MeterProvider())
  try {
    const recording = recordTelemetry()
    await operation(spec, {}, () => Promise.resolve())
    recording[Symbol.dispose]()
    await operation(spec, {}, () => Promise.resolve())
    const finished = exporter.getFinishedSpans()
    expect(
      finished.map(({ name, instrumentationScope }) => [name, instrumentationScope.name]),
    ).toEqual([['ssh exec', '@net/core']])
  } finally {
    trace.disable()
    globalMetrics.disable()
  }
})

test('either half can be left out', async () => {
  const spans = new InMemorySpans()
  await using metrics = new InMemoryMetrics()
  using stack = new DisposableStack()
  stack.use(recordTelemetry({ tracer: spans.tracer, meter: false }))
  stack.use(recordTelemetry({ tracer: false, meter: metrics.meter }))
  await operation(spec, {}, () => Promise.resolve())
  expect(spans.tree).toEqual([' > ssh exec'])
  expect(await metrics.points('net.client.operation.duration')).toMatchObject([
    { value: { count: 1 } },
  ])
})

test('refuses a value that is not a tracer and no meter', () => {
  expect(() => recordTelemetry({ tracer: true } as never)).toThrow(
    'recordTelemetry: tracer must be',
  )
  expect(() => recordTelemetry({ meter: {} } as never)).toThrow('recordTelemetry: meter must be')
  expect(() => recordTelemetry({ spans: false } as never)).toThrow('the options are tracer, meter')
})
