import { canary, expectNoCanary } from '@tools/canary'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import {
  startHttpServer,
  type HttpServer,
  type Reply,
  type Route,
  type SeenRequest,
} from '@net/http/testing'
import { expect, test } from 'vitest'

/** A server that rotates refresh tokens, and revokes all when an old one comes again. */
class Family {
  access = 0
  refreshes = 0
  revoked = false
  /** Whether the present token is taken. */
  taken = true
  hold: Promise<void> | undefined
  readonly seconds: number | undefined

  constructor(seconds?: number) {
    this.seconds = seconds
  }

  readonly token: Route = async (_request, exchange) => {
    const form = new URLSearchParams(Buffer.from(await exchange.bytes()).toString())
    await this.hold
    const refresh = form.get('refresh_token')
    if (refresh !== null && refresh !== `refresh-${this.access}`) this.revoked = true
    if (this.revoked) return { status: 400, json: { error: 'invalid_grant' } }
    this.access += 1
    this.refreshes += 1
    this.taken = true
    const { access, seconds } = this
    return {
      json: {
        access_token: `access-${access}`,
        refresh_token: `refresh-${access}`,
        expires_in: seconds,
      },
    }
  }

  readonly api = ({ headers }: SeenRequest): Reply => ({
    status: this.taken && headers.authorization === `Bearer access-${this.access}` ? 200 : 401,
    body: headers.authorization ?? 'none',
  })
}

const serving = (family: Family): Promise<HttpServer> =>
  startHttpServer({ routes: { '/token': family.token, '/api': family.api } })

function clientOf(server: HttpServer, more: Partial<http.OAuthOptions> = {}): http.HttpClient {
  const auth = http.oauth({
    tokenUrl: `${server.url}/token`,
    clientId: 'me',
    clientSecret: 'my-secret',
    ...more,
  })
  return http.createClient({ baseUrl: server.url, auth })
}

test('[HTTP-37] a token is fetched once for all calls that wait, and used until it ends', async () => {
  using clock = useFakeClock()
  const family = new Family(60)
  await using server = await serving(family)
  await using client = clientOf(server)
  const answers = await Promise.all(Array.from({ length: 10 }, () => client.get('/api').text()))
  expect(new Set(answers)).toEqual(new Set(['Bearer access-1']))
  await clock.advance(49_000)
  expect(await client.get('/api').text()).toBe('Bearer access-1')
  await clock.advance(2_000)
  expect(await client.get('/api').text()).toBe('Bearer access-2')
  expect(family.refreshes).toBe(2)
})

test('[HTTP-37] ten refusals lead to one renewal, also those that come late', async () => {
  const family = new Family()
  await using server = await startHttpServer({
    routes: {
      '/token': family.token,
      '/api': family.api,
      // Ends once the token was renewed.
      '/late': async (request) => {
        const sent = request.headers.authorization
        if (sent === 'Bearer access-1') await renewed.promise
        return family.api(request)
      },
    },
  })
  const renewed = Promise.withResolvers<void>()
  await using client = clientOf(server)
  expect(await client.get('/api').text()).toBe('Bearer access-1')
  family.taken = false
  const late = client.get('/late').text()
  const early = await Promise.all(Array.from({ length: 9 }, () => client.get('/api').text()))
  renewed.resolve()
  expect(new Set([...early, await late])).toEqual(new Set(['Bearer access-2']))
  expect([family.refreshes, family.revoked]).toEqual([2, false])
})

test('two programs over one store renew once', async () => {
  const family = new Family()
  await using server = await serving(family)
  let kept: http.OAuthToken | undefined
  const store = {
    load: () => kept,
    save: (token: http.OAuthToken) => {
      kept = token
    },
  }
  await using one = clientOf(server, store)
  await using other = clientOf(server, store)
  await one.get('/api')
  await other.get('/api')
  family.taken = false
  await one.get('/api')
  expect(await other.get('/api').text()).toBe('Bearer access-2')
  expect([family.refreshes, family.revoked]).toEqual([2, false])
})

test('a token is used when it is saved; one that cannot be is kept for the next call', async () => {
  const family = new Family()
  await using server = await serving(family)
  const mine = new Error('disk full')
  const saves: (Error | undefined)[] = [mine, undefined]
  await using client = clientOf(server, {
    save: () => {
      const failing = saves.shift()
      if (failing !== undefined) throw failing
    },
  })
  await expect(client.get('/api')).rejects.toBe(mine)
  expect(await client.get('/api').text()).toBe('Bearer access-1')
  expect(family.refreshes).toBe(1)
})

