import { createClient, createResponse, type ClientOptions, type Handler } from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { createCertificates, startSocksServer } from '@net/socket/testing'
import { describe, expect, test } from 'vitest'

const saying =
  (text: string): Handler =>
  async () =>
    createResponse({ text })

describe('[HTTP-56] handlers by prefix', () => {
  const client = createClient({
    handler: saying('all'),
    mounts: {
      'https:': { handler: saying('tls') },
      'https://*.example': { handler: saying('below') },
      'https://api.example': { handler: saying('api') },
      'https://api.example/v2/': { handler: saying('v2') },
      'https://api.example:8443': { handler: saying('port') },
    },
  })

  test.each([
    ['http://api.example/v2', 'all'],
    ['https://other.test/', 'tls'],
    ['https://www.example/', 'below'],
    ['https://example/', 'tls'],
    ['https://API.example/v1', 'api'],
    ['https://api.example/v20', 'api'],
    ['https://api.example/v2', 'v2'],
    ['https://api.example/v2?a=b', 'v2'],
    ['https://api.example/v1/../v2/x', 'v2'],
    ['https://api.example:8443/v2', 'port'],
  ])('%s is answered by %s', async (url, text) => {
    expect(await client.get(url).text()).toBe(text)
  })

  test('also behind a redirect', async () => {
    const location = 'https://api.example/v2/there'
    const moved: Handler = async () => createResponse({ status: 302, headers: { location } })
    await using other = createClient({
      handler: moved,
      mounts: { 'https://api.example': { handler: saying('there') } },
    })
    expect(await other.get('https://old.test/').text()).toBe('there')
  })
})

test('[HTTP-56] a road and TLS by prefix; what guards the client guards them', async () => {
  const authority = createCertificates()
  await using server = await startHttpServer({ tls: authority.issue({ names: ['shop.test'] }) })
  await using proxy = await startSocksServer({ hosts: { 'shop.test': '127.0.0.1' } })
  const shop = `https://shop.test:${new URL(server.url).port}`
  const mounts = { [shop]: { proxy: proxy.url, tls: { ca: authority.ca } } }
  await using client = createClient({ proxy: false, mounts })
  expect((await client.get(`${shop}/json`)).status).toBe(200)
  expect(proxy.received).toHaveLength(1)
  expect(client.explain(`${shop}/json`).hops).toMatchObject([{ kind: 'socks5' }])
  expect(client.explain('https://other.test').hops).toEqual([])
  await using guarded = createClient({ block: 'private', mounts: { 'http:': { proxy: false } } })
  await expect(guarded.get('http://127.0.0.1:9/', { retry: false })).rejects.toMatchObject({
    code: 'NET_ADDRESS_BLOCKED',
  })
})

test('[HTTP-56] a mount with TLS of its own shares no connection with the client', async () => {
  const authority = createCertificates()
  await using server = await startHttpServer({ tls: authority.issue() })
  const mounts = { [`${server.url}/open`]: { tls: { dangerouslySkipVerification: true } } }
  await using client = createClient({ mounts, throwHttpErrors: false })
  expect((await client.get(`${server.url}/open`)).status).toBe(404)
  await expect(client.get(`${server.url}/json`, { retry: false })).rejects.toMatchObject({
    code: 'NET_TLS_CERT_UNTRUSTED',
  })
})

test.each<[ClientOptions['mounts'], string]>([
  [{ 'api.example': {} }, 'the key api.example of mounts is none of https:, '],
  [{ 'ftp://api.example': {} }, 'is none of'],
  [{ 'https://a b': {} }, 'is none of'],
  [{ 'https://api.example/?a': {} }, 'is none of'],
  [{ 'https:': { proxies: 5 } as never }, 'proxies'],
])('a mount that cannot be is refused', (mounts, message) => {
  expect(() => createClient({ mounts })).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining(message) as string,
    }),
  )
})
