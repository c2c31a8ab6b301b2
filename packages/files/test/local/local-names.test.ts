import { expect, test } from 'vitest'

import { checkNew, forbiddenIn, whyRefused } from '../../src/local/local-names.ts'

test('refuses what another system would take for something else', () => {
  for (const name of ['a:b', 'NUL', 'a ', 'a\\b', 'a\u0007']) {
    expect(whyRefused(name, 'portable')).toBeTypeOf('string')
    expect(whyRefused(name, 'system')).toBeUndefined()
  }
  for (const name of ['..', '', 'a/b', 'a\0'])
    expect(whyRefused(name, 'system')).toBeTypeOf('string')
})

test('tells the characters, and checks whole paths', () => {
  expect(forbiddenIn('system')).toBe('')
  expect(forbiddenIn('portable')).toContain('\u001b')
  expect(() => checkNew(['in', 'a:b'], 'portable')).toThrow(
    expect.objectContaining({ code: 'NET_BAD_NAME' }),
  )
  checkNew(['in', 'a'], 'portable')
})
