import { expect, test } from 'vitest'

import { Faults } from '../../src/testing/faults.ts'

test('a fault strikes the command it is for, as often as it says', () => {
  const faults = new Faults()
  faults.add({ on: 'stor', times: 2, do: 'drop' })
  faults.add({ on: /^RETR .*\.txt$/, do: 'stall' })
  expect(faults.take('NOOP')).toBeUndefined()
  expect(faults.take('STOR a')?.do).toBe('drop')
  expect(faults.take('STOR b')?.do).toBe('drop')
  expect(faults.take('STOR c')).toBeUndefined()
  expect(faults.take('RETR a.bin')).toBeUndefined()
  expect(faults.take('RETR a.txt')?.do).toBe('stall')
})

test('without a command it strikes the next one', () => {
  const faults = new Faults()
  faults.add({ do: 'reset' })
  expect(faults.take('ANY thing')?.do).toBe('reset')
  expect(faults.take('ANY thing')).toBeUndefined()
})
