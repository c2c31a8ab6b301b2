import {
  connect,
  connectDialer,
  resolve,
  tcpDialer,
  unixDialer,
  type Dialer,
  type ResolvedAddress,
} from '@net/socket'
import { memoryDialer, startConnectServer, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { blocking, isPublic } from '../src/admit.ts'
import { failure, thrown } from './support.ts'

const local: ResolvedAddress = { address: '127.0.0.1', family: 4 }

test.each([
  '8.8.8.8',
  '1.1.1.1',
  '172.32.0.1',
  '100.128.0.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00::1',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
])('%s is public', (address) => {
  expect(isPublic(address)).toBe(true)
})

test.each([
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.255',
  '169.254.1.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '203.0.113.9',
  '::',
  '::1',
  'fc00::1',
  'fd12::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '64:ff9b::a00:1',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2001::1',
  '2001:db8::1',
  '100::1',
  'localhost',
  '',
])('%s is not public', (address) => {
  expect(isPublic(address)).toBe(false)
})

test.each([
  // 203.0.113.9 is for documentation (RFC 5737), and not public; these are spellings of it.
  '203.0.113.9',
  '0xcb.0.113.9',
  '3405803785',
  '203.0.28937',
  '[::ffff:203.0.113.9]',
  '0313.0.113.9',
  '２０３.０.１１３.９',
  '127.0.0.1',
  'localhost',
  'localhost.',
  '[::1]',
  '[::]',
  '0.0.0.0',
])('[H-SOCK-06] %s does not get past the guard', async (host) => {
  await using server = await startEchoServer()
  const dialer = tcpDialer({ resolver: async () => [local] })
  const call = connect(`tcp://${host}:${server.address.port}`, { dialer, block: 'private' })
  expect(await failure(call)).toMatchObject({ name: 'PolicyError', code: 'NET_ADDRESS_BLOCKED' })
  expect(server.connections.size).toBe(0)
})

test('a name is judged by the address that is connected to, each of them', async () => {
  await using server = await startEchoServer()
  const dialer = tcpDialer({ resolver: async () => [local, local] })
  const call = connect(`tcp://public.test:${server.address.port}`, { dialer, block: 'private' })
  expect(await failure(call)).toMatchObject({ code: 'NET_ADDRESS_BLOCKED' })
})

test('[H-SOCK-05] a second answer of the resolver is judged as the first one was', async () => {
  await using server = await startEchoServer()
  const answers: ResolvedAddress[] = [{ address: '8.8.8.8', family: 4 }]
  const resolver = async () => [answers.shift() ?? local]
  // The program looks first, and finds nothing to be afraid of.
  const [seen] = await resolve('rebound.test', { resolver })
  expect(isPublic(seen?.address ?? '')).toBe(true)
  const dialer = tcpDialer({ resolver })
  const url = `tcp://rebound.test:${server.address.port}`
  const error = await failure(connect(url, { dialer, block: 'private' }))
  expect(error).toMatchObject({ code: 'NET_ADDRESS_BLOCKED', phase: 'connect' })
  expect(server.connections.size).toBe(0)
})

test('a proxy is not given a name, nor an address of the inside', async () => {
  await using proxy = await startConnectServer()
  const options = { proxy: proxy.url, block: 'private' } as const
  for (const host of ['public.test', '10.0.0.1', '127.0.0.1']) {
    const error = await failure(connect(`tcp://${host}:80`, options))
    expect(error).toMatchObject({ code: 'NET_ADDRESS_BLOCKED' })
  }
  expect(proxy.received).toEqual([])
  // An address of the public internet goes to the proxy, which here knows no way there.
  const refused = await failure(connect('tcp://8.8.8.8:53', options))
  expect(refused).toMatchObject({ code: 'NET_PROXY_REFUSED' })
  expect(proxy.received).toMatchObject([{ target: '8.8.8.8:53' }])
})

test('a dialer that never asks is not used', async () => {
  const dialer = memoryDialer()
  await using server = await startEchoServer({ dialer })
  const error = await failure(blocking(dialer, 'private').dial(server.address))
  expect(error).toMatchObject({ code: 'NET_ADDRESS_BLOCKED' })
  expect(error.message).toContain('memory')
})

test('what else would not be admitted stays so, and what asks about nothing stays open', async () => {
  const asked: string[] = []
  const road: Dialer = {
    name: 'asking',
    async dial(endpoint, options) {
      const admitted = options?.admit?.({ address: endpoint.host, family: 4 }, endpoint)
      asked.push(`${endpoint.host} ${String(admitted)}`)
      throw new Error('no further')
    },
  }
  const guarded = blocking(road, 'private')
  const dial = (host: string, welcome: boolean): Promise<unknown> =>
    guarded
      .dial({ scheme: 'tcp', host, port: 1 }, { admit: () => welcome })
      .catch((error: unknown) => error)
  await dial('8.8.8.8', true)
  await dial('8.8.8.8', false)
  await dial('10.0.0.1', true)
  expect(asked).toEqual(['8.8.8.8 true', '8.8.8.8 false', '10.0.0.1 false'])
  const socket = { scheme: 'unix', host: '', port: 0, path: '/nowhere/at-all' }
  const missing = await failure(blocking(unixDialer(), 'private').dial(socket))
  expect(missing).toMatchObject({ code: 'NET_CONNECT_REFUSED' })
})

test('a dialer that listens still does; a wrong rule is refused', async () => {
  const guarded = blocking(tcpDialer(), 'private')
  await using listener = await guarded.listen?.({ scheme: 'tcp', host: '127.0.0.1', port: 0 })
  expect(listener?.address.port).toBeGreaterThan(0)
  expect(blocking(unixDialer(), 'private').name).toBe('unix')
  const wrong = 'public' as 'private'
  expect(thrown(() => blocking(tcpDialer(), wrong))).toMatchObject({ code: 'NET_BAD_OPTION' })
})

test.each([
  ['a promise', () => Promise.resolve(true)],
  ['a promise that fails', () => Promise.reject(new Error('unseen'))],
  ['nothing', () => undefined],
  ['text', () => 'no'],
])('admit that gives %s lets nothing pass, on any road', async (_what, answer) => {
  await using server = await startEchoServer()
  await using proxy = await startConnectServer()
  const admit = answer as unknown as () => boolean
  const { host, port } = server.address
  const endpoint = { scheme: 'tcp', host, port }
  const roads = [tcpDialer(), connectDialer(proxy.url)]
  for (const road of roads) {
    const error = await failure(road.dial(endpoint, { admit }))
    expect([error.code, error.message]).toEqual([
      'NET_BAD_OPTION',
      expect.stringContaining('admit'),
    ])
  }
  expect(server.connections.size).toBe(0)
  // An unhandled rejection would be told within this turn, and fail the run.
  await new Promise((turn) => setImmediate(turn))
})
