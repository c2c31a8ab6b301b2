import { setImmediate as turn } from 'node:timers/promises'

import { expect, test, vi } from 'vitest'

import { connect as dial } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'
import { startSshServer } from '@net/ssh/testing'

import { openTunnel } from '../src/tunnel.ts'
import { failureOf, logInTo } from './embedded.ts'

test('a connection that is cut ends the tunnel, all its streams, and frees the place first', async () => {
  await using echo = await startEchoServer()
  await using server = await startSshServer()
  let at = '127.0.0.1:0'
  for (let round = 0; round < 50; round++) {
    const host = await logInTo(server)
    const tunnel = await host.forwardLocal(at, `127.0.0.1:${echo.address.port}`)
    at = `127.0.0.1:${tunnel.address.port}`
    await using connection = await dial(tunnel.url)
    await connection.write('hello')
    expect(Buffer.from(await connection.readExactly(5)).toString()).toBe('hello')
    server.fail({ on: 'exec', do: 'reset' })
    expect(await failureOf(host.exec('ls'))).toMatchObject({ name: 'ConnectionLostError' })
    expect(await tunnel.closed).toMatchObject({ name: 'ConnectionLostError' })
    expect(await failureOf(connection.readAll())).toMatchObject({ code: 'NET_CONN_RESET' })
    expect(await failureOf(dial(tunnel.url))).toMatchObject({ code: 'NET_CONNECT_REFUSED' })
  }
  expect(openTunnel.name).toBe('openTunnel')
})

test('the signal of the call ends the tunnel', async () => {
  await using server = await startSshServer()
  await using host = await logInTo(server)
  const controller = new AbortController()
  const tunnel = await host.forwardDynamic('127.0.0.1:0', { signal: controller.signal })
  controller.abort()
  expect(await tunnel.closed).toMatchObject({ code: 'NET_ABORTED' })
})

test('clients that leave while their channel is opened leave nothing behind', async () => {
  await using echo = await startEchoServer()
  await using server = await startSshServer({ exec: { ls: 'a' } })
  await using host = await logInTo(server)
  await using tunnel = await host.forwardLocal('127.0.0.1:0', `127.0.0.1:${echo.address.port}`)
  const round = async (): Promise<void> => {
    const all = await Promise.all(Array.from({ length: 50 }, () => dial(tunnel.url)))
    // Some are gone before the server has heard of them, some in the middle, some when all is open.
    for (const [at, connection] of all.entries()) {
      for (let turns = 0; turns < at % 5; turns++) await turn()
      connection.abort()
    }
  }
  for (let rounds = 0; rounds < 8; rounds++) {
    const [, listed] = await Promise.all([round(), host.exec('ls')])
    expect(listed.stdout).toBe('a')
  }
  await vi.waitUntil(() => tunnel.connections === 0 && echo.connections.size === 0, {
    timeout: 20_000,
  })
  expect((await host.exec('ls')).stdout).toBe('a')
})
