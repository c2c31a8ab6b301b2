import { runInNewContext } from 'node:vm'

import { secret } from '@net/core'
import { expect, test } from 'vitest'

import { storedJson } from '../src/stored-json.ts'

test('what JSON gives back as it was is stored', () => {
  const value = {
    a: [1, 'x', null, true],
    b: Object.assign(Object.create(null), { c: 1 }),
    d: undefined,
  }
  expect(storedJson(value, 'payload', 100)).toEqual({ text: '{"a":[1,"x",null,true],"b":{"c":1}}' })
  const shared = { x: 1 }
  expect(storedJson([shared, shared], 'payload', 100).text).toBe('[{"x":1},{"x":1}]')
})

test('what was made in another realm is stored as what is made in ours', () => {
  const value: unknown = runInNewContext('({ a: [1, { b: "c" }] })')
  expect(storedJson(value, 'payload', 100)).toEqual({ text: '{"a":[1,{"b":"c"}]}' })
  const dated: unknown = runInNewContext('({ at: new Date() })')
  expect(storedJson(dated, 'payload', 100).fault).toBe(
    'payload.at is a Date, which JSON does not have',
  )
})

test('a fault names the place and never the value', () => {
  class Order {
    readonly total = 1
  }
  const fault = (value: unknown): string | undefined => storedJson(value, 'payload', 100).fault
  expect(fault({ order: new Order() })).toBe('payload.order is a Order, which JSON does not have')
  expect(fault([{ s: Symbol('x') }])).toBe('payload[0].s is a symbol, which JSON does not have')
  expect(fault({ toJSON: () => 1 })).toBe('payload has a toJSON')
  expect(fault({ password: secret('hidden words') })).not.toContain('hidden')
  expect(fault('x'.repeat(99))).toBe('payload has 101 bytes, more than the 100 that are allowed')
})

test('what cannot be read, or is very deep, is a fault', () => {
  const throwing = {
    get trap(): never {
      throw new Error('trapped')
    },
  }
  expect(storedJson(throwing, 'payload', 100).fault).toContain('could not be read')
  let deep: unknown = 1
  for (let depth = 0; depth < 300; depth++) deep = [deep]
  expect(storedJson(deep, 'payload', 10_000).fault).toContain('more than 200 deep')
})
