import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

import { expect, test, vi } from 'vitest'

import { onEvent, type NetEvent, type RetryPolicy } from '@net/core'
import { holdSecret, netError, operation, type OperationSpec } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { eventsOff } from '@tools/canary'

const spec: OperationSpec = { protocol: 'test', operation: 'GET', target: '/x', kind: 'exchange' }

const twice: RetryPolicy = { delay: ({ attempt }) => (attempt < 3 ? 100 : undefined) }

test('[CORE-25] the events of a call are a span with its phases, attempts and end', async () => {
  using clock = useFakeClock()
  const events: NetEvent[] = []
  using _ = onEvent('*', (event) => void (event.protocol === 'span' && events.push(event)))
  const promise = operation({ ...spec, protocol: 'span', parent: 3 }, { retry: twice }, (op) =>
    op.attempt(async ({ number }) => {
      await op.phase('connect', () => Promise.resolve())
      if (number === 1) throw netError('NET_CONN_RESET', { message: 'reset' })
      op.wire('send', () => 'HELLO\r\n', 7)
    }),
  )
  await clock.advance(100)
  await promise
  const id = events[0]?.id
  expect(
    events.every((event) => event.id === id && event.parent === 3 && event.version === 1),
  ).toBe(true)
  expect(
    events.map((event) => `${event.type} ${'state' in event ? event.state : ''}`.trim()),
  ).toEqual([
    'operation start',
    'phase start',
    'phase end',
    'retry',
    'phase start',
    'phase end',
    'wire',
    'operation end',
  ])
  expect(events.at(-1)).toMatchObject({ outcome: 'ok', duration: 100 })
  expect(events[6]).toMatchObject({ direction: 'send', text: String.raw`HELLO\r\n`, bytes: 7 })
})

test('[CORE-24] an auditor sees what is to be done, and to whom, before a byte is sent', async () => {
  const seen: unknown[] = []
  await using server = createServer((socket) => {
    seen.push('connected')
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const call: OperationSpec = {
    protocol: 'audited',
    operation: 'upload',
    target: 'in/a.csv',
    endpoint: `127.0.0.1:${port}`,
    kind: 'transfer',
  }
  using _ = onEvent('operation', (event) => {
    if (event.state === 'start' && event.protocol === 'audited')
      seen.push([event.operation, event.target, event.endpoint])
  })
  await operation(call, {}, async () => {
    seen.push('the work begins')
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'close')
  })
  expect(seen).toEqual([
    ['upload', 'in/a.csv', `127.0.0.1:${port}`],
    'the work begins',
    'connected',
  ])
})

test("the end of an operation reports the status of the peer's reply", async () => {
  const ends: NetEvent[] = []
  using _ = onEvent('operation', (event) => {
    if (event.protocol === 'replied' && event.state === 'end') ends.push(event)
  })
  await operation({ ...spec, protocol: 'replied' }, {}, (op) => {
    op.answered(304)
    return Promise.resolve()
  })
  expect(ends).toMatchObject([{ outcome: 'ok', status: 304 }])
})

test('events are frozen, without secrets, and say no more than is known', async () => {
  const events: NetEvent[] = []
  using _ = onEvent('*', (event) => void (event.protocol === 'plain' && events.push(event)))
  const call: OperationSpec = { protocol: 'plain', operation: 'do', kind: 'command' }
  await operation(call, {}, async (op) => {
    op.wire('send', () => 'HELLO')
    op.warn('careful')
    op.progress(5)
    await op.phase('send', async () => {})
  })
  expect(events.every((event) => Object.isFrozen(event))).toBe(true)
  const head = ['type', 'version', 'id', 'protocol', 'operation', 'time']
  const known: Record<string, readonly string[]> = {
    'operation start': ['state'],
    'wire ': ['direction', 'text'],
    'operation warning': ['state', 'message'],
    'progress ': ['transferred'],
    'phase start': ['state', 'phase'],
    'phase end': ['state', 'phase', 'outcome', 'duration'],
    'operation end': ['state', 'outcome', 'duration', 'transferred'],
  }
  for (const event of events) {
    const name = `${event.type} ${'state' in event ? event.state : ''}`
    expect([name, Object.keys(event).toSorted()]).toEqual([
      name,
      [...head, ...(known[name] ?? [])].toSorted(),
    ])
  }
  expect(events).toHaveLength(7)
})

test('[CORE-15] a secret that is learned while a call runs is not in its later events', async () => {
  const events: NetEvent[] = []
  using _ = onEvent(
    'operation',
    (event) => void (event.protocol === 'learning' && events.push(event)),
  )
  const holder = {}
  const call: OperationSpec = {
    protocol: 'learning',
    operation: 'do',
    kind: 'command',
    target: '/x?token=rosebud-1941',
    endpoint: 'rosebud-1941.example:80',
  }
  await operation(call, {}, async (op) => {
    op.warn('rosebud-1941 is not known yet')
    holdSecret('rosebud-1941', holder)
    op.warn('rosebud-1941 is known')
  })
  expect(events.map((event) => 'target' in event && event.target)).toEqual([
    '/x?token=rosebud-1941',
    '/x?token=rosebud-1941',
    '/x?token=[secret]',
    '/x?token=[secret]',
  ])
  expect(events[3]).toMatchObject({ endpoint: '[secret].example:80' })
  expect(events[2]).toMatchObject({ message: '[secret] is known' })
  expect(holder).toBeDefined()
})

test('[CORE-13] without subscribers, no event is made and nothing is written', async () => {
  eventsOff()
  const text = vi.fn(() => 'costly')
  const written = vi.spyOn(process.stderr, 'write')
  await operation({ ...spec, protocol: 'silent' }, {}, (op) => {
    op.wire('send', text)
    op.warn('nothing hears this')
    return Promise.resolve()
  })
  expect(text).not.toHaveBeenCalled()
  expect(written).not.toHaveBeenCalled()
})

test('the operation ends when what it returned has ended', async () => {
  const ends: NetEvent[] = []
  using _ = onEvent('operation', (event) => {
    if (event.protocol === 'until' && event.state === 'end') ends.push(event)
  })
  const body = Promise.withResolvers<unknown>()
  await operation({ ...spec, protocol: 'until' }, {}, (op) => {
    op.until(body.promise)
    return Promise.resolve('head')
  })
  await turn()
  expect(ends).toEqual([])
  body.resolve(netError('NET_PROTO_INCOMPLETE', { message: 'cut' }))
  await turn()
  expect(ends).toMatchObject([{ outcome: 'failed', error: { code: 'NET_PROTO_INCOMPLETE' } }])
})
