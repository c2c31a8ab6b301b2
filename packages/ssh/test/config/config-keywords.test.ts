import { expect, test } from 'vitest'

import { kindOf, secondsOf, valueFault } from '../../src/config/config-keywords.ts'

test('keywords that count, that are left out, and that nobody knows', () => {
  expect([kindOf('port'), kindOf('ipqos'), kindOf('nonsense')]).toEqual([
    'port',
    'ignored',
    undefined,
  ])
})

test('values that may not be', () => {
  expect(valueFault('port', ['70000'])).toBe('"70000" is no port')
  expect(valueFault('flag', ['perhaps'])).toContain('neither yes nor no')
  expect(valueFault('number', ['x'])).toContain('is no number')
  expect(valueFault('time', ['soon'])).toContain('is no time')
  expect(valueFault('text', [])).toBe('its value is missing')
  expect(valueFault('text', ['a', 'b'])).toBe('there is more behind "a"')
  expect(valueFault('many', ['a', 'b'])).toBeUndefined()
})

test('times', () => {
  expect([secondsOf('90'), secondsOf('1m30s'), secondsOf('2H'), secondsOf('x')]).toEqual([
    90,
    90,
    7200,
    undefined,
  ])
})
