import { once } from 'node:events'

import { expect, test } from 'vitest'

import { connect as dial, fromSocket, listen, pipe, type Dialer, type Transport } from '@net/socket'
import { connect, dangerouslyAcceptAnyHostKey, methods, type HostKeyPolicy } from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { failureOf, logInTo } from './embedded.ts'

test('what a policy of the caller throws passes as it is, and nothing stays open', async () => {
  await using server = await startSshServer()
  const own = new Error('not this one')
  const hostKeys: HostKeyPolicy = {
    name: 'own',
    open: async () => ({
      types: [],
      check() {
        throw own
      },
    }),
  }
  expect(await failureOf(connect(server.url, { user: 'ada', hostKeys }))).toBe(own)
  await server.idle()
})

test('[SSH-21] the methods of a server are told without a credential, and nothing stays open', async () => {
  const users = {
    ada: { keys: [], password: 'lovelace', questions: [] },
    eve: { open: true },
    bob: { password: 'x' },
  }
  await using server = await startSshServer({ users })
  const options = { hostKeys: dangerouslyAcceptAnyHostKey() }
  const of = (user: string): Promise<readonly string[]> => methods(server.url, { user, ...options })
  expect(await of('ada')).toEqual(['publickey', 'password', 'keyboard-interactive'])
  expect(await of('bob')).toEqual(['password'])
  expect(await of('eve')).toEqual(['none'])
  await server.idle()
  expect(server.received.map(({ text }) => text)).toEqual(['none ada', 'none bob', 'none eve'])
  expect(await failureOf(methods(server.url, { user: 'ada' }))).toMatchObject({
    code: 'NET_HOSTKEY_UNKNOWN',
  })
})

test('[SSH-14] a server that dials us is reached over the connection that it has made', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  const arrived = Promise.withResolvers<Transport>()
  await using home = await listen('tcp://127.0.0.1:0', async (connection) => {
    const socket = connection.toSocket()
    arrived.resolve(fromSocket(socket))
    await once(socket, 'close')
  })
  // The machine behind its firewall calls home, and is a server there.
  const { host: machine, port } = server.address
  const calling = pipe(await dial(home.url), await dial(`tcp://${machine}:${port}`))
  const dialer: Dialer = { name: 'home', dial: () => arrived.promise }
  const host = await logInTo(server, { dialer })
  expect((await host.exec('ls')).stdout).toBe('a')
  await host.close()
  await calling
})
