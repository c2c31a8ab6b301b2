import { basic } from '@net/http'
import { expect, test } from 'vitest'

import { requestOptions } from '../src/client-options.ts'
import { overlaid, settingsOf } from '../src/settings.ts'

test('the defaults', () => {
  expect(settingsOf({})).toEqual({
    auth: undefined,
    redirects: 20,
    onRedirect: undefined,
    cookies: undefined,
    cache: undefined,
    onRetry: undefined,
    maxBytes: undefined,
    maxRatio: 100,
    decompress: true,
    throwHttpErrors: true,
  })
})

test.each([
  [false, 0],
  [true, 20],
  [3, 3],
  [{ limit: 2 }, 2],
  [{}, 20],
])('redirect %j follows %i', (redirect, expected) => {
  expect(settingsOf({ redirect }).redirects).toBe(expected)
})

test.each([
  ['true', true, 0, 20],
  ['a hook alone', { onRedirect: () => true }, 0, 20],
  ['true, which leaves a limit as it is', true, 3, 3],
  ['a number', 2, 0, 2],
] as const)('%s of a call over the limit of a client', (_, redirect, limit, expected) => {
  const client = settingsOf({ redirect: limit })
  expect(overlaid(client, { redirect }, undefined).redirects).toBe(expected)
})

test('the call wins over the client', () => {
  const client = settingsOf({ redirect: 3, maxBytes: 10, auth: basic('a', 'password-a') })
  const auth = basic('b', 'password-b')
  expect(overlaid(client, { redirect: false, auth }, client.auth)).toEqual({
    ...client,
    auth,
    redirects: 0,
  })
  expect(overlaid(client, requestOptions(undefined), client.auth)).toBe(client)
  expect(overlaid(client, requestOptions(undefined), undefined).auth).toBeUndefined()
})
