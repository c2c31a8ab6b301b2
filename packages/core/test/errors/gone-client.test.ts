import { isOfGoneClient, netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { markGone } from '../../src/errors/gone-client.ts'

test('an error that is marked shows nothing of that', () => {
  const error = netError('NET_CONN_RESET', { message: 'reset' })
  const before = JSON.stringify(error)
  expect(isOfGoneClient(error)).toBe(false)
  markGone(error)
  markGone(error)
  expect(isOfGoneClient(error)).toBe(true)
  expect(JSON.stringify(error)).toBe(before)
})
