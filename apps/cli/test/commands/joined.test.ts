import { PassThrough } from 'node:stream'

import { listen } from '@net/socket'
import { expect, it } from 'vitest'

import { startNet } from '../net.ts'

it('lets standard input go when the run ends', async () => {
  const connected = Promise.withResolvers<void>()
  await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
    connected.resolve()
    await connection.readAll().catch(() => {})
  })
  const stdin = new PassThrough()
  const running = startNet(['nc', server.url], { stdin })
  await connected.promise
  running.interrupt('SIGTERM')
  expect((await running.ended).code).toBe(143)
})
