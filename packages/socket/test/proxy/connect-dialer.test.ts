import { connectDialer, overTransport, secure } from '@net/socket'
import {
  checkDialer,
  createCertificates,
  startConnectServer,
  startEchoServer,
} from '@net/socket/testing'
import { nextId, redact } from '@net/core/authoring'
import { captureEvents } from '@net/core/testing'
import { canary, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

import { failure, thrown } from '../support.ts'
import { nobody } from './nobody.ts'
import { scriptedProxy } from './scripted-proxy.ts'

const authority = createCertificates()

test('[SOCK-09] the dialer conforms', async () => {
  await checkDialer(async () => {
    const resources = new AsyncDisposableStack()
    const echo = resources.use(await startEchoServer())
    const proxy = resources.use(await startConnectServer())
    return {
      dialer: connectDialer(proxy.url),
      echo: echo.address,
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    }
  })
})

test('the dialer conforms where TLS protects the way to the proxy', async () => {
  await checkDialer(async () => {
    const resources = new AsyncDisposableStack()
    const echo = resources.use(await startEchoServer())
    const proxy = resources.use(await startConnectServer({ tls: authority.issue() }))
    return {
      dialer: connectDialer(proxy.url, { tls: { ca: authority.ca } }),
      echo: echo.address,
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    }
  })
})

test('TLS to the endpoint works within TLS to the proxy', async () => {
  await using echo = await startEchoServer({ tls: authority.issue({ names: ['db.test'] }) })
  await using proxy = await startConnectServer({
    tls: authority.issue(),
    hosts: { 'db.test': '127.0.0.1' },
  })
  const dialer = connectDialer(proxy.url, { tls: { ca: authority.ca } })
  const plain = await dialer.dial({ ...echo.address, host: 'db.test' })
  expect(plain.info).toMatchObject({
    encrypted: false,
    hops: [{ kind: 'http-connect', endpoint: { scheme: 'https' } }],
  })
  await using connection = overTransport(await secure(plain, { ca: authority.ca }))
  await connection.write(Buffer.alloc(300_000, 'x'))
  expect((await connection.readExactly(300_000)).length).toBe(300_000)
  expect(connection.info.encrypted).toBe(true)
})

test('the certificate of the proxy is verified before the login', async () => {
  await using proxy = await startConnectServer({ tls: authority.issue(), users: { ada: 'secret' } })
  const other = createCertificates()
  const login = { user: 'ada', password: 'lovelace' }
  const dialer = connectDialer(proxy.url, { ...login, tls: { ca: other.ca } })
  const error = await failure(dialer.dial(await nobody()))
  expect(error).toMatchObject({ code: 'NET_TLS_CERT_UNTRUSTED', phase: 'tls' })
  expect(proxy.received).toEqual([])
})

test('Basic authentication and further fields reach the proxy, and no error or event', async () => {
  const password = canary('proxy-password')
  await using echo = await startEchoServer()
  await using proxy = await startConnectServer({ users: { 'ada l': password } })
  const { port } = proxy.address
  using events = captureEvents()
  const dialer = connectDialer(`http://ada%20l:${encodeURIComponent(password)}@127.0.0.1:${port}`, {
    headers: { 'X-Team': 'net' },
  })
  await (await dialer.dial(echo.address)).close()
  await (await dialer.dial(echo.address)).close()
  expect(proxy.received).toMatchObject([
    { user: 'ada l', headers: { 'x-team': 'net' } },
    { user: 'ada l' },
  ])
  const error = await failure(
    connectDialer(proxy.url, { user: 'bob', password }).dial(echo.address),
  )
  expect(error).toMatchObject({ code: 'NET_PROXY_AUTH', phase: 'proxy', reply: { status: 407 } })
  expectNoCanary([error, events.events])
})

const shop = { scheme: 'tcp', host: 'shop.test', port: 25 }
const DIGEST = 'Digest realm="r", nonce="n", qop="auth"'
const BASIC = 'Basic realm="r"'

test.each([
  ['Basic', [BASIC], ['Basic'], ['Basic']],
  ['Digest', [DIGEST], ['Basic', 'Digest 1'], ['Digest 2']],
  ['Digest and Basic', [DIGEST, BASIC], ['Basic', 'Digest 1'], ['Digest 2']],
  ['Basic and Digest', [BASIC, DIGEST], ['Basic', 'Digest 1'], ['Digest 2']],
  ['both in one line', [`${BASIC}, ${DIGEST}`], ['Basic', 'Digest 1'], ['Digest 2']],
])(
  'a proxy that offers %s gets it, and from then on that alone',
  async (_name, offers, first, second) => {
    for (const keeps of [true, false]) {
      await using proxy = await scriptedProxy({ offers, keeps })
      const dialer = connectDialer(proxy.url)
      for (let dials = 0; dials < 2; dials++) {
        await using connection = overTransport(await dialer.dial(shop))
        expect(await connection.readLine()).toBe('hello')
        expect(connection.info.hops).toHaveLength(1)
      }
      const connections = keeps ? [first] : first.map((login) => [login])
      expect(proxy.logins).toEqual([...connections, second])
    }
  },
)

test.each([
  ['Basic', [BASIC], ['none', 'Basic'], ['Basic']],
  ['Digest', [DIGEST], ['none', 'Digest 1'], ['Digest 2']],
  ['Digest and Basic', [DIGEST, BASIC], ['none', 'Digest 1'], ['Digest 2']],
  ['Basic and Digest', [BASIC, DIGEST], ['none', 'Digest 1'], ['Digest 2']],
])(
  'where the login waits for the challenge, a proxy that offers %s hears of it then',
  async (...row) => {
    const [, offers, first, second] = row
    for (const keeps of [true, false]) {
      await using proxy = await scriptedProxy({ offers, keeps })
      const dialer = connectDialer(proxy.url, { login: 'asked' })
      for (let dials = 0; dials < 2; dials++) {
        await using connection = overTransport(await dialer.dial(shop))
        expect(await connection.readLine()).toBe('hello')
      }
      const connections = keeps ? [first] : first.map((login) => [login])
      expect(proxy.logins).toEqual([...connections, second])
    }
  },
)

test('where the login waits for the challenge, it never leaves for a proxy that takes another one', async () => {
  await using company = await scriptedProxy({ offers: ['Negotiate', 'NTLM'], keeps: true })
  const error = await failure(connectDialer(company.url, { login: 'asked' }).dial(shop))
  expect(error).toMatchObject({ code: 'NET_PROXY_AUTH', phase: 'proxy', retry: 'never' })
  expect(error.message).toMatch(/takes only Negotiate, NTLM/)
  expect(company.logins).toEqual([['none']])
})

test('a proxy whose refusal has a long body is asked over another connection', async () => {
  await using proxy = await scriptedProxy({ offers: [DIGEST], keeps: true, size: 65_537 })
  await using connection = overTransport(await connectDialer(proxy.url).dial(shop))
  expect(await connection.readLine()).toBe('hello')
  expect(proxy.logins).toEqual([['Basic'], ['Digest 1']])
})

test('a wrong password is refused once by Digest, and a login that is not known is none', async () => {
  for (const keeps of [true, false]) {
    await using proxy = await scriptedProxy({ offers: [DIGEST], keeps })
    const wrong = await failure(connectDialer(proxy.url, { password: 'other' }).dial(shop))
    expect(wrong).toMatchObject({ code: 'NET_PROXY_AUTH', phase: 'proxy', retry: 'never' })
    expect(wrong.message).toContain('refused user and password')
    expect(proxy.logins.flat()).toEqual(['Basic', 'Digest 1'])
    await using company = await scriptedProxy({ offers: ['Negotiate', 'NTLM'], keeps })
    const unknown = await failure(connectDialer(company.url).dial(shop))
    expect(unknown).toMatchObject({ code: 'NET_PROXY_AUTH', phase: 'proxy', retry: 'never' })
    expect(unknown.message).toMatch(/takes only Negotiate, NTLM .*run a local proxy/)
    expect(unknown.message).not.toContain('refused')
    expect(company.logins).toEqual([['Basic']])
  }
})

test('every other answer is a refusal with its status', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startConnectServer()
  proxy.fail({ do: { reply: 418 } })
  const dialer = connectDialer(proxy.url)
  const teapot = await failure(dialer.dial(echo.address))
  expect(teapot).toMatchObject({
    code: 'NET_PROXY_REFUSED',
    phase: 'proxy',
    retry: 'never',
    reply: { status: 418 },
    target: `127.0.0.1:${echo.address.port}`,
    endpoint: `127.0.0.1:${proxy.address.port}`,
  })
  const away = await failure(dialer.dial(await nobody()))
  expect(away).toMatchObject({ code: 'NET_PROXY_REFUSED', retry: 'safe', reply: { status: 502 } })
  const forbidden = await failure(dialer.dial({ ...echo.address, host: 'away.test' }))
  expect(forbidden).toMatchObject({ code: 'NET_PROXY_REFUSED', reply: { status: 403 } })
})

