import { setImmediate as turn } from 'node:timers/promises'

import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { expect, test } from 'vitest'

import type { RetryPolicy } from '@net/core'
import {
  netError,
  operation,
  runWithin,
  traceparentOf,
  type Operation,
  type OperationSpec,
} from '@net/core/authoring'
import { recordTelemetry } from '@net/core/opentelemetry'
import { useFakeClock } from '@net/core/testing'

import { InMemorySpans, StorageContextManager } from './in-memory.ts'

const spec: OperationSpec = {
  protocol: 'ftp',
  operation: 'upload',
  target: 'in/a.csv',
  endpoint: 'files.example:21',
  kind: 'transfer',
}
const dial: OperationSpec = {
  protocol: 'tcp',
  operation: 'dial',
  endpoint: '[::1]:21',
  kind: 'command',
}
const twice: RetryPolicy = { delay: ({ attempt }) => (attempt < 3 ? 100 : undefined) }
const refused = (): Promise<never> =>
  Promise.reject(netError('NET_CONNECT_REFUSED', { message: 'refused' }))
const never = (op: Operation): Promise<never> =>
  new Promise((_resolve, reject) => void op.onAbort(reject))

test('[CORE-25] a call is a span with what runs within it as its children', async () => {
  using clock = useFakeClock()
  const spans = new InMemorySpans()
  using _ = recordTelemetry({ tracer: spans.tracer, meter: false })
  const done = operation(spec, {}, async (op) => {
    await op.phase('connect', () =>
      operation({ ...dial, parent: op.id }, {}, () => clock.until(() => clock.now() === 250)),
    )
    op.warn('the peer has no idea of time')
    op.answered(226)
  })
  await clock.advance(250)
  await done
  expect(spans.tree).toEqual(['connect > tcp dial', 'ftp upload > connect', ' > ftp upload'])
  const { kind, attributes, status, duration, startTime, events } = spans.named('ftp upload')
  expect({ kind, attributes, status, duration }).toEqual({
    kind: SpanKind.CLIENT,
    attributes: {
      'network.protocol.name': 'ftp',
      'net.operation': 'upload',
      'net.target': 'in/a.csv',
      'server.address': 'files.example',
      'server.port': 21,
      'net.response.status_code': 226,
    },
    status: { code: SpanStatusCode.UNSET },
    duration: [0, 250_000_000],
  })
  expect(startTime).toEqual([Date.UTC(2026, 0, 1) / 1000, 0])
  expect(events).toMatchObject([
    { name: 'warning', attributes: { message: 'the peer has no idea of time' } },
  ])
  expect(spans.named('tcp dial').attributes).toMatchObject({
    'network.transport': 'tcp',
    'server.address': '::1',
    'server.port': 21,
  })
})

test('[CORE-25] the span that is active where the call is made is its parent', async () => {
  const spans = new InMemorySpans()
  context.setGlobalContextManager(new StorageContextManager())
  using stack = new DisposableStack()
  stack.defer(() => context.disable())
  stack.use(recordTelemetry({ tracer: spans.tracer, meter: false }))
  const outer = spans.tracer.startSpan('handle an order')
  await context.with(trace.setSpan(context.active(), outer), async () => {
    await turn()
    await operation(spec, {}, () => turn())
  })
  outer.end()
  await operation({ ...spec, operation: 'list' }, {}, () => turn())
  expect(spans.tree).toEqual(['handle an order > ftp upload', ' > handle an order', ' > ftp list'])
})

test('[CORE-25] what failed is marked so, with its code; the phase in which it failed, too', async () => {
  const spans = new InMemorySpans()
  using _ = recordTelemetry({ tracer: spans.tracer, meter: false })
  await expect(operation(spec, {}, (op) => op.phase('auth', refused))).rejects.toThrow('refused')
  for (const name of ['auth', 'ftp upload']) {
    const { status, attributes } = spans.named(name)
    expect(status.code).toBe(SpanStatusCode.ERROR)
    expect(attributes['error.type']).toBe('NET_CONNECT_REFUSED')
  }
  expect(spans.named('ftp upload').status.message).toMatch(/^ftp upload in\/a\.csv: refused/)
})

test('[CORE-25] an aborted call is cancelled, not failed', async () => {
  const spans = new InMemorySpans()
  using _ = recordTelemetry({ tracer: spans.tracer, meter: false })
  const controller = new AbortController()
  const aborted = operation(spec, { signal: controller.signal }, (op) =>
    op.phase('send', () => never(op)),
  )
  controller.abort()
  await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED' })
  for (const name of ['send', 'ftp upload']) {
    const { status, attributes } = spans.named(name)
    expect(status).toEqual({ code: SpanStatusCode.UNSET })
    expect(attributes).toMatchObject({ 'net.outcome': 'aborted' })
    expect(attributes).not.toHaveProperty('error.type')
  }
  expect(spans.named('ftp upload').events).toMatchObject([{ name: 'cancelled' }])
})

