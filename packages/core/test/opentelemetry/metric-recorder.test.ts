import { expect, test } from 'vitest'

import type { PoolEvent, RetryPolicy } from '@net/core'
import { clock, netError, operation, tell, type OperationSpec } from '@net/core/authoring'
import { recordTelemetry } from '@net/core/opentelemetry'
import { useFakeClock } from '@net/core/testing'

import { InMemoryMetrics } from './in-memory.ts'

const get: OperationSpec = {
  protocol: 'http',
  operation: 'GET',
  target: 'http://api.example/orders/4711?token=abc',
  endpoint: 'api.example:80',
  kind: 'exchange',
}
const upload: OperationSpec = {
  protocol: 'ftp',
  operation: 'upload',
  target: 'in/a.csv',
  endpoint: 'files.example:21',
  kind: 'transfer',
}
const ofGet = {
  'network.protocol.name': 'http',
  'http.request.method': 'GET',
  'server.address': 'api.example',
  'server.port': 80,
}
const ofUpload = {
  'network.protocol.name': 'ftp',
  'net.operation': 'upload',
  'server.address': 'files.example',
  'server.port': 21,
}
const once: RetryPolicy = { delay: ({ attempt }) => (attempt < 2 ? 100 : undefined) }

test('[CORE-26] how long calls took and how they ended, without target, id or message', async () => {
  using time = useFakeClock()
  await using metrics = new InMemoryMetrics()
  using _ = recordTelemetry({ tracer: false, meter: metrics.meter })
  for (const status of [200, 200, 404]) {
    const done = operation(get, {}, async (op) => {
      await new Promise<void>((resolve) => void time.after(500, resolve))
      op.answered(status)
      if (status === 404) throw netError('NET_NOT_FOUND', { message: 'not found' })
    })
    const settled = done.catch(() => 'failed')
    await time.advance(500)
    await settled
  }
  expect(await metrics.points('http.client.request.duration')).toEqual([
    {
      name: 'http.client.request.duration',
      unit: 's',
      attributes: { ...ofGet, 'http.response.status_code': 200 },
      value: { count: 2, sum: 1 },
    },
    {
      name: 'http.client.request.duration',
      unit: 's',
      attributes: { ...ofGet, 'http.response.status_code': 404, 'error.type': 'NET_NOT_FOUND' },
      value: { count: 1, sum: 0.5 },
    },
  ])
  expect(await metrics.points('net.client.errors')).toMatchObject([{ value: 1 }])
})

test('[CORE-26] bytes are counted while they move, so that their rate shows', async () => {
  using time = useFakeClock()
  await using metrics = new InMemoryMetrics()
  using _ = recordTelemetry({ tracer: false, meter: metrics.meter })
  const transferred = async (): Promise<unknown> =>
    (await metrics.points('net.client.transferred'))[0]
  const done = operation(upload, {}, async (op) => {
    op.progress(1000, 5000)
    expect(await transferred()).toMatchObject({ unit: 'By', attributes: ofUpload, value: 1000 })
    await time.until(() => time.now() === 100)
    op.progress(3000, 5000)
    expect(await transferred()).toMatchObject({ value: 3000 })
    // Too soon to be told; the end of the call tells it.
    op.progress(5000, 5000)
  })
  expect(await metrics.points('net.client.active_operations')).toMatchObject([
    { attributes: ofUpload, value: 1 },
  ])
  await time.advance(100)
  await done
  expect(await transferred()).toMatchObject({ value: 5000 })
  expect(await metrics.points('net.client.active_operations')).toMatchObject([{ value: 0 }])
  expect(await metrics.points('net.client.operation.duration')).toMatchObject([
    { attributes: ofUpload, value: { count: 1, sum: 0.1 } },
  ])
})

test('[CORE-26] repeats are counted with what caused them', async () => {
  using time = useFakeClock()
  await using metrics = new InMemoryMetrics()
  using _ = recordTelemetry({ tracer: false, meter: metrics.meter })
  const done = operation(upload, { retry: once }, (op) =>
    op.attempt(({ number }) => {
      op.progress(10)
      return number === 2
        ? Promise.resolve()
        : Promise.reject(netError('NET_CONN_RESET', { message: 'reset' }))
    }),
  )
  await time.advance(100)
  await done
  expect(await metrics.points('net.client.retries')).toMatchObject([
    { attributes: { ...ofUpload, 'error.type': 'NET_CONN_RESET' }, value: 1 },
  ])
})

test('[CORE-26] the state of pools, each for itself, and nothing of those that are gone', async () => {
  await using metrics = new InMemoryMetrics()
  using _ = recordTelemetry({ tracer: false, meter: metrics.meter })
  pool({ endpoint: 'a.example:80', action: 'create', size: 1, busy: 1 })
  pool({ endpoint: 'b.example:80', action: 'create', size: 1, busy: 1 })
  pool({ endpoint: 'a.example:80', action: 'wait', size: 1, busy: 1, waiting: 2 })
  pool({ endpoint: 'b.example:80', action: 'release', size: 1, busy: 0 })
  expect(await connections(metrics)).toEqual([
    'a.example used 1',
    'b.example idle 1',
    'b.example used 0',
  ])
  expect(await metrics.points('net.client.waiting')).toMatchObject([
    { attributes: { 'server.address': 'a.example' }, value: 2 },
  ])
  pool({ endpoint: 'a.example:80', action: 'destroy', size: 0, busy: 0 })
  pool({ endpoint: 'b.example:80', action: 'destroy', size: 0, busy: 0 })
  const values = await metrics.points('net.client.connections', 'net.client.waiting')
  expect(values.every(({ value }) => value === 0)).toBe(true)
})

test('what is under way when the recording ends is counted no more', async () => {
  await using metrics = new InMemoryMetrics()
  const recording = recordTelemetry({ tracer: false, meter: metrics.meter })
  pool({ endpoint: 'a.example:80', action: 'create', size: 2, busy: 1, waiting: 1 })
  const held = Promise.withResolvers<void>()
  const done = operation(upload, {}, () => held.promise)
  recording[Symbol.dispose]()
  const states = ['connections', 'waiting', 'active_operations'].map((name) => `net.client.${name}`)
  const points = await metrics.points(...states)
  expect(points.map(({ value }) => value)).toEqual([0, 0, 0, 0])
  held.resolve()
  await done
  expect(await metrics.points(...states)).toEqual(points)
})

test('an aborted call counts as no error', async () => {
  await using metrics = new InMemoryMetrics()
  using _ = recordTelemetry({ tracer: false, meter: metrics.meter })
  const controller = new AbortController()
  const aborted = operation(upload, { signal: controller.signal }, (op) => {
    controller.abort()
    return Promise.reject(new Error(String(op.id)))
  })
  await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(await metrics.points('net.client.errors')).toEqual([])
  expect(await metrics.points('net.client.operation.duration')).toMatchObject([
    { attributes: { ...ofUpload, 'net.outcome': 'aborted' } },
  ])
})

function pool(state: Pick<PoolEvent, 'action' | 'size' | 'busy'> & Partial<PoolEvent>): void {
  const head = { version: 1, id: 1, client: 1, protocol: 'http', operation: 'GET' } as const
  tell({ type: 'pool', ...head, time: clock().now(), waiting: 0, ...state }, undefined)
}

async function connections(metrics: InMemoryMetrics): Promise<readonly string[]> {
  const points = await metrics.points('net.client.connections')
  return points
    .map(({ attributes, value }) =>
      [attributes['server.address'], attributes['net.connection.state'], value].join(' '),
    )
    .toSorted()
}
