import type { NetError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { CallsUnderWay, OperationCall, type EndableCall } from '../src/calls-under-way.ts'

function call(told: string[], name: string, onEnd?: (self: EndableCall) => void): EndableCall {
  const self: EndableCall = {
    before: undefined,
    after: undefined,
    listed: false,
    end(error: NetError) {
      told.push(`end ${name} ${error.code}`)
      onEnd?.(self)
    },
    leave: (error: NetError) => void told.push(`leave ${name} ${error.code}`),
  }
  return self
}

test('closing waits for calls, ends those that last, and leaves those that do not end', async () => {
  using clock = useFakeClock()
  const told: string[] = []
  const calls = new CallsUnderWay()
  const quick = call(told, 'quick')
  const slow = call(told, 'slow', (self) => calls.delete(self))
  const stuck = call(told, 'stuck')
  for (const each of [quick, slow, stuck]) calls.add(each)
  const closed = calls.close(1000)
  calls.delete(quick)
  expect(() => calls.add(call(told, 'late'))).toThrow(
    expect.objectContaining({ code: 'NET_CLOSED' }),
  )
  expect(told).toEqual([])
  await clock.advance(1000)
  expect(told).toEqual(['end slow NET_CLOSED', 'end stuck NET_CLOSED'])
  expect([calls.has(slow), calls.has(stuck)]).toEqual([false, true])
  await clock.advance(50)
  await closed
  expect(told.at(-1)).toBe('leave stuck NET_CLOSED')
})

test('a call that lasts as long as its operation fails with it', async () => {
  const told: NetError[] = []
  const calls = new CallsUnderWay()
  calls.add(new OperationCall({ fail: (error) => void told.push(error) }))
  await calls.close(0)
  expect(told).toMatchObject([{ code: 'NET_CLOSED' }])
})

test('without calls it closes at once', async () => {
  expect(await new CallsUnderWay().close(1000)).toBeUndefined()
})
