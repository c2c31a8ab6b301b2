import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

import { useFakeClock } from '@net/core/testing'
import { connect, listen, type Connection } from '@net/socket'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { StoppableHandshake } from '../../src/tls/stoppable-handshake.ts'

import { failure } from '../support.ts'

/** A peer that says nothing, and a connection to it. */
async function silentPeer(): Promise<
  AsyncDisposable & {
    readonly ours: Connection
    readonly theirs: Socket
    readonly gone: Promise<unknown>
  }
> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection')
  const ours = await connect(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [theirs] = (await accepted) as [Socket]
  theirs.on('error', () => {}).resume()
  return {
    ours,
    theirs,
    gone: new Promise((resolve) => theirs.once('close', resolve)),
    async [Symbol.asyncDispose]() {
      theirs.destroy()
      await ours.close()
      server.close()
    },
  }
}

test('closing ends a handshake of startTls, and its socket', async () => {
  await using peer = await silentPeer()
  const hello = once(peer.theirs, 'data')
  const call = failure(peer.ours.startTls({}))
  await hello
  await peer.ours.close()
  expect((await call).code).toBe('NET_CLOSED')
  await peer.gone
})

test('aborting ends a handshake of startTls with the reason, and its socket', async () => {
  await using peer = await silentPeer()
  const hello = once(peer.theirs, 'data')
  const call = failure(peer.ours.startTls())
  await hello
  const reason = new Error('enough')
  peer.ours.abort(reason)
  expect(await call).toMatchObject({ code: 'NET_ABORTED', cause: reason })
  await peer.gone
})

test('a listener that closes ends handshakes that clients never finish', async () => {
  const tls = createCertificates().issue()
  // Stands still, so that no limit on the handshake ends it.
  using clock = useFakeClock()
  const server = await listen('tls://127.0.0.1:0', () => {}, { tls })
  await using client = await connect(server.url.replace('tls:', 'tcp:'))
  const closing = server.close({ grace: 100 })
  await clock.until(() => clock.timers > 1)
  await clock.advance(100)
  await closing
  expect((await failure(client.readExactly(1))).code).toBe('NET_CONN_RESET')
})

test('what is written and read once startTls was called goes over TLS, in order', async () => {
  const certificates = createCertificates()
  const handler = async (connection: Connection): Promise<void> => {
    await connection.startTls()
    for await (const line of connection.lines()) await connection.write(`${line} came\n`)
  }
  await using server = await listen('tcp://127.0.0.1:0', handler, { tls: certificates.issue() })
  await using connection = await connect(server.url, { tls: { ca: certificates.ca } })
  const upgraded = connection.startTls()
  const written = connection.write('first\n')
  const read = connection.readLine()
  await Promise.resolve()
  const more = connection.write('second\n')
  expect((await failure(connection.startTls())).code).toBe('NET_BUSY')
  await Promise.all([upgraded, written, more])
  expect(await read).toBe('first came')
  expect(await connection.readLine()).toBe('second came')
})

test('it follows the signal of the caller until it is over', () => {
  const caller = new AbortController()
  const over = new StoppableHandshake(caller.signal)
  over.over()
  const running = new StoppableHandshake(caller.signal)
  caller.abort('reason')
  expect([over.signal.aborted, running.signal.reason, running.ended]).toEqual([
    false,
    'reason',
    undefined,
  ])
  expect(new StoppableHandshake(caller.signal).signal.reason).toBe('reason')
})
