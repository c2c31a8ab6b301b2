import { expect, test } from 'vitest'

import { FOREIGN, SAFETY } from '../../src/web/answer.ts'

test('a document that others wrote runs nothing, loads nothing, and has an origin of its own', () => {
  expect(FOREIGN['content-security-policy']).toMatch(/^sandbox; default-src 'none'; /u)
  expect(FOREIGN['content-security-policy']).not.toMatch(/script|allow-|https?:/u)
  expect({ ...FOREIGN, 'content-security-policy': '' }).toEqual({
    ...SAFETY,
    'content-security-policy': '',
  })
})
