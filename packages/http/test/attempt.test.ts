import { AbortError } from '@net/core'
import * as http from '@net/http'
import { tcpDialer, type Dialer, type Transport } from '@net/socket'
import { expect, test } from 'vitest'

import { answerOf, startRawServer } from './raw-server.ts'

test('an attempt is left when its dialer does not hear, and what that dials later is closed', async () => {
  await using server = await startRawServer((socket) => void socket.write(answerOf('x')))
  const { promise: leave, resolve } = Promise.withResolvers<void>()
  const controller = new AbortController()
  const tcp = tcpDialer()
  let dialled: Promise<Transport> | undefined
  const deaf: Dialer = {
    name: 'deaf',
    dial(endpoint) {
      controller.abort('enough')
      dialled = leave.then(() => tcp.dial(endpoint, {}))
      return dialled
    },
  }
  await using client = http.createClient({ baseUrl: server.url, dialer: deaf })
  const call = client.get('/', { signal: controller.signal })
  await expect(call).rejects.toBeInstanceOf(AbortError)
  resolve()
  await dialled
  await expect.poll(() => server.open).toBe(0)
})

test('a request moves from a connection that the peer had closed to a new one', async () => {
  await using server = await startRawServer((socket, number) => {
    if (number === 2) socket.destroy()
    else socket.write(answerOf(String(number)))
  })
  await using client = http.createClient({ baseUrl: server.url, connections: 1 })
  expect(await client.get('/', { retry: false }).text()).toBe('1')
  expect(await client.get('/', { retry: false }).text()).toBe('3')
})
