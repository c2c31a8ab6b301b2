import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { startSshServer, type ExecHandler } from '@net/ssh/testing'

import { Ssh2Commands } from '../../src/engine/ssh2-commands.ts'
import { failureOf, logInTo } from '../embedded.ts'

/** Prints, then runs until it is stopped. */
const endless: ExecHandler = async (_, { stdout, signal }) => {
  await stdout.write('working\n')
  await new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')))
  })
}

test('a channel that the server closed before the command was sent carries no command; another one does', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  await using host = await logInTo(server)
  server.fail({ on: 'open session', times: 2, do: { reply: 'close' } })
  expect((await host.exec('ls', { env: { A: 'b' } })).stdout).toBe('a')
  expect(server.received.filter(({ what }) => what === 'exec')).toHaveLength(1)
  server.fail({ on: 'open session', times: 3, do: { reply: 'close' } })
  expect(await failureOf(host.exec('ls'))).toMatchObject({
    name: 'SshChannelError',
    code: 'NET_REPLY_TEMPORARY',
    retry: 'safe',
    sent: false,
  })
  expect(server.received.filter(({ what }) => what === 'exec')).toHaveLength(1)
  expect((await host.exec('ls')).stdout).toBe('a')
})

test('a channel that is closed in place of an answer leaves open whether the command ran', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  await using host = await logInTo(server)
  server.fail({ on: 'exec', do: { reply: 'close' } })
  expect(await failureOf(host.exec('ls'))).toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    retry: 'idempotent',
    sent: true,
  })
  expect((await host.exec('ls')).stdout).toBe('a')
})

test('a server that has closed a new channel early runs one command at a time from then on', async () => {
  let running = 0
  const most: number[] = []
  await using server = await startSshServer({
    exec: async (_, { stdout }) => {
      most.push((running += 1))
      await stdout.write('a')
      running -= 1
    },
  })
  await using host = await logInTo(server)
  server.fail({ on: 'open session', do: { reply: 'close' } })
  await host.exec('ls')
  await Promise.all(Array.from({ length: 8 }, () => host.exec('ls')))
  expect(most).toEqual(Array.from({ length: 9 }, () => 1))
  expect(Ssh2Commands.name).toBe('Ssh2Commands')
})

test('more commands than the server runs at once wait for their turn', async () => {
  let running = 0
  const most: number[] = []
  await using server = await startSshServer({
    maxSessions: 2,
    exec: async (_, { stdout }) => {
      most.push((running += 1))
      await stdout.write('a')
      running -= 1
    },
  })
  await using host = await logInTo(server)
  const results = await Promise.all(Array.from({ length: 20 }, () => host.exec('ls')))
  expect(results.map(({ stdout }) => stdout).join('')).toBe('a'.repeat(20))
  expect(Math.max(...most)).toBe(2)
})

test('a wait for such a server times out, and nothing was sent', async () => {
  await using server = await startSshServer({ exec: { ls: 'a', work: endless } })
  using clock = useFakeClock()
  await using host = await logInTo(server, { keepAlive: false })
  server.fail({ on: 'open session', do: { reply: 'close' } })
  const controller = new AbortController()
  const working = failureOf(host.exec('work', { signal: controller.signal }))
  await server.waitFor(({ what }) => what === 'exec')
  const waiting = failureOf(host.exec('ls', { timeout: { pool: 5000 } }))
  await clock.until(() => clock.timers > 0)
  await clock.advance(5000)
  expect(await waiting).toMatchObject({ code: 'NET_TIMEOUT_POOL', retry: 'safe', limit: 5000 })
  controller.abort()
  await working
})
