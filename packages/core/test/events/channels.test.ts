import { subscribe, unsubscribe } from 'node:diagnostics_channel'

import { expect, test } from 'vitest'

import { onEvent, type NetEvent, type OperationEvent } from '@net/core'
import { holdSecret, tell } from '@net/core/authoring'

import { eventNames } from '../../src/events/channels.ts'

const event: OperationEvent = {
  type: 'operation',
  state: 'start',
  version: 1,
  id: 1,
  protocol: 'test',
  operation: 'GET',
  time: 0,
  target: '/x',
}

test('an event goes to its channel, frozen', () => {
  const seen: unknown[] = []
  const listener = (message: unknown): void => void seen.push(message)
  subscribe('net:operation', listener)
  tell(event, undefined)
  unsubscribe('net:operation', listener)
  expect(seen).toEqual([event])
  expect(Object.isFrozen(seen[0])).toBe(true)
})

test("a client's own log gets the same event", () => {
  const seen: NetEvent[] = []
  tell(event, (each) => void seen.push(each))
  expect(seen).toEqual([event])
})

test('[CORE-15] secrets are struck out before the event is published', () => {
  const holder = {}
  holdSecret('open-sesame-42', holder)
  const seen: NetEvent[] = []
  tell({ ...event, target: '/x?key=open-sesame-42' }, (each) => void seen.push(each))
  expect(seen).toMatchObject([{ target: '/x?key=[secret]' }])
  expect(holder).toBeDefined()
})

test('what the caller told stays as it was', () => {
  const holder = {}
  holdSecret('open-sesame-43', holder)
  const own = { ...event, target: '/x?key=open-sesame-43' }
  tell(own, () => {})
  expect(own.target).toBe('/x?key=open-sesame-43')
  expect(Object.isFrozen(own)).toBe(false)
  expect(holder).toBeDefined()
})

test('listening ends when it is disposed', () => {
  const seen: NetEvent[] = []
  {
    using _ = onEvent('*', (each) => void seen.push(each))
    tell(event, undefined)
  }
  tell(event, undefined)
  expect(seen).toHaveLength(1)
})

test('the names are those of the six channels', () => {
  expect([...eventNames].toSorted()).toEqual([
    'operation',
    'phase',
    'pool',
    'progress',
    'retry',
    'wire',
  ])
})

test.each<[unknown, unknown]>([
  ['operations', () => {}],
  [null, () => {}],
  ['*', 'log'],
  ['wire', undefined],
])('%o with %o is not listened to', (name, listener) => {
  expect(() => onEvent(name as '*', listener as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION', operation: 'onEvent' }),
  )
})
