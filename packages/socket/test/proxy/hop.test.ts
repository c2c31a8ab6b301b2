import { overTransport, tcpDialer, toSocket } from '@net/socket'
import { startEchoServer, startSocksServer } from '@net/socket/testing'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'

import type { ProxyDialogue } from '../../src/proxy/proxy-dialogue.ts'
import { hopDialer } from '../../src/proxy/hop.ts'
import { socks5Dialogue } from '../../src/proxy/socks-codec.ts'
import { bytes, failure, latin1 } from '../support.ts'

const endpoint = { scheme: 'tcp', host: 'shop.test', port: 25 }

/** Content with the first bytes, of which one belongs to it. */
const oneByte: ProxyDialogue = {
  opening: bytes('hello'),
  receive: (all) => ({ rest: all.subarray(1) }),
}

test('what comes behind the last word of the proxy is the first of the endpoint', async () => {
  await using echo = await startEchoServer()
  const dialer = hopDialer({
    kind: 'test',
    proxy: echo.address,
    via: tcpDialer(),
    dialogue: () => oneByte,
  })
  const transport = await dialer.dial(endpoint)
  expect(transport.info).toMatchObject({
    endpoint,
    hops: [{ kind: 'test', endpoint: echo.address }],
  })
  await using connection = overTransport(transport)
  expect(latin1(await connection.readExactly(4))).toBe('ello')
})

test('the real socket comes out, with these bytes in front', async () => {
  await using echo = await startEchoServer()
  const hop = { kind: 'test', proxy: echo.address, via: tcpDialer(), dialogue: () => oneByte }
  const transport = await hopDialer(hop).dial(endpoint)
  const { duplex } = transport
  const socket = toSocket(transport)
  expect(socket).toBeInstanceOf(Socket)
  expect(socket).toBe(duplex)
  expect(String(socket.read())).toBe('ello')
  socket.destroy()
})

test('a codec that has no room for the endpoint says so before anything is connected', async () => {
  await using proxy = await startSocksServer()
  const dialer = hopDialer({
    kind: 'test',
    proxy: proxy.address,
    via: tcpDialer(),
    dialogue: (to) => socks5Dialogue(to),
  })
  const error = await failure(dialer.dial({ ...endpoint, host: 'x'.repeat(256) }))
  expect(error).toMatchObject({ code: 'NET_BAD_ADDRESS', protocol: 'test', operation: 'dial' })
  expect(proxy.connections).toBe(0)
})

test('what `admit` throws passes as it is', async () => {
  const mistake = new Error('mistake')
  const hop = { kind: 'test', proxy: endpoint, via: tcpDialer(), dialogue: () => oneByte }
  const admit = (): boolean => {
    throw mistake
  }
  const dialed = hopDialer(hop).dial({ ...endpoint, host: '10.0.0.1' }, { admit })
  await expect(dialed).rejects.toBe(mistake)
})
