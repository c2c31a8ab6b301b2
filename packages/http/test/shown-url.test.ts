import { inspect } from 'node:util'

import * as http from '@net/http'
import { startHttpServer, type Route } from '@net/http/testing'
import { canary, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

import { shownUrl } from '../src/shown-url.ts'

test('a URL is printed without the values of such names', () => {
  expect(shownUrl('https://h/p?page=7&token=abc#x')).toBe('https://h/p?page=7&token=[secret]#x')
})

test('fields that hold a URL are printed without them as well', () => {
  const headers = new http.HttpHeaders({ location: 'https://h/?code=abcdef', 'x-other': '?code=1' })
  expect(headers.toJSON()).toEqual({ location: 'https://h/?code=[secret]', 'x-other': '?code=1' })
  expect(inspect(http.createResponse({ headers }))).not.toContain('abcdef')
})

test('secrets of a form that the server echoes are struck out of the error', async () => {
  const echo: Route = (_request, { content }) => ({ status: 400, body: content })
  await using server = await startHttpServer({ routes: { '/token': echo } })
  const form = { grant_type: 'password', client_secret: canary('form'), user: 'ada' }
  const error: unknown = await http.post(`${server.url}/token`, { form }).catch((e: unknown) => e)
  expect(error).toMatchObject({ reply: { text: expect.stringContaining('user=ada') } })
  expectNoCanary(error)
})
