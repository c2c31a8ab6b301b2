import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect, test } from 'vitest'

import { holdSecret, redact } from '@net/core/authoring'

const holder = {}

test('[CORE-15] a held value is struck out in every form in which it travels', () => {
  const value = 'pa ss/wörd+"1"'
  holdSecret(value, holder)
  const bytes = Buffer.from(value)
  for (const form of [
    value,
    encodeURIComponent(value),
    new URLSearchParams({ p: value }).toString(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    JSON.stringify({ p: value }),
  ]) {
    expect(redact(`before ${form} after`)).toMatch(/^before .*\[secret\].* after$/)
    expect(redact(form)).not.toContain(form)
  }
})

test('a secret that begins with another one is struck out whole', () => {
  holdSecret('abcdefgh', holder)
  holdSecret('abcdefghijkl', holder)
  expect(redact('<abcdefghijkl> <abcdefgh>')).toBe('<[secret]> <[secret]>')
})

test('very short values are not looked for', () => {
  holdSecret('the', holder)
  expect(redact('the cat')).toBe('the cat')
})

test('a value is forgotten when the last of its holders is gone', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const keeper = {}
  holdSecret('forget-me-not', keeper)
  holdOnce('forget-me-not')
  holdOnce('remember-me-not')
  // Collection and finalizers are the engine's own business; ask until they have run.
  while (redact('remember-me-not') === '[secret]') {
    collect()
    await turn()
  }
  expect(redact('forget-me-not')).toBe('[secret]')
  expect(keeper).toBeDefined()
})

function holdOnce(value: string): void {
  holdSecret(value, {})
}
