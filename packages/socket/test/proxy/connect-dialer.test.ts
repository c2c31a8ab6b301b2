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
