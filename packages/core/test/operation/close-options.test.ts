import { closeDoor } from '@net/core/authoring'
import { expect, test } from 'vitest'

const graceOf = closeDoor({ protocol: 'socket', call: 'close' })

test('the grace is two seconds unless the caller says otherwise', () => {
  expect([graceOf(undefined), graceOf({}), graceOf({ grace: 0 })]).toEqual([2000, 2000, 0])
})

test('other options are refused, and a time limit is called by its name', () => {
  expect(() => graceOf({ timeout: 5 } as never)).toThrow(
    /socket close: the options have no timeout; use grace/,
  )
  expect(() => graceOf({ grace: '5' } as never)).toThrow(/grace must be a number of milliseconds/)
})
