import { Socket } from 'node:net'

import { expect, test } from 'vitest'

import { applyKeepAlive, type KeepAliveOption } from '../src/keep-alive.ts'

test('a number is the silence, an object has all three, false is never, nothing is a minute', () => {
  expect(applied(undefined)).toEqual([[true, 60_000]])
  expect(applied(5000)).toEqual([[true, 5000]])
  expect(applied(false)).toEqual([])
  expect(applied({ interval: 2000, count: 3 })).toEqual([[true, 60_000, 2000, 3]])
})

test('[H-CORE-02] inherited options are not read', () => {
  expect(applied(Object.create({ idle: 1 }) as object)).toEqual([
    [true, 60_000, undefined, undefined],
  ])
})

function applied(option: KeepAliveOption | undefined): unknown[][] {
  const calls: unknown[][] = []
  const socket = Object.assign(new Socket(), {
    setKeepAlive: (...args: unknown[]) => void calls.push(args),
  }) as unknown
  applyKeepAlive(socket as Socket, option)
  return calls
}
