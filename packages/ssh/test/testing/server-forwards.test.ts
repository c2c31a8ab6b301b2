import { expect, test } from 'vitest'

import { connect as dial } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'
import { startSshServer } from '@net/ssh/testing'

import { placeName } from '../../src/testing/server-forwards.ts'
import { failureOf, logInTo } from '../embedded.ts'

test('[SSH-70] it listens for clients on this machine alone, and its listeners end with the connection', async () => {
  await using echo = await startEchoServer()
  await using server = await startSshServer()
  const target = `127.0.0.1:${echo.address.port}`
  const host = await logInTo(server)
  const everywhere = await host.forwardRemote('0.0.0.0:0', target)
  await using connection = await dial(`tcp://127.0.0.1:${everywhere.address.port}`)
  await connection.write('a')
  expect(await connection.readExactly(1)).toEqual(Buffer.from('a'))
  expect(await failureOf(host.forwardRemote('192.0.2.1:0', target))).toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
  })
  await host.close({ grace: 0 })
  await server.idle()
  expect(await failureOf(dial(`tcp://127.0.0.1:${everywhere.address.port}`))).toMatchObject({
    code: 'NET_CONNECT_REFUSED',
  })
})

test.each(['listen', 'cancel', 'open', 'pty', 'shell', 'subsystem', 'env'])(
  '[SSH-70] a fault at the step %s ends the connection',
  async (on) => {
    await using server = await startSshServer({ subsystems: { netconf: 'hello' } })
    const host = await logInTo(server)
    server.fail({ on, do: 'drop' })
    const steps: Record<string, () => Promise<unknown>> = {
      listen: () => host.forwardRemote('127.0.0.1:0', 'a:1'),
      cancel: async () => {
        const tunnel = await host.forwardRemote('127.0.0.1:0', 'a:1')
        await tunnel.close()
        const error = await host.closed
        throw error ?? new Error('it ended in order')
      },
      open: () => host.dialer.dial({ scheme: 'tcp', host: '127.0.0.1', port: 1 }),
      pty: () => host.shell(),
      shell: () => host.shell(),
      subsystem: () => host.subsystem('netconf'),
      env: () => host.exec('ls', { env: { A: '1' } }),
    }
    expect(await failureOf(steps[on]?.() ?? Promise.resolve())).toMatchObject({
      name: 'ConnectionLostError',
    })
  },
)

test('[SSH-70] the sessions of a connection are limited as sshd does it', async () => {
  const gate = Promise.withResolvers<void>()
  await using server = await startSshServer({ exec: () => gate.promise, maxSessions: 1 })
  await using host = await logInTo(server)
  const first = host.exec('one')
  await server.waitFor(({ text }) => text === 'one')
  const second = failureOf(host.exec('two', { timeout: { pool: 200 } }))
  expect(await second).toMatchObject({ retry: 'safe' })
  gate.resolve()
  expect(await first).toMatchObject({ exitCode: 0 })
})

test('a place is named as clients write it', () => {
  expect(placeName({ host: '::1', port: 80 })).toBe('::1:80')
  expect(placeName({ path: '/run/a' })).toBe('/run/a')
})
