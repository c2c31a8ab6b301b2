import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { secret } from '@net/core'
import { connect, listen, tcpDialer, type Connection } from '@net/socket'
import {
  checkDialer,
  createCertificates,
  memoryDialer,
  recordDialer,
  startEchoServer,
} from '@net/socket/testing'
import { canary } from '@tools/canary'
import { afterAll, expect, test } from 'vitest'

import { failure, thrown } from '../support.ts'

const folder = mkdtempSync(join(tmpdir(), 'net-record-'))
afterAll(() => rmSync(folder, { recursive: true }))

function lines(file: string): unknown[] {
  const [, ...rest] = readFileSync(file, 'utf8').trimEnd().split('\n')
  return rest.map((line) => JSON.parse(line) as unknown)
}

test('what a connection sends and receives is in the file, without secrets', async () => {
  const password = canary('password')
  const held = secret(password)
  const file = join(folder, 'plain')
  await using server = await startEchoServer()
  const dialer = recordDialer(tcpDialer(), file)
  await using connection = await connect(server.url, { dialer })
  await connection.write(`LOGIN ${held.reveal()}\n`)
  await connection.readLine()
  await connection.end()
  expect(await connection.read()).toBeNull()
  const { port } = server.address
  expect(lines(file)).toEqual([
    { connection: 1, dial: `tcp 127.0.0.1:${port}` },
    { connection: 1, sent: 'LOGIN [secret]\n' },
    { connection: 1, received: 'LOGIN [secret]\n' },
    { connection: 1, ended: 'us' },
    { connection: 1, ended: 'peer' },
  ])
})

test('of TLS it is what it protects, also where it begins later', async () => {
  const certificates = createCertificates()
  const tls = { ca: certificates.ca }
  const file = join(folder, 'tls')
  const handler = async (connection: Connection) => {
    const line = await connection.readLine()
    if (line === 'STARTTLS') {
      await connection.write('go on\n')
      await connection.startTls()
    }
    await connection.write(`${line} ${await connection.readLine()}\n`)
  }
  await using server = await listen(['tcp://127.0.0.1:0', 'tls://127.0.0.1:0'], handler, {
    tls: certificates.issue(),
  })
  const [plain = '', secured = ''] = server.urls
  const dialer = recordDialer(tcpDialer(), file)
  await using first = await connect(secured, { dialer, tls })
  await first.write('one\ntwo\n')
  expect(await first.readLine()).toBe('one two')
  await using second = await connect(plain, { dialer, tls })
  await second.write('STARTTLS\n')
  expect(await second.readLine()).toBe('go on')
  await second.startTls()
  await second.write('three\n')
  expect(await second.readLine()).toBe('STARTTLS three')
  const [, ...kept] = lines(file)
  expect(kept.slice(0, 3)).toEqual([
    { connection: 1, tls: 'TLSv1.3' },
    { connection: 1, sent: 'one\ntwo\n' },
    { connection: 1, received: 'one two\n' },
  ])
  expect(kept.filter((line) => Reflect.get(line as object, 'connection') === 2).slice(1)).toEqual([
    { connection: 2, sent: 'STARTTLS\n' },
    { connection: 2, received: 'go on\n' },
    { connection: 2, tls: 'TLSv1.3' },
    { connection: 2, sent: 'three\n' },
    { connection: 2, received: 'STARTTLS three\n' },
  ])
})

test('a dial that fails and a connection that is lost are kept as well', async () => {
  const file = join(folder, 'lost')
  const network = memoryDialer()
  const dialer = recordDialer(network, file)
  const at = { scheme: 'tcp', host: 'a.test', port: 1 }
  expect((await failure(dialer.dial(at))).code).toBe('NET_CONNECT_REFUSED')
  await using listener = await dialer.listen!(at)
  const transport = await dialer.dial(at)
  const peer = await listener.accept()
  const reading = failure(transport.read())
  peer?.abort()
  expect((await reading).code).toBe('NET_CONN_RESET')
  expect(lines(file)).toMatchObject([
    { connection: 1, dial: 'tcp a.test:1' },
    { connection: 1, refused: 'NET_CONNECT_REFUSED' },
    { connection: 2, dial: 'tcp a.test:1' },
    { connection: 2, lost: 'NET_CONN_RESET' },
  ])
})

test('it does what every dialer must do', async () => {
  await checkDialer(async () => {
    const server = await startEchoServer()
    const dialer = recordDialer(tcpDialer(), join(folder, 'conformance'))
    return { dialer, echo: server.address, [Symbol.asyncDispose]: () => server.close() }
  })
})

test('a dialer and a file are wanted', () => {
  expect(thrown(() => recordDialer({} as never, join(folder, 'x'))).code).toBe('NET_BAD_OPTION')
  expect(thrown(() => recordDialer(tcpDialer(), 7 as never)).code).toBe('NET_BAD_OPTION')
})
