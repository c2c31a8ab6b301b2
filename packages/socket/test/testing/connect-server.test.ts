import { connect, listen } from '@net/socket'
import { createCertificates, startConnectServer, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

async function ask(url: string, request: string): Promise<string> {
  await using connection = await connect(url.replace('http:', 'tcp:'))
  await connection.write(request)
  return (await connection.readLine()) ?? ''
}

test('opens a tunnel and records its target', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startConnectServer()
  const target = `127.0.0.1:${echo.address.port}`
  await using connection = await connect(proxy.url.replace('http:', 'tcp:'))
  await connection.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nX-Team: net\r\n\r\n`)
  expect(await connection.readLine()).toBe('HTTP/1.1 200 Connection established')
  expect(await connection.readLine()).toBe('')
  await connection.write('hello\n')
  expect(await connection.readLine()).toBe('hello')
  expect(proxy.received).toEqual([{ target, headers: { host: target, 'x-team': 'net' } }])
})

test('passes a request with a whole URL on, once, without what is for the proxy', async () => {
  const heard: string[] = []
  await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
    for await (const line of connection.lines()) {
      if (line === '') break
      heard.push(line)
    }
    await connection.write('HTTP/1.1 204 No Content\r\n\r\n')
  })
  await using proxy = await startConnectServer({ users: { ada: 'lovelace' } })
  const target = `127.0.0.1:${server.address.port}`
  const basic = Buffer.from('ada:lovelace').toString('base64')
  const head = `GET http://${target}/a?b HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: Basic ${basic}`
  expect(await ask(proxy.url, `${head}\r\n\r\n`)).toBe('HTTP/1.1 204 No Content')
  expect(heard).toEqual(['GET /a?b HTTP/1.1', `Host: ${target}`, 'Connection: close'])
  expect(proxy.received).toMatchObject([{ target, user: 'ada' }])
})

test('knows no other method, and wants credentials where it has users', async () => {
  await using proxy = await startConnectServer({ users: { ada: 'lovelace' } })
  expect(await ask(proxy.url, 'GET / HTTP/1.1\r\n\r\n')).toBe('HTTP/1.1 405 Method Not Allowed')
  const missing = await ask(proxy.url, 'CONNECT a.test:1 HTTP/1.1\r\n\r\n')
  expect(missing).toBe('HTTP/1.1 407 Proxy Authentication Required')
  const basic = Buffer.from('ada:lovelace').toString('base64')
  const field = `Proxy-Authorization: Basic ${basic}`
  // Names that it does not know stay on this machine.
  const known = await ask(proxy.url, `CONNECT a.test:1 HTTP/1.1\r\n${field}\r\n\r\n`)
  expect(known).toBe('HTTP/1.1 403 Forbidden')
  expect(proxy.received).toMatchObject([{ target: 'a.test:1', user: 'ada' }])
})

test('wants Digest where it was told to', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startConnectServer({ users: { ada: 'lovelace' }, login: 'digest' })
  const url = proxy.url.replace('//', '//ada:lovelace@')
  await using connection = await connect(`tcp://127.0.0.1:${echo.address.port}`, { proxy: url })
  await connection.write('hello\n')
  expect(await connection.readLine()).toBe('hello')
  expect(proxy.received).toMatchObject([{ user: 'ada' }])
})

test('speaks TLS where it has a certificate', async () => {
  const authority = createCertificates()
  await using proxy = await startConnectServer({ tls: authority.issue() })
  expect(proxy.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  const tls = { ca: authority.ca }
  await using connection = await connect(proxy.url.replace('https:', 'tls:'), { tls })
  await connection.write('GET / HTTP/1.1\r\n\r\n')
  expect(await connection.readLine()).toBe('HTTP/1.1 405 Method Not Allowed')
})
