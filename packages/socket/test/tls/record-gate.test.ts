import { useFakeClock } from '@net/core/testing'
import { connect, listen, overTransport, type Connection, type TlsOptions } from '@net/socket'
import { createCertificates, memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { RecordGate } from '../../src/tls/record-gate.ts'
import { bytes, failure, latin1 } from '../support.ts'

const record = (text: string): Uint8Array =>
  Buffer.concat([Buffer.of(23, 3, 3, 0, text.length), Buffer.from(text)])

test('[SOCK-49] records are given one at a time, however they arrive, and what follows the last one is left', async () => {
  const [ours, theirs] = memoryPair()
  const gate = new RecordGate(ours)
  const all = Buffer.concat([record('one'), record('two'), bytes('plain')])
  for (const byte of all.subarray(0, 10)) await theirs.write([Buffer.of(byte)])
  await theirs.write([all.subarray(10)])
  expect(latin1(await gate.read()).slice(5)).toBe('one')
  expect(latin1(await gate.read()).slice(5)).toBe('two')
  gate.hasEnded = () => true
  let isRead = false
  void gate.read().then(() => (isRead = true))
  await new Promise((turn) => setImmediate(turn))
  await new Promise((turn) => setImmediate(turn))
  expect(isRead).toBe(false)
  gate.hold()
  await gate.end()
  await gate.close()
  gate.abort()
  expect(latin1(gate.leave().bytes)).toBe('plain')
  await ours.write([bytes('still open')])
  expect(latin1(await theirs.read())).toBe('still open')
})

test('a read that is under way is left as well', async () => {
  const [ours, theirs] = memoryPair()
  const gate = new RecordGate(ours)
  void gate.read()
  await new Promise((turn) => setImmediate(turn))
  const { bytes: rest, pulling } = gate.leave()
  expect(rest.length).toBe(0)
  await theirs.write([bytes('later')])
  expect(latin1((await pulling) ?? null)).toBe('later')
})

test('an end within a record is passed on as it is, and TLS judges it', async () => {
  const [ours, theirs] = memoryPair()
  const gate = new RecordGate(ours)
  await theirs.write([record('one').subarray(0, 6)])
  await theirs.end()
  expect((await gate.read())?.length).toBe(6)
  expect(await gate.read()).toBeNull()
})

test('unless it is held, it closes and aborts what is below', async () => {
  const [ours, theirs] = memoryPair()
  await new RecordGate(ours).close()
  expect(await theirs.read()).toBeNull()
  const [other, peer] = memoryPair()
  new RecordGate(other).abort()
  expect((await failure(peer.read())).code).toBe('NET_CONN_RESET')
})

const certificates = createCertificates()
const { ca } = certificates
const mayStop = { mayStop: true }

/** Two ends of a connection, over TCP or in memory. */
async function ends(
  road: string,
): Promise<AsyncDisposable & { ours: Connection; theirs: Connection }> {
  const tls = { ca }
  if (road === 'memory') {
    const [one, two] = memoryPair({ endpoint: { scheme: 'tcp', host: 'localhost', port: 1 } })
    const ours = overTransport(one, { tls })
    const theirs = overTransport(two, { side: 'server', tls: certificates.issue() })
    return { ours, theirs, [Symbol.asyncDispose]: async () => (ours.abort(), theirs.abort()) }
  }
  const accepted = Promise.withResolvers<Connection>()
  const handler = async (connection: Connection): Promise<void> => {
    accepted.resolve(connection)
    await connection.closed
  }
  const server = await listen('tcp://127.0.0.1:0', handler, { tls: certificates.issue() })
  const ours = await connect(server.url, { tls })
  const theirs = await accepted.promise
  return { ours, theirs, [Symbol.asyncDispose]: () => (ours.abort(), server.close()) }
}

for (const road of ['tcp', 'memory']) {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`[SOCK-49] TLS ends and the connection goes on in clear, twice (${road}, ${maxVersion})`, async () => {
      await using both = await ends(road)
      const { ours, theirs } = both
      for (let times = 0; times < 2; times++) {
        const tls: TlsOptions = { ca, maxVersion }
        await Promise.all([ours.startTls(tls, mayStop), theirs.startTls(undefined, mayStop)])
        expect(ours.info.tls?.protocol).toBe(maxVersion)
        await ours.write('in private\n')
        expect(await theirs.readLine()).toBe('in private')
        await theirs.write('before the end\n')
        await Promise.all([ours.stopTls(), theirs.stopTls()])
        expect([ours.info.encrypted, theirs.info.encrypted]).toEqual([false, false])
        expect(await ours.readLine()).toBe('before the end')
        await Promise.all([ours.write('in clear\n'), theirs.write('in clear too\n')])
        expect([await theirs.readLine(), await ours.readLine()]).toEqual([
          'in clear',
          'in clear too',
        ])
      }
    })
  }
}

test('[SOCK-49] whoever hears of the end first answers it, and what it says then in clear is not lost', async () => {
  await using both = await ends('tcp')
  const { ours, theirs } = both
  await Promise.all([ours.startTls(undefined, mayStop), theirs.startTls(undefined, mayStop)])
  const stopping = ours.stopTls()
  expect(await theirs.read()).toBeNull()
  await theirs.stopTls()
  await theirs.write('220 in clear\n')
  await stopping
  expect(await ours.readLine()).toBe('220 in clear')
  await theirs.end()
  expect(await ours.read()).toBeNull()
})

test('[SOCK-49] TLS within TLS, and the inner one ends', async () => {
  await using server = await listen(
    'tls://localhost:0',
    async (connection) => {
      await connection.write('go on\n')
      await connection.startTls(undefined, mayStop)
      await connection.write(`${await connection.readLine()} twice\n`)
      expect(await connection.read()).toBeNull()
      await connection.stopTls()
      await connection.write('once\n')
    },
    { tls: certificates.issue() },
  )
  await using connection = await connect(server.url, { tls: { ca } })
  expect(await connection.readLine()).toBe('go on')
  await connection.startTls(undefined, mayStop)
  await connection.write('protected\n')
  expect(await connection.readLine()).toBe('protected twice')
  await connection.stopTls()
  expect([await connection.readLine(), connection.info.encrypted]).toEqual(['once', true])
})

test('a peer that does not end TLS is waited for no longer than a handshake', async () => {
  using clock = useFakeClock()
  await using both = await ends('memory')
  const { ours, theirs } = both
  await Promise.all([ours.startTls(undefined, mayStop), theirs.startTls(undefined, mayStop)])
  const stopping = failure(ours.stopTls())
  expect(await theirs.read()).toBeNull()
  await clock.advance(10_000)
  expect(await stopping).toMatchObject({ code: 'NET_TIMEOUT_TLS', phase: 'tls' })
  expect((await failure(ours.write('x'))).code).toBe('NET_CLOSED')
})

test('without mayStop TLS stays, and large data arrives whole with it', async () => {
  await using both = await ends('tcp')
  const { ours, theirs } = both
  await Promise.all([ours.startTls(), theirs.startTls(undefined, mayStop)])
  expect((await failure(ours.stopTls())).code).toBe('NET_UNSUPPORTED')
  const data = Buffer.alloc(3_000_000, 'net')
  const sent = ours.write(data)
  expect(Buffer.from(await theirs.readExactly(data.length)).equals(data)).toBe(true)
  await sent
  await theirs.close()
  expect(await ours.read()).toBeNull()
})
