import { expect, test } from 'vitest'

import { percentDecoded } from '@net/core/authoring'

test.each([
  ['50%off', '50%off'],
  ['100%', '100%'],
  ['%', '%'],
  ['a%20b%', 'a b%'],
  ['%C3%B6%zz', 'ö%zz'],
  ['%25off', '%off'],
  ['%ff', '%ff'],
  ['plain', 'plain'],
])('%s stands for %s', (text, plain) => {
  expect(percentDecoded(text)).toBe(plain)
})
