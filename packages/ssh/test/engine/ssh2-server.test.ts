import { setImmediate as turn } from 'node:timers/promises'

import { useFakeClock } from '@net/core/testing'
import { listen } from '@net/socket'
import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import { serveSsh } from '../../src/engine/ssh2-server.ts'
import { failureOf, logInTo } from '../embedded.ts'

test('input, both outputs and the status go through one channel', async () => {
  await using server = await startSshServer({
    exec: async (_, { stdin, stdout, stderr }) => {
      for await (const chunk of stdin) {
        await stdout.write(chunk)
        await stderr.write(`${chunk.length}`)
      }
      return 4
    },
  })
  await using client = await logInTo(server)
  expect(await client.exec('tee', { input: 'hello' })).toEqual({
    stdout: 'hello',
    stderr: '5',
    exitCode: 4,
    exitSignal: undefined,
  })
  expect(serveSsh.length).toBe(2)
})

test('a handler whose client has left writes into the void', async () => {
  const written = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  await using server = await startSshServer({
    exec: async (_, { stdout }) => {
      await gone.promise
      // More than any window.
      await stdout.write(Buffer.alloc(8 * 1024 * 1024))
      written.resolve()
    },
  })
  const client = await logInTo(server)
  const failure = failureOf(client.exec('yes'))
  await server.waitFor(({ what }) => what === 'exec')
  await client.close({ grace: 1 })
  await server.idle()
  gone.resolve()
  await written.promise
  await turn()
  expect(await failure).toMatchObject({ code: 'NET_CLOSED' })
})

test('a tunnel whose client has left while it was dialed leaves nothing open', async () => {
  using clock = useFakeClock()
  const ended = Promise.withResolvers<void>()
  await using far = await listen('tcp://127.0.0.1:0', async (connection) => {
    await connection.read().finally(ended.resolve)
  })
  await using server = await startSshServer()
  const client = await logInTo(server)
  server.fail({ on: 'open 127.0.0.1', do: { delay: 50 } })
  const failure = failureOf(client.dialer.dial(far.address))
  await server.waitFor(({ what }) => what === 'tunnel')
  await client.close({ grace: 0 })
  await failure
  await server.idle()
  await clock.advance(50)
  await ended.promise
  expect(server.connections).toBe(0)
})
