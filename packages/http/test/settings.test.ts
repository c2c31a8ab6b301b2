import { basic } from '@net/http'
import { expect, test } from 'vitest'

import type { RequestOptions, SharedOptions } from '../src/client-options.ts'
import { overlaid, settingsOf } from '../src/settings.ts'

test('the defaults', () => {
  expect(settingsOf({})).toEqual({
    auth: undefined,
    redirects: 20,
    maxBytes: undefined,
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

test('the call wins over the client', () => {
  const client = settingsOf({ redirect: 3, maxBytes: 10, auth: basic('a', 'password-a') })
  const auth = basic('b', 'password-b')
  expect(overlaid(client, { redirect: false, auth }, client.auth)).toEqual({
    ...client,
    auth,
    redirects: 0,
  })
  expect(overlaid(client, undefined, client.auth)).toBe(client)
  expect(overlaid(client, undefined, undefined).auth).toBeUndefined()
})

test('[H-CORE-02] options are read as own properties only', () => {
  const inherited = Object.create({ redirect: 1, maxBytes: 1 }) as RequestOptions
  expect(overlaid(settingsOf({}), inherited, undefined)).toMatchObject({
    redirects: 20,
    maxBytes: undefined,
  })
})

test.each<SharedOptions>([{ redirect: -1 }, { redirect: 1.5 }, { maxBytes: -1 }])(
  '%j is refused',
  (options) => {
    expect(() => settingsOf(options)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  },
)
