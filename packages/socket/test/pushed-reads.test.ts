import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'

import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { PushedReads } from '../src/pushed-reads.ts'

for (const secure of [false, true]) {
  const road = secure ? 'TLS' : 'TCP'

  test(`what arrives by ${road} passes the buffer, and stops and goes on as told`, async () => {
    await using pair = await joined(secure)
    const { socket, peer } = pair
    const sent = randomBytes(2 * 1024 * 1024)
    const heard: Uint8Array[] = []
    let size = 0
    let hear: (() => void) | undefined
    const taken = (chunk: Uint8Array): boolean => {
      heard.push(chunk)
      size += chunk.length
      hear?.()
      return false
    }
    const reads = new PushedReads(socket, { taken })
    const ended = once(socket, 'end')
    socket.read(0)
    peer.end(sent)
    for (let seen = 0; seen < sent.length; seen = size) {
      // What TLS has decrypted already comes without having been asked for.
      if (size === seen) await new Promise<void>((resolve) => (hear = resolve))
      expect(socket.readableLength).toBe(0)
      reads.resume()
    }
    await ended
    expect(Buffer.concat(heard).equals(sent)).toBe(true)
  })

  for (const isStopped of [false, true]) {
    test(`a ${road} socket that was ${isStopped ? 'stopped' : 'read'} is its owner's again`, async () => {
      await using pair = await joined(secure)
      const { socket, peer } = pair
      const before = Object.getOwnPropertyDescriptor(socket, 'push')
      const first = Promise.withResolvers<string>()
      const taken = (chunk: Uint8Array): boolean => {
        first.resolve(String(chunk))
        return !isStopped
      }
      const reads = new PushedReads(socket, { taken })
      socket.read(0)
      peer.write('one')
      expect(await first.promise).toBe('one')
      reads.leave(isStopped)
      expect(Object.getOwnPropertyDescriptor(socket, 'push')).toEqual(before)
      peer.end('two')
      let text = ''
      for await (const chunk of socket) text += String(chunk)
      expect(text).toBe('two')
    })
  }
}

/** An accepted socket and its peer. */
async function joined(secure: boolean) {
  const certificates = createCertificates()
  const server = secure ? createTlsServer(certificates.issue()) : createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, secure ? 'secureConnection' : 'connection') as Promise<[Socket]>
  const { port } = server.address() as AddressInfo
  const peer = secure
    ? connectTls({ port, host: '127.0.0.1', ca: certificates.ca, servername: 'localhost' })
    : connect(port, '127.0.0.1')
  const [socket] = await accepted
  return {
    socket,
    peer,
    async [Symbol.asyncDispose]() {
      peer.destroy()
      socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
