import { tcpDialer } from '@net/socket'
import { expect, test } from 'vitest'

import { listenOn } from '../src/socket-listener.ts'
import { failure } from './support.ts'

const endpoint = { scheme: 'tcp', host: '127.0.0.1', port: 0 }
const at = { host: '127.0.0.1', port: 0 }

test('[H-SOCK-16] an address in use is reported with its name', async () => {
  await using first = await listenOn({ protocol: 'tcp', endpoint, at }, undefined)
  const { port } = first.address
  const again = listenOn(
    { protocol: 'tcp', endpoint: first.address, at: { ...at, port } },
    undefined,
  )
  const error = await failure(again)
  expect([error.code, error.endpoint]).toEqual(['NET_BIND_IN_USE', `127.0.0.1:${port}`])
})

test('an address of another machine is refused', async () => {
  const elsewhere = { ...at, host: '192.0.2.1' }
  const error = await failure(listenOn({ protocol: 'tcp', endpoint, at: elsewhere }, undefined))
  expect(error.code).toBe('NET_BIND_DENIED')
})

test('closed, it gives null to waiting calls and resets connections that were not accepted', async () => {
  const listener = await listenOn({ protocol: 'tcp', endpoint, at }, undefined)
  const transport = await tcpDialer().dial(listener.address)
  const accepted = await listener.accept()
  const second = await tcpDialer().dial(listener.address)
  const reading = failure(second.read())
  const waiting = listener.accept()
  const third = await waiting
  // The second connection was accepted here; nobody waits any more, so the next one is queued.
  const fourth = await tcpDialer().dial(listener.address)
  await listener.close()
  await listener.close()
  expect(await listener.accept()).toBeNull()
  expect((await failure(fourth.read())).code).toMatch(/^NET_CONN_/)
  third?.abort()
  expect((await reading).code).toBe('NET_CONN_RESET')
  await Promise.all([transport.close(), accepted?.close()])
})

test('[H-CORE-04] with an aborted signal nothing listens', async () => {
  const signal = AbortSignal.abort()
  expect((await failure(listenOn({ protocol: 'tcp', endpoint, at }, { signal }))).code).toBe(
    'NET_ABORTED',
  )
})
