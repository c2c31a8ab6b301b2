import * as http from '@net/http'
import { startHttpServer, type Reply, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

import { fetchToken } from '../../src/auth/token-endpoint.ts'

const token = (more: object = {}): Reply => ({
  json: { access_token: 'access-token-1', token_type: 'Bearer', ...more },
})

async function asked(reply: Reply | Route, more: object = {}, refresh?: string): Promise<unknown> {
  await using server = await startHttpServer({ routes: { 'POST /token': reply } })
  const endpoint = { tokenUrl: `${server.url}/token`, clientId: 'my id', ...more }
  const fetched = await fetchToken(endpoint, refresh)
  const { headers, body } = server.received[0]!
  return [fetched, headers.authorization, Buffer.from(body).toString()]
}

test('[HTTP-37] the credentials of the client, encoded and in a header', async () => {
  expect(await asked(token(), { clientSecret: 'my:secret', scope: 'read' })).toEqual([
    { accessToken: 'access-token-1' },
    `Basic ${Buffer.from('my+id:my%3Asecret').toString('base64')}`,
    'grant_type=client_credentials&scope=read',
  ])
})

test('[HTTP-37] a refresh token, with the credentials in the form', async () => {
  const more = { clientSecret: 'my:secret', clientAuth: 'body', params: { audience: 'api' } }
  expect(await asked(token({ refresh_token: 'refresh-token-2' }), more, 'refresh-token-1')).toEqual(
    [
      { accessToken: 'access-token-1', refreshToken: 'refresh-token-2' },
      undefined,
      'grant_type=refresh_token&refresh_token=refresh-token-1&client_id=my+id&client_secret=my%3Asecret&audience=api',
    ],
  )
})

test.each([
  [3600, true],
  ['3600', true],
  ['soon', false],
  [undefined, false],
])('expires_in %j is understood: %s', async (expires_in, known) => {
  const before = Date.now()
  const [fetched] = (await asked(token({ expires_in }))) as [{ expires?: number }]
  if (known) expect(fetched.expires).toBeGreaterThanOrEqual(before + 3_600_000)
  else expect(fetched.expires).toBeUndefined()
})

test.each<[string, Reply, string | undefined, object]>([
  [
    'a refresh token that has ended',
    { status: 400, json: { error: 'invalid_grant' } },
    'refresh-token-1',
    { code: 'NET_AUTH_EXPIRED', retry: 'never' },
  ],
  [
    'another refusal',
    { status: 400, json: { error: 'invalid_scope' } },
    'refresh-token-1',
    { code: 'NET_REPLY_PERMANENT' },
  ],
  [
    'a wrong client',
    { status: 401, json: { error: 'invalid_client' } },
    undefined,
    { code: 'NET_AUTH_REJECTED' },
  ],
  ['a server that is down', { status: 503 }, undefined, { code: 'NET_REPLY_TEMPORARY' }],
  ['no token', { json: {} }, undefined, { code: 'NET_PROTO_UNEXPECTED' }],
  [
    'a token of another kind',
    token({ token_type: 'mac' }),
    undefined,
    { code: 'NET_AUTH_NO_METHOD' },
  ],
])('%s', async (_what, reply, refresh, expected) => {
  await expect(asked(reply, {}, refresh)).rejects.toMatchObject(expected)
})

test('the client of the caller makes the call', async () => {
  await using server = await startHttpServer({ routes: { 'POST /token': token() } })
  await using client = http.createClient({ baseUrl: server.url, headers: { 'x-mine': '1' } })
  await fetchToken({ tokenUrl: '/token', clientId: 'me', client }, undefined)
  expect(server.received[0]!.headers['x-mine']).toBe('1')
})
