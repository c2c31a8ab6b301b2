// Proxies and clients of others: curl through the proxies that @net/socket brings for tests, and our clients through the
// SOCKS proxy of OpenSSH's `ssh -D`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { connect, socksDialer } from '@net/socket'
import {
  checkDialer,
  createCertificates,
  startConnectServer,
  startEchoServer,
  startSocksServer,
} from '@net/socket/testing'
import { createSshKey, startSshServer } from '@net/ssh/testing'
import { expect, test } from 'vitest'
import { freePort, startChild } from './child.ts'
import { requireDaemon } from './daemon.ts'
import { openSshOptions } from './openssh.ts'
import { runProgram } from './run-program.ts'
import { testFolder } from './test-folder.ts'

const hosts = { 'shop.test': '127.0.0.1' }
const users = { ada: 'lovelace' }

test('curl goes through the SOCKS proxy, in every version', async ({ skip }) => {
  const curl = requireDaemon({ skip }, 'curl')
  await using web = await startHttpServer()
  await using open = await startSocksServer({ hosts })
  await using closed = await startSocksServer({ hosts, users })
  const { port } = new URL(web.url)
  const get = async (...args: readonly string[]): Promise<number | null> =>
    (await runProgram(curl, ['-sS', '--noproxy', '', ...args])).status
  const named = `http://shop.test:${port}/json`
  const numbered = `http://127.0.0.1:${port}/json`
  expect(await get('--socks5-hostname', `127.0.0.1:${open.address.port}`, named)).toBe(0)
  expect(await get('--socks5', `127.0.0.1:${open.address.port}`, numbered)).toBe(0)
  expect(await get('--socks4a', `127.0.0.1:${open.address.port}`, named)).toBe(0)
  expect(await get('--socks4', `127.0.0.1:${open.address.port}`, numbered)).toBe(0)
  const as = (password: string): string => `ada:${password}@127.0.0.1:${closed.address.port}`
  expect(await get('--socks5-hostname', as('lovelace'), named)).toBe(0)
  // 97: the handshake with the proxy failed.
  expect(await get('--socks5-hostname', as('wrong'), named)).toBe(97)
  expect(open.received.map(({ target }) => target)).toEqual([
    `shop.test:${port}`,
    `127.0.0.1:${port}`,
    `shop.test:${port}`,
    `127.0.0.1:${port}`,
  ])
})

test('curl goes through the HTTP proxy, in clear and in TLS', async ({ skip }) => {
  const curl = requireDaemon({ skip }, 'curl')
  const authority = createCertificates()
  const ca = join(testFolder(), 'ca.pem')
  writeFileSync(ca, authority.ca)
  await using web = await startHttpServer({ tls: authority.issue({ names: ['shop.test'] }) })
  await using plain = await startConnectServer({ hosts, users })
  await using secured = await startConnectServer({ hosts, tls: authority.issue() })
  const url = `https://shop.test:${new URL(web.url).port}/json`
  const get = (...args: readonly string[]) =>
    runProgram(curl, ['-sS', '--noproxy', '', '--cacert', ca, ...args, url])
  const as = (password: string): string => plain.url.replace('//', `//ada:${password}@`)
  expect((await get('--proxy', as('lovelace'))).status).toBe(0)
  expect((await get('--proxy', as('wrong'))).stderr).toContain('407')
  expect((await get('--proxy', secured.url, '--proxy-cacert', ca)).status).toBe(0)
})

test('our clients go through the SOCKS proxy of ssh -D', async ({ skip }) => {
  const ssh = requireDaemon({ skip }, 'ssh')
  const pair = createSshKey()
  await using echo = await startEchoServer()
  await using web = await startHttpServer()
  const routes = {
    'inside:7': `127.0.0.1:${echo.address.port}`,
    'inside:80': new URL(web.url).host,
  }
  await using server = await startSshServer({ users: { ada: { keys: [pair.publicKey] } }, routes })
  const folder = testFolder()
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, server.knownHostsLine)
  const { host, port } = server.address
  const login = openSshOptions(folder, { port, user: 'ada', key: pair.privateKey, knownHosts })
  const local = await freePort()
  const args = [...login, '-N', '-D', `127.0.0.1:${local}`, host]
  await using _proxy = await startChild(ssh, args, [{ host: '127.0.0.1', port: local }])

  for (const scheme of ['socks5', 'socks4a']) {
    const proxy = `${scheme}://127.0.0.1:${local}`
    await using connection = await connect('tcp://inside:7', { proxy })
    await connection.write('through another ssh\n')
    expect(await connection.readLine()).toBe('through another ssh')
    await using api = createClient({ proxy })
    expect(await api.get('http://inside/json').json()).toMatchObject({ title: 'Hello' })
  }
  await checkDialer(async () => ({
    dialer: socksDialer(`socks5://127.0.0.1:${local}`),
    echo: echo.address,
    [Symbol.asyncDispose]: async () => {},
  }))
})
