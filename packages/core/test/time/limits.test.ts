import { expect, test } from 'vitest'

import { limitsFor, timeoutCodes, wholeLimits } from '@net/core/authoring'

import { limitsWithin } from '../../src/time/limits.ts'

test.each([
  ['command', 60_000, Infinity, 60_000],
  ['exchange', 60_000, 60_000, 300_000],
  ['transfer', 60_000, 60_000, Infinity],
  ['session', 30_000, Infinity, Infinity],
] as const)('the defaults of a %s', (kind, reply, idle, total) => {
  expect(limitsFor(kind, undefined)).toMatchObject({
    reply,
    idle,
    total,
    connect: 10_000,
    tls: 10_000,
  })
})

test('a number is the limit of the whole call', () => {
  expect(limitsFor('exchange', 500).total).toBe(500)
  expect(limitsFor('exchange', 500).reply).toBe(60_000)
})

test('the call wins over the client, key by key', () => {
  const limits = limitsFor('exchange', { connect: 1 }, { connect: 2, reply: 3 })
  expect([limits.connect, limits.reply]).toEqual([1, 3])
})

test('the limits of a client are made once for each kind of call, unless the client may still change them', () => {
  const fixed = Object.freeze({ reply: 3 })
  expect(limitsFor('exchange', undefined, fixed)).toBe(limitsFor('exchange', undefined, fixed))
  expect(limitsFor('command', undefined, fixed)).toMatchObject({ reply: 3, total: 60_000 })
  expect(limitsFor('exchange', { total: 5 }, fixed)).toMatchObject({ reply: 3, total: 5 })
  const open = { reply: 3 }
  expect(limitsFor('exchange', undefined, open).reply).toBe(3)
  open.reply = 4
  expect(limitsFor('exchange', undefined, open).reply).toBe(4)
})

test('Infinity switches a limit off', () => {
  expect(limitsFor('exchange', { total: Infinity }).total).toBe(Infinity)
})

test.each([[0], [-1], [Number.NaN], [{ connect: '5' }], [{ conect: 5 }]])(
  '%j is refused',
  (timeout) => {
    expect(() => limitsFor('command', timeout as never)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  },
)

test('[H-CORE-02] limits inherited from a polluted prototype are not read', () => {
  const polluted = Object.create({ connect: 1 }) as { connect: number }
  expect(limitsFor('command', polluted).connect).toBe(10_000)
  const parsed = JSON.parse('{"__proto__":{"total":1}}') as object
  expect(limitsFor('command', parsed).total).toBe(60_000)
})

test('each limit has the code of its own name', () => {
  for (const [key, code] of Object.entries(timeoutCodes)) {
    expect(code).toBe(`NET_TIMEOUT_${key.toUpperCase()}`)
  }
})

test('whole limits are taken as they are, whatever the client says', () => {
  const limits = wholeLimits(limitsFor('command', { total: 5 }))
  expect(limits).toEqual(limitsFor('command', 5))
  expect(limitsFor('exchange', limits, { reply: 7 })).toBe(limits)
  expect(() => wholeLimits({ ...limits, total: -1 })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test('what is done within a call has its limits but for the whole, put together once', () => {
  const limits = limitsFor('exchange', { connect: 1, total: 5 })
  const inner = limitsWithin(limits)
  expect(inner).toMatchObject({ ...limits, total: Infinity })
  expect(limitsWithin(limits)).toBe(inner)
  // Nor is it by the part that gets it.
  expect(limitsFor('session', inner)).toBe(inner)
})
