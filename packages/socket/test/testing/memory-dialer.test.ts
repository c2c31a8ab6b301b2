import { memoryDialer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { bytes, failure, latin1 } from '../support.ts'

const endpoint = { scheme: 'tcp', host: 'a.example', port: 80 }

test('[SOCK-36] dials reach the listeners of the same network and no other', async () => {
  const network = memoryDialer()
  await using listener = await network.listen!(endpoint)
  const ours = await network.dial(endpoint)
  const theirs = await listener.accept()
  await ours.write([bytes('hello')])
  expect(latin1((await theirs?.read()) ?? null)).toBe('hello')
  expect((await failure(memoryDialer().dial(endpoint))).code).toBe('NET_CONNECT_REFUSED')
  expect((await failure(network.listen!(endpoint))).code).toBe('NET_BIND_IN_USE')
})

test('port 0 is a free one; closed, the listener refuses and resets', async () => {
  const network = memoryDialer()
  const listener = await network.listen!({ ...endpoint, port: 0 })
  expect(listener.address.port).toBeGreaterThan(0)
  const queued = await network.dial(listener.address)
  await listener.close()
  expect(await listener.accept()).toBeNull()
  expect((await failure(queued.read())).code).toBe('NET_CONN_RESET')
  expect((await failure(network.dial(listener.address))).code).toBe('NET_CONNECT_REFUSED')
  const again = await network.listen!({ ...endpoint, port: 0 })
  const waiting = again.accept()
  await again[Symbol.asyncDispose]()
  expect(await waiting).toBeNull()
})

test('[H-CORE-04] an aborted signal makes no connection', async () => {
  const network = memoryDialer()
  await using listener = await network.listen!(endpoint)
  const call = network.dial(endpoint, { signal: AbortSignal.abort() })
  expect((await failure(call)).code).toBe('NET_ABORTED')
  await listener.close()
  expect(await listener.accept()).toBeNull()
})
