import { randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import * as http from '@net/http'
import { startHttpServer, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

const guarded: Route = ({ headers: { authorization } }) => ({
  status: authorization === 'Bearer good-token' ? 200 : 401,
  body: authorization ?? 'none',
})

const basicOf = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

test('[HTTP-35] user and password from options and from the URL', async () => {
  await using server = await startHttpServer()
  const echoed = async (call: http.PendingResponse): Promise<string | undefined> =>
    (await call.json<{ headers: Record<string, string> }>()).headers['authorization']
  const url = `${server.url}/echo`
  const withUser = url.replace('//', '//ada:p%40ss-word@')
  expect(await echoed(http.get(withUser))).toBe(basicOf('ada', 'p@ss-word'))
  expect(await echoed(http.get(url, { user: 'bob', password: 'pass-word' }))).toBe(
    basicOf('bob', 'pass-word'),
  )
  expect(await echoed(http.get(withUser, { user: 'bob', password: 'pass-word' }))).toBe(
    basicOf('bob', 'pass-word'),
  )
  await using client = http.createClient({ baseUrl: withUser })
  expect(await echoed(client.get(''))).toBe(basicOf('ada', 'p@ss-word'))
  expect(await echoed(client.get('', { auth: http.bearer('token-1') }))).toBe('Bearer token-1')
  expect(await echoed(client.get('', { headers: { authorization: 'Mine 12345' } }))).toBe(
    'Mine 12345',
  )
})

test('a callback is asked again when the server refuses its answer, once', async () => {
  await using server = await startHttpServer({ routes: { '/guarded': guarded } })
  const answers = ['bad-token', 'good-token']
  const auth = http.bearer(() => answers.shift() ?? 'no-token')
  await using client = http.createClient({ baseUrl: server.url, auth })
  expect(await client.get('/guarded').text()).toBe('Bearer good-token')
  expect(await client.get('/guarded').text()).toBe('Bearer good-token')
  expect(server.received).toHaveLength(3)
})

/** A server that takes one token at a time, and a client whose callback gives the one that is valid. */
async function withExpiringTokens(
  use: (client: http.HttpClient, expire: () => void) => Promise<void>,
): Promise<number> {
  let [valid, asked] = [1, 0]
  const serve: Route = ({ headers }) => ({
    status: headers.authorization === `Bearer token-${valid}` ? 200 : 401,
  })
  const moved: Route = { status: 307, headers: { location: '/it' } }
  await using server = await startHttpServer({ routes: { '/it': serve, '/moved': moved } })
  const auth = http.bearer(() => {
    asked += 1
    return `token-${valid}`
  })
  await using client = http.createClient({ baseUrl: server.url, auth })
  await use(client, () => (valid += 1))
  return asked
}

test('[HTTP-37] a token that expires is renewed each time, for as long as the fresh one is taken', async () => {
  const asked = await withExpiringTokens(async (client, expire) => {
    for (let period = 0; period < 4; period++, expire()) {
      for (let call = 0; call < 2; call++) expect((await client.get('/it')).status).toBe(200)
    }
  })
  expect(asked).toBe(4)
})

test('a token that expires is renewed behind a redirect within the origin as well', async () => {
  const asked = await withExpiringTokens(async (client, expire) => {
    for (let period = 0; period < 3; period++, expire()) {
      for (let call = 0; call < 2; call++) expect((await client.get('/moved')).status).toBe(200)
    }
  })
  expect(asked).toBe(3)
})

test('a refusal by another origin, which was given no token, asks for none', async () => {
  let asked = 0
  const refuse: Route = { status: 401 }
  await using other = await startHttpServer({ routes: { '/it': refuse } })
  const away: Route = { status: 307, headers: { location: `${other.url}/it` } }
  await using server = await startHttpServer({ routes: { '/away': away } })
  const auth = http.bearer(() => `token-${(asked += 1)}`)
  await using client = http.createClient({ baseUrl: server.url, auth })
  for (let call = 0; call < 2; call++) {
    await expect(client.get('/away')).rejects.toMatchObject({ status: 401 })
  }
  expect([asked, server.received.length]).toEqual([1, 2])
})

test('calls that are refused at once with an older token all go on with the fresh one', async () => {
  const asked = await withExpiringTokens(async (client, expire) => {
    for (let period = 0; period < 3; period++, expire()) {
      const calls = Array.from({ length: 8 }, async () => (await client.get('/it')).status)
      expect(await Promise.all(calls)).toEqual(Array(8).fill(200))
    }
  })
  expect(asked).toBe(3)
})

test('a fresh token that is refused as well ends the asking', async () => {
  let asked = 0
  const refuse: Route = { status: 401 }
  await using server = await startHttpServer({ routes: { '/it': refuse } })
  const auth = http.bearer(() => {
    asked += 1
    return `token-${asked}`
  })
  await using client = http.createClient({ baseUrl: server.url, auth })
  for (let call = 0; call < 3; call++) {
    await expect(client.get('/it')).rejects.toMatchObject({ status: 401 })
  }
  expect(asked).toBe(2)
})

test('a fixed token that is refused is an error at once', async () => {
  await using server = await startHttpServer({ routes: { '/guarded': guarded } })
  const call = http.get(`${server.url}/guarded`, { auth: http.bearer('bad-token') })
  await expect(call).rejects.toMatchObject({ status: 401, code: 'NET_AUTH_REJECTED' })
  expect(server.received).toHaveLength(1)
})

test('what the callback throws passes as it is', async () => {
  const mine = new Error('the vault is closed')
  const auth = http.bearer(() => Promise.reject(mine))
  await expect(http.get('http://127.0.0.1:1/', { auth })).rejects.toBe(mine)
})

test.each(['authorization', 'refused'])(
  'what %s() of a way to log in of the caller throws passes as it is',
  async (name) => {
    const mine = new Error('my own mistake')
    const own = {
      name: 'own',
      authorization: () => 'Own bad-token',
      refused: () => false,
      [name]: () => {
        throw mine
      },
    }
    await using server = await startHttpServer({ routes: { '/guarded': guarded } })
    await expect(http.get(`${server.url}/guarded`, { auth: own })).rejects.toBe(mine)
  },
)

test('a request that succeeded stays so, though a way to log in cannot hear of it', async () => {
  const own = { name: 'own', authorization: () => 'Bearer good-token', refused: () => false }
  await using server = await startHttpServer({ routes: { '/guarded': guarded } })
  for (const accepted of [
    () => {
      throw new Error('mine')
    },
    () => Promise.reject(new Error('mine')) as never,
  ]) {
    const call = http.get(`${server.url}/guarded`, { auth: { ...own, accepted } })
    expect((await call).status).toBe(200)
  }
  expect(server.received).toHaveLength(2)
})

test.each([
  ['Bearer error="invalid_token"', 2],
  ['Bearer realm="a"', 2],
  ['Bearer error="insufficient_scope", scope="more"', 1],
])('a refusal that says %s is asked %i times', async (challenge, times) => {
  await using server = await startHttpServer({
    routes: { '/it': { status: 401, headers: { 'www-authenticate': challenge } } },
  })
  const auth = http.bearer(() => 'token-of-mine')
  await using client = http.createClient({ baseUrl: server.url, auth })
  await expect(client.get('/it')).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(server.received).toHaveLength(times)
})

test('a request with a login is let go of by the next small collection, and does not wait for a large one', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void
  const handler: http.Handler = async () => http.createResponse({ text: 'so' })
  const auth = http.bearer('good-token')
  await using client = http.createClient({ baseUrl: 'http://example.com', auth, handler })
  const ask = async (): Promise<number> => {
    for (let n = 0; n < 200; n++) {
      const much = randomBytes(5000).toString('hex')
      await client.get('/', { headers: { 'x-much': much } }).text()
    }
    // What survives one of them is young still.
    for (let n = 0; n < 3; n++) collect({ type: 'minor' })
    return process.memoryUsage().heapUsed
  }
  await ask()
  collect({ type: 'major' })
  const before = process.memoryUsage().heapUsed
  // The headers alone have 2 MB.
  expect((await ask()) - before).toBeLessThan(1_000_000)
})
