import { createServer } from 'node:net'
import { join } from 'node:path'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { clientContext, operation } from '@net/core/authoring'
import {
  connect as dial,
  listen,
  overTransport,
  socksDialer,
  unixDialer,
  type Dialer,
} from '@net/socket'
import { memoryPair, startEchoServer, type EchoServer } from '@net/socket/testing'
import { startSshServer, type SshServer, type SshServerOptions } from '@net/ssh/testing'
import type { SshClient } from '@net/ssh'

import { dynamicForward, tunnelEnd } from '../src/forward.ts'
import { failureOf, logInTo } from './embedded.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
})

afterEach(() => rm(folder, { recursive: true }))

interface Stage extends AsyncDisposable {
  readonly echo: EchoServer
  readonly server: SshServer
  readonly host: SshClient
  readonly target: string
}

async function stage(options: SshServerOptions = {}): Promise<Stage> {
  const echo = await startEchoServer()
  const server = await startSshServer({ exec: { ls: 'a' }, ...options })
  const host = await logInTo(server)
  return {
    echo,
    server,
    host,
    target: `127.0.0.1:${echo.address.port}`,
    async [Symbol.asyncDispose]() {
      await host.close({ grace: 0 })
      await server.close()
      await echo.close()
    },
  }
}

/** What an echo server behind the address gives back for this text. */
async function echoOf(url: string, text = 'hello'): Promise<string> {
  await using connection = await dial(url)
  await connection.write(text)
  await connection.end()
  const back = await connection.readText()
  return back
}

test('[SSH-47] what connects here goes on from the server, and the end of one side stays an end of one side', async () => {
  await using all = await stage()
  await using tunnel = await all.host.forwardLocal('127.0.0.1:0', all.target)
  expect(tunnel.url).toBe(`tcp://127.0.0.1:${tunnel.address.port}`)
  const words = ['one', 'two', 'three']
  expect(await Promise.all(words.map((word) => echoOf(tunnel.url, word)))).toEqual(words)
  expect(all.server.received.filter(({ what }) => what === 'tunnel')).toHaveLength(3)
  await tunnel.close()
  expect(await tunnel.closed).toBeUndefined()
  expect(await failureOf(dial(tunnel.url))).toMatchObject({ code: 'NET_CONNECT_REFUSED' })
})

test('[SSH-47] a target that refuses resets that one client; the next one is served', async () => {
  const closed = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => closed.once('listening', resolve))
  const { port } = closed.address() as { port: number }
  await new Promise((resolve) => closed.close(resolve))
  await using all = await stage({ routes: { 'db:1': `127.0.0.1:${port}` } })
  await using tunnel = await all.host.forwardLocal('127.0.0.1:0', 'db:1')
  await using refused = await dial(tunnel.url)
  expect(await failureOf(refused.readAll())).toMatchObject({ code: 'NET_CONN_RESET' })
  await using second = await listen(`tcp://127.0.0.1:${port}`, async (connection) => {
    await connection.write('served')
  })
  expect(second.address.port).toBe(port)
  await using served = await dial(tunnel.url)
  expect(await served.readText()).toBe('served')
  expect((await all.host.exec('ls')).stdout).toBe('a')
})

test('[SSH-48] what connects to the server goes on from here; port 0 is the choice of the server, and a cancel ends it', async () => {
  await using all = await stage()
  const first = await all.host.forwardRemote('127.0.0.1:0', all.target)
  await using second = await all.host.forwardRemote('localhost:0', all.target)
  expect(first.address.port).not.toBe(second.address.port)
  expect(await echoOf(`tcp://127.0.0.1:${first.address.port}`)).toBe('hello')
  expect(await echoOf(`tcp://127.0.0.1:${second.address.port}`)).toBe('hello')
  await first.close()
  await all.server.waitFor(
    ({ what, text }) => what === 'cancel' && text === `127.0.0.1:${first.address.port}`,
  )
  expect(await failureOf(dial(`tcp://127.0.0.1:${first.address.port}`))).toMatchObject({
    code: 'NET_CONNECT_REFUSED',
  })
  expect(await echoOf(`tcp://127.0.0.1:${second.address.port}`)).toBe('hello')
})

