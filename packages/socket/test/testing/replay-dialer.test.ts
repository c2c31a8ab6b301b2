import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'

import { connect, listen, tcpDialer, type Connection, type Dialer } from '@net/socket'
import { createCertificates, memoryDialer, recordDialer, replayDialer } from '@net/socket/testing'
import { afterAll, expect, test } from 'vitest'

import { addLine, beginTranscript } from '../../src/testing/transcript.ts'
import { failure, latin1 } from '../support.ts'

const folder = mkdtempSync(join(tmpdir(), 'net-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))
const certificates = createCertificates()
const tls = { ca: certificates.ca }

async function serve(connection: Connection): Promise<void> {
  await connection.write('220 ready\n')
  for await (const line of connection.lines()) {
    if (line === 'STARTTLS') {
      await connection.write('220 go on\n')
      await connection.startTls()
    } else if (line === 'QUIT') return connection.write('221 bye\n')
    else await connection.write(`250 ${line.toUpperCase()}\n`)
  }
  return undefined
}

/** A session of a protocol, of which nothing but the words of the client differ. */
async function session(url: string, dialer: Dialer, word: string): Promise<string[]> {
  await using connection = await connect(url, { dialer, tls })
  const said = [await connection.readLine()]
  for (const line of [word, 'STARTTLS', word, 'QUIT']) {
    await connection.write(`${line}\n`)
    said.push(await connection.readLine())
    if (line === 'STARTTLS') await connection.startTls()
  }
  expect([connection.info.encrypted, await connection.read()]).toEqual([true, null])
  return said.map(String)
}

test('a session is played again without its server, with TLS in the middle', async () => {
  const file = join(folder, 'session')
  const server = await listen('tcp://127.0.0.1:0', serve, { tls: certificates.issue() })
  const said = await session(server.url, recordDialer(tcpDialer(), file), 'hello')
  await server.close()
  expect(said).toEqual(['220 ready', '250 HELLO', '220 go on', '250 HELLO', '221 bye'])
  const replay = replayDialer(file)
  // Another word of another length: what counts are lines.
  expect(await session(server.url, replay, 'hi')).toEqual(said)
  expect((await failure(session(server.url, replay, 'hi'))).code).toBe('NET_CONNECT_REFUSED')
})

test('tls:// succeeds as it did, without a handshake', async () => {
  const file = join(folder, 'secured')
  const server = await listen('tls://127.0.0.1:0', serve, {
    tls: { ...certificates.issue(), alpn: ['mail'] },
  })
  for (const make of [() => recordDialer(tcpDialer(), file), () => replayDialer(file)]) {
    await using connection = await connect(server.url, {
      dialer: make(),
      tls: { ...tls, alpn: ['mail'] },
    })
    expect(await connection.readLine()).toBe('220 ready')
    expect(connection.info.tls).toMatchObject({ protocol: 'TLSv1.3', alpn: 'mail' })
    await connection.close()
    await server.close()
  }
})

test('bytes without lines are counted, and the end of ours is waited for', async () => {
  const file = join(folder, 'bytes')
  beginTranscript(file)
  addLine(file, { connection: 1, dial: 'tcp a.test:1' })
  addLine(file, { connection: 1, sent: 'a\nbc' })
  addLine(file, { connection: 1, receivedBase64: Buffer.from([0, 1, 2]).toString('base64') })
  addLine(file, { connection: 1, ended: 'us' })
  addLine(file, { connection: 1, received: 'rest' })
  addLine(file, { connection: 1, lost: 'NET_CONN_RESET' })
  const transport = await replayDialer(file).dial({ scheme: 'tcp', host: 'a.test', port: 1 })
  const chunks: string[] = []
  const reading = (async () => {
    for (;;) chunks.push(latin1(await transport.read()))
  })()
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  await transport.write([Buffer.from('xxxx\ny')])
  await turn()
  expect(chunks).toEqual([])
  await transport.write([Buffer.from('z')])
  await turn()
  expect(chunks).toEqual(['\0\x01\x02'])
  await transport.end()
  expect((await failure(reading)).code).toBe('NET_CONN_RESET')
  expect(chunks).toEqual(['\0\x01\x02', 'rest'])
})

test('a dial that failed then fails again', async () => {
  const file = join(folder, 'refused')
  const at = { scheme: 'tcp', host: 'a.test', port: 1 }
  await failure(recordDialer(memoryDialer(), file).dial(at))
  const error = await failure(replayDialer(file).dial(at))
  expect([error.code, error.phase]).toEqual(['NET_CONNECT_REFUSED', 'connect'])
})

test('an abort ends a read that waits for what is to be sent', async () => {
  const file = join(folder, 'waiting')
  beginTranscript(file)
  addLine(file, { connection: 1, dial: 'tcp a.test:1' })
  addLine(file, { connection: 1, sent: 'hello\n' })
  const transport = await replayDialer(file).dial({ scheme: 'tcp', host: 'a.test', port: 1 })
  const reading = failure(transport.read())
  transport.abort('enough')
  expect((await reading).code).toBe('NET_ABORTED')
  await transport.close()
})

test('TLS that waits for what is to be sent ends with its call, and with the connection', async () => {
  const file = join(folder, 'before-tls')
  beginTranscript(file)
  for (const connection of [1, 2]) {
    addLine(file, { connection, dial: 'tcp a.example:1' })
    addLine(file, { connection, sent: 'STARTTLS\n' })
    addLine(file, { connection, tls: 'TLSv1.3' })
  }
  const dialer = replayDialer(file)
  const abort = new AbortController()
  const called = await connect('tcp://a.example:1', { dialer })
  const starting = called.startTls({}, { signal: abort.signal })
  for (let turns = 0; turns < 10; turns++) await turn()
  abort.abort()
  expect((await failure(starting)).code).toBe('NET_ABORTED')
  const lost = await connect('tcp://a.example:1', { dialer })
  const waiting = lost.startTls()
  for (let turns = 0; turns < 10; turns++) await turn()
  lost.abort()
  expect((await failure(waiting)).code).toBe('NET_ABORTED')
})
