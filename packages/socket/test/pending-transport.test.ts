import type { Transport } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { PendingTransport } from '../src/pending-transport.ts'
import { bytes, failure, latin1 } from './support.ts'

const endpoint = { scheme: 'tcp', host: 'a.test', port: 1 }

test('what is asked before it is there waits, in order', async () => {
  const coming = Promise.withResolvers<Transport>()
  const transport = new PendingTransport(endpoint, coming.promise, () => {})
  const [ours, theirs] = memoryPair()
  const read = transport.read()
  const written = [transport.write([bytes('a')]), transport.write([bytes('b')]), transport.end()]
  expect(transport.info).toEqual({ endpoint, hops: [], encrypted: false })
  coming.resolve(ours)
  await Promise.all([...written, transport.connected, transport.flush()])
  expect(latin1(await theirs.read()) + latin1(await theirs.read())).toBe('ab')
  expect(await theirs.read()).toBeNull()
  await theirs.write([bytes('c')])
  expect(latin1(await read)).toBe('c')
  expect(transport.info).toBe(ours.info)
})

test('a dial that fails fails all that waits', async () => {
  const coming = Promise.withResolvers<Transport>()
  const transport = new PendingTransport(endpoint, coming.promise, () => {})
  const calls = [transport.read(), transport.write([bytes('a')]), transport.connected].map(failure)
  coming.reject(Object.assign(new Error('no'), { code: 'NET_CONNECT_REFUSED' }))
  for (const call of calls) expect((await call).code).toBe('NET_CONNECT_REFUSED')
  await transport.close()
})

test('abort ends the dial, and what it has made meanwhile', async () => {
  const coming = Promise.withResolvers<Transport>()
  const reasons: unknown[] = []
  const transport = new PendingTransport(endpoint, coming.promise, (reason) => reasons.push(reason))
  transport.abort('enough')
  expect(reasons).toEqual(['enough'])
  const [ours, theirs] = memoryPair()
  coming.resolve(ours)
  expect((await failure(theirs.read())).code).toBe('NET_CONN_RESET')
})
