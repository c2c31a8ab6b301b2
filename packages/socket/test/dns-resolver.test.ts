import {
  bindDatagram,
  connect,
  dnsResolver,
  resolve,
  tcpDialer,
  type DatagramSocket,
} from '@net/socket'
import { startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure, thrown } from './support.ts'

const A = 1
const AAAA = 28

/** Answers each question with addresses, a code of RFC 1035, or not at all. */
async function nameServer(
  answer: (name: string, type: number) => readonly string[] | number | undefined,
) {
  const socket = await bindDatagram('udp://127.0.0.1:0')
  void serve(socket, answer)
  return Object.assign(socket, { where: `127.0.0.1:${socket.address.port}` })
}

async function serve(
  socket: DatagramSocket,
  answer: Parameters<typeof nameServer>[0],
): Promise<void> {
  for await (const { data, from } of socket) {
    const query = Buffer.from(data)
    let at = 12
    const labels: string[] = []
    while (query[at]! > 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!))
      at += query[at]! + 1
    }
    const type = query.readUInt16BE(at + 1)
    const given = answer(labels.join('.'), type)
    if (given === undefined) continue
    const records = typeof given === 'number' ? [] : given.map((address) => record(type, address))
    const head = Buffer.alloc(12)
    query.copy(head, 0, 0, 2)
    head.writeUInt16BE(0x8180 | (typeof given === 'number' ? given : 0), 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(records.length, 6)
    const question = query.subarray(12, at + 5)
    await socket.send(Buffer.concat([head, question, ...records]), from)
  }
}

/** It names the question's host, and holds for a minute. */
function record(type: number, address: string): Buffer {
  const bytes =
    type === A
      ? Buffer.from(address.split('.').map(Number))
      : Buffer.concat([Buffer.alloc(15), Buffer.of(Number(address.split('::')[1]))])
  const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length])
  return Buffer.concat([head, bytes])
}

test('[SOCK-37] [SOCK-36] name servers are asked for both families, and say how long it holds', async () => {
  await using server = await nameServer((_name, type) => (type === A ? ['127.0.0.1'] : ['::1']))
  const resolver = dnsResolver({ servers: [server.where] })
  expect(await resolve('db.test', { resolver })).toEqual([
    { address: '::1', family: 6, ttl: 60_000 },
    { address: '127.0.0.1', family: 4, ttl: 60_000 },
  ])
  await using echo = await startEchoServer()
  const dialer = tcpDialer({ resolver })
  await using connection = await connect(`tcp://db.test:${echo.address.port}`, { dialer })
  expect(connection.info.remote?.host).toBe('127.0.0.1')
})

test.each([
  ['NXDOMAIN', 3, 'NET_DNS_NOT_FOUND', 'never'],
  ['no addresses at all', [], 'NET_DNS_NOT_FOUND', 'never'],
  ['SERVFAIL', 2, 'NET_DNS_TEMPORARY', 'safe'],
  ['REFUSED', 5, 'NET_DNS_TEMPORARY', 'safe'],
] as const)('[H-SOCK-04] %s of a name server', async (_what, given, code, retry) => {
  await using server = await nameServer(() => given)
  const resolver = dnsResolver({ servers: [server.where] })
  expect(await failure(resolve('db.test', { resolver }))).toMatchObject({
    code,
    retry,
    phase: 'resolve',
  })
})

test('a family without addresses takes nothing from the other one', async () => {
  await using server = await nameServer((_name, type) => (type === AAAA ? [] : ['192.0.2.1']))
  const resolver = dnsResolver({ servers: [server.where] })
  const addresses = await resolve('db.test', { resolver })
  expect(addresses.map(({ address }) => address)).toEqual(['192.0.2.1'])
})

test('[H-SOCK-04] an abort ends a question that nobody answers', async () => {
  const asked = Promise.withResolvers<void>()
  await using server = await nameServer(() => asked.resolve() as undefined)
  const controller = new AbortController()
  const resolver = dnsResolver({ servers: [server.where], attemptTimeout: 60_000 })
  const call = failure(resolve('db.test', { resolver, signal: controller.signal }))
  await asked.promise
  controller.abort()
  expect((await call).code).toBe('NET_ABORTED')
})

test('a server must be an address', () => {
  expect(thrown(() => dnsResolver({ servers: ['ns.example'] })).code).toBe('NET_BAD_OPTION')
})
