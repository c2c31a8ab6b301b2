import { overTransport, socksDialer } from '@net/socket'
import {
  memoryDialer,
  startConnectServer,
  startEchoServer,
  startSocksServer,
  type ProxyFault,
} from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure, thrown } from '../support.ts'

test('a fault befalls the tunnels that it names, so many times', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer({ hosts: { 'a.test': '127.0.0.1' } })
  const dialer = socksDialer(proxy.url)
  const to = async (host: string): Promise<string> => {
    try {
      await (await dialer.dial({ ...echo.address, host })).close()
      return 'ok'
    } catch (error) {
      return String(Reflect.get(Object(error), 'code'))
    }
  }
  proxy.fail({ on: 'a.test:', times: 2, do: { reply: 2 } })
  proxy.fail({ on: /^127\./, do: { reply: 1 } })
  const codes = [await to('127.0.0.1'), await to('127.0.0.1'), await to('a.test')]
  expect(codes).toEqual(['NET_PROXY_REFUSED', 'ok', 'NET_PROXY_REFUSED'])
  expect([await to('a.test'), await to('a.test')]).toEqual(['NET_PROXY_REFUSED', 'ok'])
})

test.each(['drop', 'half-close'] as const)(
  'after so many bytes the tunnel may %s',
  async (what) => {
    await using echo = await startEchoServer()
    await using proxy = await startSocksServer()
    proxy.fail({ after: 3, do: what })
    await using connection = overTransport(await socksDialer(proxy.url).dial(echo.address))
    await connection.write('hello')
    expect(await connection.readText()).toBe('hel')
  },
)

test('after so many bytes the tunnel may be reset', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer()
  proxy.fail({ after: 3, do: 'reset' })
  await using connection = overTransport(await socksDialer(proxy.url).dial(echo.address))
  await connection.write('hello')
  expect(await failure(connection.readExactly(5))).toMatchObject({ code: RESET_BEHIND_DATA })
})

// libuv 1.51, of Node 22, takes a reset right behind data for an end.
const RESET_BEHIND_DATA = process.versions.uv.startsWith('1.51.')
  ? 'NET_PROTO_INCOMPLETE'
  : 'NET_CONN_RESET'

test('a reply has no place within the tunnel', async () => {
  await using proxy = await startSocksServer()
  expect(() => proxy.fail({ after: 3, do: { reply: 1 } })).toThrow('has no after')
})

test('a delay comes before the answer', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer()
  proxy.fail({ do: { delay: 1 } })
  await (await socksDialer(proxy.url).dial(echo.address)).close()
  expect(proxy.received).toHaveLength(1)
})

test('connects by the given dialer', async () => {
  const dialer = memoryDialer()
  await using echo = await startEchoServer({ dialer })
  await using proxy = await startSocksServer({ dialer })
  const transport = await socksDialer(proxy.url).dial(echo.address)
  await using connection = overTransport(transport)
  await connection.write('in memory\n')
  expect(await connection.readLine()).toBe('in memory')
})

test('closing it ends the tunnels, and counts none any more', async () => {
  await using echo = await startEchoServer()
  const proxy = await startSocksServer()
  const transport = await socksDialer(proxy.url).dial(echo.address)
  expect(proxy.connections).toBe(1)
  await proxy.close()
  expect(proxy.connections).toBe(0)
  expect(await transport.read().catch(() => null)).toBeNull()
  transport.abort()
})

test('faults and options that there are not are refused', async () => {
  await using server = await startSocksServer()
  for (const fault of [{ do: 'explode' }, {}, { do: { reply: 5 }, after: 3 }]) {
    expect(thrown(() => server.fail(fault as ProxyFault)).code).toBe('NET_BAD_OPTION')
  }
  const wrong = { user: 'joe' } as object
  expect((await failure(startSocksServer(wrong))).code).toBe('NET_BAD_OPTION')
  expect((await failure(startConnectServer(wrong))).code).toBe('NET_BAD_OPTION')
})
