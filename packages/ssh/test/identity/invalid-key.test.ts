import { expect, test } from 'vitest'

import { invalid } from '../../src/identity/invalid-key.ts'

test('the error says why, and keeps the cause', () => {
  const cause = new Error('unexpected end')
  expect(invalid('it is cut', cause)).toMatchObject({
    code: 'NET_CREDENTIAL_INVALID',
    message: 'the private key cannot be used: it is cut',
    cause,
  })
})
