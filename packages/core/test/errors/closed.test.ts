import { expect, test } from 'vitest'

import { closedError } from '@net/core/authoring'

test('a call on a closed client is told how await using may have closed it', () => {
  const cause = closedError()
  expect(cause).toMatchObject({ code: 'NET_CLOSED', retry: 'never' })
  expect(cause.message).toContain('write `return await`')
  expect(cause.cause).toBeUndefined()
  expect(closedError(cause).cause).toBe(cause)
})
