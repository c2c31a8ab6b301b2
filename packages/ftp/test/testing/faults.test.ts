import { expect, test } from 'vitest'

import { FtpFaults } from '../../src/testing/faults.ts'

test('a fault strikes the command it is for, as often as it says', () => {
  const faults = new FtpFaults()
  faults.add({ on: 'stor', times: 2, do: 'drop' })
  faults.add({ on: /^RETR .*\.txt$/, do: 'stall' })
  expect(faults.at('NOOP')).toBeUndefined()
  expect(faults.at('STOR a')?.do).toBe('drop')
  expect(faults.at('STOR b')?.do).toBe('drop')
  expect(faults.at('STOR c')).toBeUndefined()
  expect(faults.at('RETR a.bin')).toBeUndefined()
  expect(faults.at('RETR a.txt')?.do).toBe('stall')
})

test('without a command it strikes the next one', () => {
  const faults = new FtpFaults()
  faults.add({ do: 'reset' })
  expect(faults.at('ANY thing')?.do).toBe('reset')
  expect(faults.at('ANY thing')).toBeUndefined()
})

test('a pattern fits wherever it was last found', () => {
  const faults = new FtpFaults()
  faults.add({ on: /NOOP/g, times: 2, do: 'stall' })
  faults.add({ on: 'LIST', do: { send: 'x', reply: '451 no' } })
  expect(faults.at('NOOP')?.do).toBe('stall')
  expect(faults.at('NOOP')?.do).toBe('stall')
})

test.each([
  [null, 'an object of options'],
  [{ on: 'NOOP' }, 'do is missing'],
  [{ do: 'explode' }, "{ send }, { reply }, { delay }, 'drop'"],
  [{ do: { reply: 5 } }, 'reply must be'],
  [{ do: { reply: '200', dleay: 5 } }, 'no dleay'],
  [{ do: 'drop', time: 2 }, 'times'],
  [{ do: 'drop', on: 5 }, 'a string or a pattern'],
])('a fault that would never strike is refused: %j', (fault, text) => {
  expect(() => new FtpFaults().add(fault as never)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      protocol: 'ftp',
      operation: 'fail',
      message: expect.stringContaining(text),
    }),
  )
})