test('a refresh token that was revoked is told, and the next call asks again', async () => {
  const family = new Family()
  family.access = 1
  await using server = await serving(family)
  await using client = clientOf(server, { refreshToken: 'refresh-0' })
  await expect(client.get('/api')).rejects.toMatchObject({
    code: 'NET_AUTH_EXPIRED',
    retry: 'never',
  })
  family.revoked = false
  family.access = 0
  expect(await client.get('/api').text()).toBe('Bearer access-1')
})

test('a token that is refused though it is new is no loop', async () => {
  const family = new Family()
  await using server = await startHttpServer({
    routes: { '/token': family.token, '/api': { status: 401 } },
  })
  await using client = clientOf(server)
  await expect(client.get('/api')).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect([server.received.length, family.refreshes]).toEqual([2, 1])
})

test('a token that the caller has is used first, and renewed when it is refused', async () => {
  const family = new Family()
  family.access = 1
  await using server = await serving(family)
  await using client = clientOf(server, { accessToken: 'access-1', refreshToken: 'refresh-1' })
  expect(await client.get('/api').text()).toBe('Bearer access-1')
  family.taken = false
  expect(await client.get('/api').text()).toBe('Bearer access-2')
})

test("one call's abort ends its own wait alone", async () => {
  const family = new Family()
  const held = Promise.withResolvers<void>()
  family.hold = held.promise
  await using server = await serving(family)
  await using client = clientOf(server)
  const stop = new AbortController()
  const first = client.get('/api', { signal: stop.signal })
  first.catch(() => {})
  const second = client.get('/api').text()
  stop.abort()
  await expect(first).rejects.toMatchObject({ code: 'NET_ABORTED' })
  held.resolve()
  expect(await second).toBe('Bearer access-1')
  expect(family.refreshes).toBe(1)
})

test('no token and no secret shows in an error', async () => {
  const [access, refresh, clientSecret] = [canary('access'), canary('refresh'), canary('client')]
  await using server = await startHttpServer({
    routes: {
      '/token': { json: { access_token: access, refresh_token: refresh } },
      '/api': ({ headers }) => ({ status: 400, body: headers.authorization ?? '' }),
    },
  })
  const auth = http.oauth({
    tokenUrl: `${server.url}/token`,
    clientId: 'me',
    clientSecret,
    refreshToken: refresh,
  })
  await using client = http.createClient({ baseUrl: server.url, auth })
  const error: unknown = await client.get('/api').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_REPLY_PERMANENT' })
  expectNoCanary(error)
  expectNoCanary(auth)
})

test('a wrong option is refused, with the name that was meant', () => {
  expect(() => http.oauth({ tokenUrl: 'https://a.example', client_id: 'me' } as never)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining('clientId') as string,
    }),
  )
})

test('a renewal that fails when its call has been aborted already ends nothing else', async () => {
  await using server = await startHttpServer({ routes: { '/token': { status: 400, body: '' } } })
  const tokenUrl = `${server.url}/token`
  const auth = http.oauth({ tokenUrl, clientId: 'me', clientSecret: 'secret of mine' })
  const asking = { url: new URL(server.url) }
  const gone = async (): Promise<unknown> =>
    auth.authorization({ ...asking, signal: AbortSignal.abort() })
  await expect(gone()).rejects.toMatchObject({ code: 'NET_ABORTED' })
  // Each renewal asks once: when there is a second one, the first has failed.
  await expect
    .poll(() => gone().catch(() => server.received.length), { interval: 1 })
    .toBeGreaterThan(1)
  const waiting = async (): Promise<unknown> =>
    auth.authorization({ ...asking, signal: new AbortController().signal })
  await expect(waiting()).rejects.toMatchObject({ code: 'NET_REPLY_PERMANENT' })
})

test('a refresh token that was revoked is told also through a client that takes no status for an error', async () => {
  await using server = await startHttpServer({
    routes: { '/token': { status: 400, json: { error: 'invalid_grant' } } },
  })
  await using client = http.createClient({ throwHttpErrors: false })
  const tokenUrl = `${server.url}/token`
  const auth = http.oauth({ tokenUrl, clientId: 'me', refreshToken: 'old one of mine', client })
  await expect(http.get(`${server.url}/json`, { auth })).rejects.toMatchObject({
    code: 'NET_AUTH_EXPIRED',
  })
})
