import { AbortError } from '@net/core'
import { netError } from '@net/core/authoring'
import * as http from '@net/http'
import { tcpDialer, type Dialer, type Transport } from '@net/socket'
import { expect, test } from 'vitest'

import { GOAWAY, HEADERS, SETTINGS, startFrameServer, trusted } from './http2-server.ts'
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

test('what a goodbye leaves out is safe to repeat, however the next connection ends', async () => {
  await using server = await startFrameServer(({ type }, send) => {
    if (type === SETTINGS) send({ type: SETTINGS })
    if (type === HEADERS) send({ type: GOAWAY, payload: new Uint8Array(8) })
  })
  const tcp = tcpDialer()
  let dials = 0
  const once: Dialer = {
    name: 'once',
    dial(endpoint, options) {
      if (dials++ === 0) return tcp.dial(endpoint, options)
      return Promise.reject(netError('NET_CONNECT_REFUSED', { message: 'refused' }))
    },
  }
  const options = { baseUrl: server.url, dialer: once, tls: trusted, http2: true }
  await using client = http.createClient(options)
  await expect(client.post('/', { json: 1, retry: false })).rejects.toMatchObject({
    code: 'NET_CONNECT_REFUSED',
    sent: false,
    retry: 'safe',
  })
  expect(dials).toBe(2)
})
