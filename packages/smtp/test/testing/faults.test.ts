import { expect, test } from 'vitest'

import { SmtpFaults } from '../../src/testing/faults.ts'

test('strikes at the beginning of a line or at a pattern, the given number of times', () => {
  const faults = new SmtpFaults()
  faults.add({ on: 'rcpt', times: 2, do: 'drop' })
  faults.add({ on: /<b@/g, do: 'reset' })
  expect(faults.at('MAIL FROM:<a@x>')).toBeUndefined()
  expect(faults.at('RCPT TO:<b@x>')).toBe('drop')
  expect(faults.at('RCPT TO:<b@x>')).toBe('drop')
  expect(faults.at('RCPT TO:<b@x>')).toBe('reset')
  expect(faults.at('RCPT TO:<b@x>')).toBeUndefined()
})

test('without a place it strikes at any line of the client, or after bytes', () => {
  const faults = new SmtpFaults()
  faults.add({ do: 'stall' })
  faults.add({ after: 100, do: 'drop' })
  expect(faults.at('greeting')).toBeUndefined()
  expect(faults.after(99)).toBeUndefined()
  expect(faults.after(100)).toBe('drop')
  expect(faults.after(200)).toBeUndefined()
  expect(faults.at('NOOP')).toBe('stall')
})

test('refuses a fault with two places', () => {
  expect(() => new SmtpFaults().add({ on: 'x', after: 1, do: 'drop' })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test('refuses a fault that would do nothing, or whose options have other names', () => {
  for (const wrong of [
    {},
    { do: 'explode' },
    { do: {} },
    { do: { reply: 5 } },
    { do: { delay: -1 } },
    { do: { reply: '250 ok', delay: 5 } },
    { do: null },
    { on: 5, do: 'drop' },
    { after: '5', do: 'drop' },
    { times: 0, do: 'drop' },
    { at: 'MAIL', do: 'drop' },
    'drop',
  ]) {
    expect(() => new SmtpFaults().add(wrong as never)).toThrow(
      expect.objectContaining({
        code: 'NET_BAD_OPTION',
        message: expect.stringMatching(/^smtp fail: /),
      }),
    )
  }
})
