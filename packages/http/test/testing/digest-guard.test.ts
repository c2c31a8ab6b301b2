import { createClient, digest } from '@net/http'
import { digestGuard, startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

test('who does not prove it is asked, and a used number is refused', async () => {
  const users = { ada: 'open sesame' }
  await using server = await startHttpServer({
    routes: { '/in': digestGuard({ users, realm: 'here' }, { body: 'inside' }) },
  })
  const asked = await fetch(`${server.url}/in`)
  expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringMatching(
      /^Digest realm="here", nonce="[^"]+", opaque="[^"]+", algorithm=SHA-256, qop="auth", charset=UTF-8$/,
    ),
  ])
  await using client = createClient({ baseUrl: server.url, auth: digest('ada', 'open sesame') })
  expect(await client.get('/in').text()).toBe('inside')
  const { authorization = '' } = server.received.at(-1)!.headers
  expect((await fetch(`${server.url}/in`, { headers: { authorization } })).status).toBe(401)
})

test('wrong options are refused', () => {
  expect(() => digestGuard({} as never, {})).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