test('nonsense is reported as such', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startConnectServer()
  proxy.fail({ do: 'garbage' })
  const error = await failure(connectDialer(proxy.url).dial(echo.address))
  expect(error).toMatchObject({ code: 'NET_PROTO_MALFORMED', phase: 'proxy' })
})

test('what cannot be used is refused at once', () => {
  expect(thrown(() => connectDialer('socks5://127.0.0.1:1'))).toMatchObject({ code: 'NET_BAD_URL' })
  const colon = thrown(() => connectDialer('http://127.0.0.1:1', { user: 'a:b', password: 'c' }))
  expect(colon).toMatchObject({ code: 'NET_BAD_OPTION' })
})

test('the password of a proxy is struck out of no texts but of those that dial through it', async () => {
  const password = 'pass-of-a-proxy'
  await using echo = await startEchoServer()
  await using proxy = await startConnectServer()
  const dialer = connectDialer(proxy.url.replace('//', `//ada:${password}@`))
  const client = { id: nextId() }
  const other = [nextId()]
  expect(redact(password, other)).toBe(password)
  const transport = await dialer.dial(echo.address, { client })
  transport.abort()
  const pair = Buffer.from(`ada:${password}`).toString('base64')
  expect(redact(`${password} ${pair}`, [client.id])).toBe('[secret] [secret]')
  expect(redact(`${password} ${pair}`, other)).toBe(`${password} ${pair}`)
})
