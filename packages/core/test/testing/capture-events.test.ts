import { logTo, onEvent, type LogRecord } from '@net/core'
import { operation } from '@net/core/authoring'
import { captureEvents } from '@net/core/testing'
import { expect, test } from 'vitest'

function call(name: string): Promise<void> {
  return operation(
    { protocol: 'test', operation: name, kind: 'command' },
    undefined,
    async (op) => {
      await op.phase('connect', async () => {})
    },
  )
}

test('[CORE-21] keeps the events in order, all and by channel, until it is disposed', async () => {
  const captured = captureEvents()
  await call('one')
  expect(captured.events.map(({ type }) => type)).toEqual([
    'operation',
    'phase',
    'phase',
    'operation',
  ])
  expect(captured.of('operation').map(({ state }) => state)).toEqual(['start', 'end'])
  expect(captured.of('phase').map(({ phase }) => phase)).toEqual(['connect', 'connect'])
  expect(captured.of('wire')).toEqual([])
  captured[Symbol.dispose]()
  await call('two')
  expect(captured.events).toHaveLength(4)
})

test('[CORE-21] waits for an event that was published already, or is still to come', async () => {
  using captured = captureEvents()
  const coming = captured.waitFor(({ operation: name, type }) => name === 'one' && type === 'phase')
  await call('one')
  expect(await coming).toBe(captured.events[1])
  expect(await captured.waitFor(({ type }) => type === 'operation')).toBe(captured.events[0])
})

test('[CORE-21] what a log would say, and that it would say nothing, can be asserted', async () => {
  const records: LogRecord[] = []
  using _ = logTo({ write: (record) => void records.push(record) }, { level: 'warn' })
  await call('quiet')
  expect(records).toEqual([])
  await operation({ protocol: 'test', operation: 'loud', kind: 'command' }, undefined, (op) => {
    op.warn('this will go wrong one day')
    return Promise.resolve()
  })
  expect(records.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'warn loud: this will go wrong one day',
  ])
})

test('a wait rejects when the capture ends', async () => {
  const captured = captureEvents()
  const never = captured.waitFor(() => false)
  captured[Symbol.dispose]()
  await expect(never).rejects.toThrow('the capture ended')
})

test('[H-CORE-24] a listener that throws keeps neither calls nor other listeners from going on', async () => {
  using stack = new DisposableStack()
  stack.use(
    onEvent('*', () => {
      throw new Error('a bug of the listener')
    }),
  )
  const captured = stack.use(captureEvents())
  await call('one')
  await call('two')
  expect(captured.of('operation')).toHaveLength(4)
})
