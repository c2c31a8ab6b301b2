import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { key } from '@net/ssh'
import { createSshKey, startSshServer } from '@net/ssh/testing'

import { ServerConnection } from '../../src/testing/server-connection.ts'
import { failureOf, logInTo } from '../embedded.ts'

test('who may log in, with what', async () => {
  const pair = createSshKey()
  await using server = await startSshServer({
    users: { ada: { password: 'lovelace' }, bob: { keys: [`${pair.publicKey} bob@home`] } },
  })
  const auth = key(pair.privateKey)
  await using bob = await logInTo(server, { user: 'bob', auth })
  expect(bob.info.user).toBe('bob')
  expect(await failureOf(logInTo(server, { auth, password: 'wrong' }))).toMatchObject({
    code: 'NET_AUTH_REJECTED',
  })
  // Whether a user exists is not told.
  expect(await failureOf(logInTo(server, { user: 'eve' }))).toMatchObject({
    code: 'NET_AUTH_REJECTED',
  })
  expect(ServerConnection.name).toBe('ServerConnection')
})

test('a step may be delayed', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  using clock = useFakeClock()
  for (const on of ['greeting', 'kex', 'auth']) {
    server.fail({ on, do: { delay: 5000 } })
    let ready = false
    const connecting = logInTo(server, { keepAlive: false }).finally(() => (ready = true))
    for (let turn = 0; turn < 100; turn++) await clock.advance(0)
    expect(ready).toBe(false)
    await clock.advance(5000)
    const client = await connecting
    await client.close()
  }
})

test('a step may be refused', async () => {
  await using server = await startSshServer()
  server.fail({ on: 'auth password', do: { reply: 'failure' } })
  expect(await failureOf(logInTo(server))).toMatchObject({ code: 'NET_AUTH_REJECTED' })
})

test.each(['greeting', 'auth', 'exec'])(
  'garbage in %s is an error of the connection',
  async (on) => {
    await using server = await startSshServer({ exec: { ls: 'a' } })
    using clock = useFakeClock()
    server.fail({ on, do: 'garbage' })
    const failure = failureOf(
      logInTo(server, { keepAlive: false }).then((client) => client.exec('ls')),
    )
    for (let turn = 0; turn < 300; turn++) await clock.advance(0)
    // Garbage may be read as the length of a packet that never comes.
    await clock.advance(60_000)
    expect(await failure).toMatchObject({ protocol: 'ssh' })
  },
)

test.each(['goodbye', { reply: 'failure' }, { reply: 'close' }] as const)(
  'at the greeting, %j ends the connection',
  async (action) => {
    await using server = await startSshServer()
    server.fail({ on: 'greeting', do: action })
    // The end is a reset where our identification came before it, which nobody reads.
    expect(await failureOf(logInTo(server))).toMatchObject({
      code: expect.stringMatching(/^NET_CONN_(CLOSED|RESET)$/),
    })
  },
)

test('bytes may be cut off, and the connection may stall', async () => {
  await using server = await startSshServer()
  for (const action of ['drop', 'half-close', 'reset'] as const) {
    server.fail({ after: 100, do: action })
    expect(await failureOf(logInTo(server))).toMatchObject({ protocol: 'ssh', phase: 'kex' })
  }
  using clock = useFakeClock()
  server.fail({ after: 100, do: 'stall' })
  const failure = failureOf(logInTo(server))
  for (let turn = 0; turn < 100; turn++) await clock.advance(0)
  await clock.advance(10_000)
  expect(await failure).toMatchObject({ code: 'NET_TIMEOUT_TLS' })
  await server.idle()
})

test('a handler gets the signals, and the one that ended it is reported', async () => {
  const heard: unknown[] = []
  await using server = await startSshServer({
    exec: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          heard.push(signal.reason)
          reject(new Error('ended'))
        })
      }),
  })
  await using client = await logInTo(server)
  const controller = new AbortController()
  const failure = failureOf(client.exec('sleep', { signal: controller.signal }))
  await server.waitFor(({ what }) => what === 'exec')
  controller.abort()
  expect(await failure).toMatchObject({ code: 'NET_ABORTED' })
  await client.close()
  await server.idle()
  expect(heard.length).toBe(1)
})

test('a handler that throws is a program that has crashed', async () => {
  await using server = await startSshServer({
    exec: () => {
      throw new Error('segfault')
    },
  })
  await using client = await logInTo(server)
  expect(await client.exec('app')).toMatchObject({ stderr: 'Error: segfault\n', exitCode: 255 })
})