test('[SSH-48] a connection is led by its port where the server names another address', async () => {
  await using all = await stage({ quirks: { forwardedAs: '0.0.0.0' } })
  await using tunnel = await all.host.forwardRemote('localhost:0', all.target)
  expect(await echoOf(`tcp://127.0.0.1:${tunnel.address.port}`)).toBe('hello')
})

test('[SSH-48] a server that does not listen is an error that may be tried again', async () => {
  await using all = await stage()
  all.server.fail({ on: 'listen', do: { reply: 'failure' } })
  expect(await failureOf(all.host.forwardRemote('127.0.0.1:0', all.target))).toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    retry: 'safe',
  })
  const again = { retry: { attempts: 2, delay: 0 } }
  all.server.fail({ on: 'listen', do: { reply: 'failure' } })
  await using tunnel = await all.host.forwardRemote('127.0.0.1:0', all.target, again)
  expect(await echoOf(`tcp://127.0.0.1:${tunnel.address.port}`)).toBe('hello')
})

test('[SSH-49] clients of SOCKS say where they want to go, and are told why not', async () => {
  await using all = await stage({ routes: { 'db.internal:7': '127.0.0.1:1' } })
  const { port } = all.echo.address
  await using tunnel = await all.host.forwardDynamic('127.0.0.1:0')
  for (const version of ['socks5', 'socks4']) {
    const dialer = socksDialer(`${version}://127.0.0.1:${tunnel.address.port}`)
    await using connection = await dial(`tcp://localhost:${port}`, { dialer })
    await connection.write('hello')
    await connection.end()
    expect(await connection.readText()).toBe('hello')
  }
  const dialer = socksDialer(`socks5://127.0.0.1:${tunnel.address.port}`)
  expect(await failureOf(dial('tcp://elsewhere:7', { dialer }))).toMatchObject({
    code: 'NET_CONNECT_REFUSED',
  })
})

test('[SSH-50] each end may be a Unix socket', async () => {
  await using all = await stage()
  const at = join(folder, 'here')
  const there = join(folder, 'there')
  await using service = await listen(`unix:${there}`, async (connection) => {
    await connection.write(`you said ${await connection.readLine()}`)
  })
  expect(service.url).toBe(`unix:${there}`)
  const ask = async (url: string): Promise<void> => {
    await using connection = await dial(url)
    await connection.write('hi\n')
    expect(await connection.readText()).toBe('you said hi')
  }
  await using paths = await all.host.forwardLocal(`unix:${at}`, `unix:${there}`)
  await ask(paths.url)
  await using port = await all.host.forwardLocal('127.0.0.1:0', `unix:${there}`)
  await ask(port.url)
  const remote = join(folder, 'remote')
  await using back = await all.host.forwardRemote(`unix:${remote}`, `unix:${there}`)
  expect(back.url).toBe(`unix:${remote}`)
  await ask(`unix:${remote}`)
  await using transport = await dial(`unix:${there}`, { dialer: all.host.dialer })
  await transport.write('hi\n')
  expect(await transport.readText()).toBe('you said hi')
  expect(unixDialer().name).toBe('unix')
})

test('the end of a tunnel is `host:port` or a path', () => {
  expect(tunnelEnd('[::1]:80')).toMatchObject({ host: '::1', port: 80 })
  expect(tunnelEnd('unix:/run/a')).toMatchObject({ path: '/run/a' })
  expect(() => tunnelEnd('ssh://a:1')).toThrow(expect.objectContaining({ code: 'NET_BAD_URL' }))
})

test('[SSH-49] what was reached for a client of SOCKS that has left is let go of', async () => {
  const [near, client] = memoryPair()
  const [target, service] = memoryPair()
  const ssh: Dialer = {
    name: 'test',
    dial: async () => {
      client.abort()
      return target
    },
  }
  const at = { scheme: 'tcp', host: '127.0.0.1', port: 0 }
  const plan = dynamicForward(at, { ssh, client: clientContext({}) })
  await client.write([Buffer.of(4, 1, 0, 80, 127, 0, 0, 1, 0)])
  const spec = { protocol: 'ssh', operation: 'tunnel', kind: 'session' } as const
  const leading = operation(spec, undefined, (op) => plan.lead(overTransport(near), op))
  expect(await failureOf(leading)).toMatchObject({ code: 'NET_CONN_RESET' })
  expect(await failureOf(service.read())).toMatchObject({ code: 'NET_CONN_RESET' })
})
