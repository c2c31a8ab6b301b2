import { expect, test } from 'vitest'

import { SecretIndex } from '../../src/redaction/secret-index.ts'

const all = (): boolean => true

function indexOf(...values: readonly string[]): SecretIndex {
  const index = new SecretIndex()
  for (const value of values) index.add(value)
  return index
}

test('a value is found at the beginning, at the end, and twice in a row', () => {
  const index = indexOf('s3cret-1')
  expect(index.strike('s3cret-1s3cret-1, s3cret-1', all, '*')).toBe('**, *')
  expect(index.strike('s3cret-', all, '*')).toBe('s3cret-')
  expect(index.strike('s3', all, '*')).toBe('s3')
  expect(index.strike('', all, '*')).toBe('')
})

test('the longest value that begins at a place is struck out, unless it is not sought', () => {
  const index = indexOf('abcd', 'abcd-efgh', 'abcd-ef')
  expect(index.strike('<abcd-efghi>', all, '*')).toBe('<*i>')
  expect(index.strike('<abcd-efghi>', (value) => value !== 'abcd-efgh', '*')).toBe('<*ghi>')
})

test('a value that is no longer held is not found in any form, and others with the same beginning are', () => {
  const index = indexOf('pass/one', 'pass/two')
  expect(index.strike('pass/one pass%2Ftwo', all, '*')).toBe('* *')
  index.delete('pass/one')
  expect(index.strike('pass/one pass%2Fone pass%2Ftwo', all, '*')).toBe('pass/one pass%2Fone *')
  index.add('soon-gone')
  index.delete('soon-gone')
  expect(index.strike('soon-gone', all, '*')).toBe('soon-gone')
})

test('a word is found where no letter or digit of any script is beside it', () => {
  const index = indexOf('winter')
  expect(index.strike('winter, (winter) éwinter winteré 𝐀winter winter𝐀 1winter', all, '*')).toBe(
    '*, (*) éwinter winteré 𝐀winter winter𝐀 1winter',
  )
})
