import { once } from 'node:events'
import { connect as tlsConnect } from 'node:tls'

import { fromSocket, overTransport, socketOver, tcpDialer, type Dialer } from '@net/socket'
import {
  createCertificates,
  startConnectServer,
  startEchoServer,
  startSocksServer,
} from '@net/socket/testing'
import { connectDialer, socksDialer } from '@net/socket'
import { expect, test } from 'vitest'

import { thrown } from './support.ts'

const certificates = createCertificates()
const { ca } = certificates

test('a driver gets a socket that connects through a proxy', async () => {
  await using server = await startEchoServer()
  await using proxy = await startSocksServer({ hosts: { 'db.internal': '127.0.0.1' } })
  const socket = socketOver(socksDialer(proxy.url), `tcp://db.internal:${server.address.port}`)
  expect([socket.connecting, socket.pending]).toEqual([true, true])
  socket.write('before the connection, ')
  await once(socket, 'connect')
  expect([socket.connecting, socket.pending, socket.remotePort]).toEqual([
    false,
    false,
    Number(new URL(proxy.url).port),
  ])
  socket.end('and after')
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  expect(text).toBe('before the connection, and after')
})

test('a driver that calls connect is told of this connection', async () => {
  await using server = await startEchoServer()
  const socket = socketOver(tcpDialer(), server.url)
  const heard: string[] = []
  const connected = new Promise<void>((resolve) => {
    socket.once('ready', () => heard.push('ready'))
    socket.setNoDelay(true).connect(1, 'elsewhere.test', () => {
      heard.push('connect')
      resolve()
    })
  })
  await connected
  await new Promise<void>((resolve) => void socket.connect(1, resolve))
  expect(heard).toEqual(['connect', 'ready'])
  socket.destroy()
})

test('tls:// is verified before the driver is told', async () => {
  await using server = await startEchoServer({ tls: certificates.issue(), onError: () => {} })
  const socket = socketOver(tcpDialer(), server.url, { tls: { ca } })
  await once(socket, 'connect')
  socket.end('hello')
  expect(String((await once(socket, 'data'))[0])).toBe('hello')
  const strange = socketOver(tcpDialer(), server.url)
  const [error] = (await once(strange, 'error')) as [{ code: string }]
  expect(error.code).toBe('NET_TLS_CERT_UNTRUSTED')
})

test('a driver can speak TLS of its own over it', async () => {
  await using server = await startEchoServer({ tls: certificates.issue() })
  await using proxy = await startConnectServer()
  const url = `tcp://127.0.0.1:${server.address.port}`
  const socket = socketOver(connectDialer(proxy.url), url)
  const secured = tlsConnect({ socket, ca, servername: 'localhost' })
  await once(secured, 'secureConnect')
  secured.write('hello')
  expect(String((await once(secured, 'data'))[0])).toBe('hello')
  secured.destroy()
})

test('a dial that fails is an error of the socket, and what it wrote is lost', async () => {
  const dialer: Dialer = {
    name: 'broken',
    dial: async () => {
      throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' })
    },
  }
  const socket = socketOver(dialer, 'tcp://a.test:1')
  socket.write('lost')
  const [error] = (await once(socket, 'error')) as [{ code: string }]
  expect(error.code).toBe('NET_CONNECT_REFUSED')
  expect(socket.destroyed).toBe(true)
})

test('a socket that is destroyed, or whose signal aborts, ends its dial', async () => {
  let signal: AbortSignal | undefined
  const dialer: Dialer = {
    name: 'silent',
    dial: (_endpoint, options) => {
      signal = options?.signal
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal?.reason))
      })
    },
  }
  const destroyed = socketOver(dialer, 'tcp://a.test:1')
  destroyed.destroy()
  await once(destroyed, 'close')
  expect(signal?.aborted).toBe(true)
  const controller = new AbortController()
  const aborted = socketOver(dialer, 'tcp://a.test:1', { signal: controller.signal })
  controller.abort()
  const [error] = (await once(aborted, 'error')) as [{ code: string }]
  expect(error.code).toBe('NET_ABORTED')
})

test('it is a socket for ours as well', async () => {
  await using server = await startEchoServer()
  const socket = socketOver(tcpDialer(), server.url)
  await once(socket, 'connect')
  await using connection = overTransport(fromSocket(socket))
  await connection.write('x\n')
  expect(await connection.readLine()).toBe('x')
})

test('a wrong dialer or URL is thrown at once', () => {
  expect(thrown(() => socketOver({} as Dialer, 'tcp://a.test:1')).code).toBe('NET_BAD_OPTION')
  expect(thrown(() => socketOver(tcpDialer(), 'redis://a.test:1')).code).toBe('NET_BAD_URL')
})
