import { connect, socksDialer } from '@net/socket'
import { startEchoServer, startSocksServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from '../support.ts'

test('records the target, in every version and kind of address', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer({ hosts: { 'db.test': '127.0.0.1' } })
  const { port } = proxy.address
  const dial = async (url: string, host: string): Promise<void> => {
    const transport = await socksDialer(url).dial({ ...echo.address, host })
    await transport.close()
  }
  await dial(proxy.url, '127.0.0.1')
  await dial(proxy.url, 'db.test')
  await dial(proxy.url, '::ffff:127.0.0.1')
  await dial(`socks4a://ada@127.0.0.1:${port}`, '127.0.0.1')
  await dial(`socks4a://ada@127.0.0.1:${port}`, 'db.test')
  expect(proxy.received.map(({ target, user }) => [target.replace(/:\d+$/, ''), user])).toEqual([
    ['127.0.0.1', undefined],
    ['db.test', undefined],
    ['[::ffff:7f00:1]', undefined],
    ['127.0.0.1', 'ada'],
    ['db.test', 'ada'],
  ])
})

test('wants a user where it has some, in version 4 without a password', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer({ users: { ada: 'lovelace' } })
  const { port } = proxy.address
  const as = async (url: string): Promise<string | undefined> => {
    try {
      await (await socksDialer(url).dial(echo.address)).close()
      return undefined
    } catch (error) {
      return String(Reflect.get(Object(error), 'code'))
    }
  }
  expect(await as(`socks5://ada:lovelace@127.0.0.1:${port}`)).toBeUndefined()
  expect(await as(`socks5://ada:wrong@127.0.0.1:${port}`)).toBe('NET_PROXY_AUTH')
  expect(await as(proxy.url)).toBe('NET_PROXY_AUTH')
  expect(await as(`socks4a://ada@127.0.0.1:${port}`)).toBeUndefined()
  expect(await as(`socks4a://bob@127.0.0.1:${port}`)).toBe('NET_PROXY_AUTH')
})

test('supports no other command, and closes connections without SOCKS', async () => {
  await using proxy = await startSocksServer()
  const { port } = proxy.address
  await using bind = await connect(`tcp://127.0.0.1:${port}`)
  await bind.write(Uint8Array.of(5, 1, 0))
  expect([...(await bind.readExactly(2))]).toEqual([5, 0])
  await bind.write(Uint8Array.of(5, 2, 0, 1, 127, 0, 0, 1, 0, 80))
  expect((await bind.readAll())[1]).toBe(7)
  await using http = await connect(`tcp://127.0.0.1:${port}`)
  await http.write('GET / HTTP/1.1\r\n\r\n')
  expect(await http.read().catch(() => null)).toBeNull()
})

test('answers as a fault wants it', async () => {
  await using echo = await startEchoServer()
  await using proxy = await startSocksServer()
  proxy.fail({ do: { reply: 3 } })
  const error = await failure(socksDialer(proxy.url).dial(echo.address))
  expect(error).toMatchObject({ code: 'NET_CONNECT_UNREACHABLE', reply: { status: 3 } })
})
