import { expect, test } from 'vitest'

import { Attention } from '../src/attention.ts'
import { History } from '../src/history/history.ts'
import { started } from './events.ts'

test('lines are left out while more than 500 operations a second begin, and kept again when it is calm', () => {
  const history = new History({ operations: 10, wire: 1000 })
  const told: string[] = []
  const listened = { toEverything: (isWanted: boolean) => void told.push(`listen ${isWanted}`) }
  const attention = new Attention(history, listened, (isWhole) => void told.push(`tell ${isWhole}`))
  let id = 0
  const second = (operations: number): void => {
    for (let at = 0; at < operations; at++) history.take(started(++id))
    for (let at = 0; at < 10; at++) attention.beat()
  }
  second(2000)
  expect(told).toEqual([])
  attention.watch(true)
  second(499)
  second(500)
  second(400)
  second(249)
  expect(told.splice(0)).toEqual([
    'listen true',
    'listen false',
    'tell false',
    'listen true',
    'tell true',
  ])
  second(1000)
  attention.watch(false)
  second(2000)
  attention.watch(true)
  expect(attention.isWhole).toBe(true)
  expect(told).toEqual(['listen false', 'tell false', 'listen false', 'listen true'])
})
