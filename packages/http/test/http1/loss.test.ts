import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { closed, withoutPlace } from '../../src/http1/loss.ts'

test('a loss on the road is told without the place of the road', () => {
  const lost = netError('NET_CONN_RESET', {
    message: 'at tcp://127.0.0.1:1',
    endpoint: '127.0.0.1:1',
  })
  const told = withoutPlace(lost)
  expect(told).toMatchObject({ code: 'NET_CONN_RESET', cause: lost })
  expect(told.endpoint).toBeUndefined()
})

test('a TLS connection that ended without close_notify is told as such, with what helps', () => {
  const cut = netError('NET_PROTO_INCOMPLETE', { message: 'cut' })
  expect(withoutPlace(cut)).toMatchObject({
    code: 'NET_CONN_CLOSED',
    message: expect.stringContaining('dangerouslyAllowTruncation'),
  })
})

test('other errors stay as they are', () => {
  const other = netError('NET_TIMEOUT_WRITE', { message: 'slow' })
  expect(withoutPlace(other)).toBe(other)
})

test('a connection that the server has closed says so, with the cause if there is one', () => {
  expect(closed()).toMatchObject({ code: 'NET_CONN_CLOSED' })
  const cause = new Error('because')
  expect(closed(cause).cause).toBe(cause)
})
