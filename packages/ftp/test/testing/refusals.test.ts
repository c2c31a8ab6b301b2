import { expect, test } from 'vitest'

import { netError } from '@net/core/authoring'

import { NotAFile, refusal } from '../../src/testing/refusals.ts'
import { NotAllowed } from '../../src/testing/user-tree.ts'

test('errors of the files are replies, and others are errors', () => {
  expect(refusal(netError('NET_NOT_FOUND', { message: 'x' }))).toBe(
    '550 No such file or directory.',
  )
  expect(refusal(netError('NET_BAD_NAME', { message: 'x' }))).toBe('550 x')
  expect(refusal(new NotAFile())).toMatch(/^550/)
  expect(refusal(new NotAllowed())).toBe('550 Permission denied.')
  expect(() => refusal(new TypeError('a bug'))).toThrow('a bug')
})
