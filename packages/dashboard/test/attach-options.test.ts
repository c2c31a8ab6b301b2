import { expect, test } from 'vitest'

import { attachDoor } from '../src/attach-options.ts'

test.each([
  [{ host: '0.0.0.0' }, /listen/u],
  [{ port: 70_000 }, /port must be a whole number from 0 to 65535/u],
  [{ operations: 0 }, /operations/u],
  [{ allowHosts: 'lab.example' }, /allowHosts must be a list/u],
])('%j is refused with the reason', (options, reason) => {
  expect(() => attachDoor(options as never)).toThrow(reason)
})

test('everything may be undefined', () => {
  expect(attachDoor({ port: undefined, title: 'x' })).toEqual({ title: 'x' })
})
