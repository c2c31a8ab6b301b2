import { expect, test } from 'vitest'

import { clientLimits, sendLimits } from '../src/send-limits.ts'

test('a server has ten minutes for its verdict, and the message as a whole no limit on writing', () => {
  const { operation, reply, write, verdict } = sendLimits(undefined, undefined)
  expect(operation).toMatchObject({ write: Infinity, reply: Infinity, total: 900_000 })
  expect([reply, write, verdict]).toEqual([60_000, 60_000, 600_000])
})

test('what is given holds, the call before the client', () => {
  expect(sendLimits({ reply: 5, write: 6 }, { reply: 7, total: 8 })).toMatchObject({
    operation: { total: 8 },
    reply: 5,
    write: 6,
    verdict: 5,
  })
  expect(sendLimits(100, { reply: 7 })).toMatchObject({ operation: { total: 100 }, verdict: 7 })
  expect(sendLimits({ connect: 1 }, 50)).toMatchObject({
    operation: { total: 50 },
    verdict: 600_000,
  })
})

test('refuses wrong limits', () => {
  expect(() => sendLimits(-1, undefined)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test('calls of a client without limits of their own share those that were made once', () => {
  const limits = clientLimits({ reply: 7, total: 8 })
  expect(limits(undefined)).toBe(limits(undefined))
  expect(limits(undefined)).toEqual(sendLimits(undefined, { reply: 7, total: 8 }))
  expect(limits({ reply: 5 })).toEqual(sendLimits({ reply: 5 }, { reply: 7, total: 8 }))
})