test('[CORE-25] each attempt is a child, and the pauses between them are none', async () => {
  using clock = useFakeClock()
  const spans = new InMemorySpans()
  using _ = recordTelemetry({ tracer: spans.tracer, meter: false })
  const done = operation(spec, { retry: twice }, (op) =>
    op.attempt(({ number }) => op.phase('connect', number < 3 ? refused : () => turn())),
  )
  await clock.advance(200)
  await done
  expect(spans.tree).toEqual([
    'ftp upload > connect',
    'ftp upload > attempt 1',
    'attempt 2 > connect',
    'ftp upload > attempt 2',
    'attempt 3 > connect',
    'ftp upload > attempt 3',
    ' > ftp upload',
  ])
  const start = spans.named('ftp upload').startTime[0]
  expect(spans.named('attempt 2')).toMatchObject({
    startTime: [start, 100_000_000],
    duration: [0, 0],
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'net.attempt': 2, 'error.type': 'NET_CONNECT_REFUSED' },
  })
  expect(spans.named('attempt 3').status.code).toBe(SpanStatusCode.UNSET)
})

test('a call that ends in the pause before an attempt has no such attempt', async () => {
  using clock = useFakeClock()
  const spans = new InMemorySpans()
  using _ = recordTelemetry({ tracer: spans.tracer, meter: false })
  const controller = new AbortController()
  const options = { retry: twice, signal: controller.signal }
  const failed = operation(spec, options, (op) => op.attempt(refused)).catch(() => 'failed')
  await clock.advance(50)
  controller.abort()
  await failed
  expect(spans.tree).toEqual(['ftp upload > attempt 1', ' > ftp upload'])
})

test('phases that overlap end each for itself', async () => {
  const spans = new InMemorySpans()
  using _ = recordTelemetry({ tracer: spans.tracer, meter: false })
  const connected = Promise.withResolvers<void>()
  await operation(spec, {}, async (op) => {
    const connecting = op.phase('connect', () => connected.promise)
    const refusing = op.phase('auth', async () => {
      connected.resolve()
      await connecting
      expect(spans.all.map(({ name }) => name)).toEqual(['connect'])
      return refused()
    })
    await expect(refusing).rejects.toThrow('refused')
  })
  expect(spans.named('auth').status.code).toBe(SpanStatusCode.ERROR)
  expect(spans.named('connect').status.code).toBe(SpanStatusCode.UNSET)
})

test('calls that began before or end after the recording leave no open span', async () => {
  const spans = new InMemorySpans()
  const before = Promise.withResolvers<void>()
  const after = Promise.withResolvers<void>()
  const first = operation(spec, {}, () => before.promise)
  const recording = recordTelemetry({ tracer: spans.tracer, meter: false })
  const second = operation({ ...spec, operation: 'list' }, {}, (op) =>
    op.phase('command', () => after.promise),
  )
  before.resolve()
  await first
  recording[Symbol.dispose]()
  expect(spans.tree).toEqual(['ftp list > command', ' > ftp list'])
  after.resolve()
  await second
  expect(spans.all).toHaveLength(2)
})

test('a call that was asked for in another process is a child of what asked for it', async () => {
  const spans = new InMemorySpans()
  using _ = recordTelemetry({ tracer: spans.tracer, meter: false })
  const asked = operation(spec, {}, async (op) => traceparentOf(op.id))
  const traceparent = await asked
  expect(traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/u)
  await operation({ ...dial, traceparent }, {}, async () => {})
  await operation({ ...dial, operation: 'other', traceparent: 'none' }, {}, async () => {})
  expect(spans.tree).toEqual([' > ftp upload', 'ftp upload > tcp dial', ' > tcp other'])
  expect(spans.named('tcp dial').parentSpanContext?.isRemote).toBe(true)
})

test('spans that the code of an operation makes are its children, and calls within them theirs', async () => {
  const spans = new InMemorySpans()
  context.setGlobalContextManager(new StorageContextManager())
  using stack = new DisposableStack()
  stack.defer(() => context.disable())
  stack.use(recordTelemetry({ tracer: spans.tracer, meter: false }))
  const job = { protocol: 'queue', operation: 'process', kind: 'session' } as const
  await operation(job, {}, (op) =>
    runWithin(op.id, async () => {
      await operation({ ...spec, operation: 'list' }, {}, () => turn())
      const own = spans.tracer.startSpan('compute')
      await context.with(trace.setSpan(context.active(), own), async () => {
        await turn()
        await operation(spec, {}, ({ id }) => operation({ ...dial, parent: id }, {}, () => turn()))
      })
      own.end()
    }),
  )
  expect(spans.tree).toEqual([
    'queue process > ftp list',
    'ftp upload > tcp dial',
    'compute > ftp upload',
    'queue process > compute',
    ' > queue process',
  ])
})
