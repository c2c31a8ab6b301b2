import { X509Certificate } from 'node:crypto'

import { tlsSessionCache } from '@net/socket'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { keptSession } from '../../src/tls/kept-session.ts'

const certificates = createCertificates()

/** As OpenSSL writes one, with nothing but a number and the certificate in it. */
function session(number: number, cert = certificates.issue().cert): Buffer {
  const { raw } = new X509Certificate(cert)
  const value = (tag: number, inside: Buffer) =>
    Buffer.concat([Buffer.of(tag, 0x82, inside.length >> 8, inside.length & 0xff), inside])
  return value(0x30, Buffer.concat([Buffer.of(2, 1, number), value(0xa3, raw)]))
}

const info = { endpoint: { scheme: 'tls', host: 'a.test', port: 1 }, hops: [], encrypted: false }

test('what a server gives before it was verified waits for that', () => {
  const cache = tlsSessionCache()
  const peer = { name: 'a.test', tls: { session: cache }, client: undefined }
  const first = keptSession(info, peer)
  expect(first.session).toBeUndefined()
  const [early, late] = [session(1), session(2)]
  first.add(early)
  expect(keptSession(info, peer).session).toBeUndefined()
  first.verified()
  first.add(late)
  expect(keptSession(info, peer).session).toEqual(late)
  expect(keptSession(info, peer).session).toEqual(early)
})

test('a session that was passed is used, and the cache of the client is left alone', () => {
  const client = { id: 1 }
  const kept = keptSession(info, { name: 'a.test', tls: { session: Buffer.from('mine') }, client })
  expect(kept.session?.toString()).toBe('mine')
  kept.verified()
  kept.add(Buffer.from('other'))
  expect(keptSession(info, { name: 'a.test', tls: {}, client }).session).toBeUndefined()
})

test('[SOCK-45] a client keeps sessions without being told to', () => {
  const client = { id: 1 }
  const kept = keptSession(info, { name: 'a.test', tls: {}, client })
  kept.verified()
  const one = session(1)
  kept.add(one)
  expect(keptSession(info, { name: 'a.test', tls: {}, client }).session).toEqual(one)
  expect(keptSession(info, { name: 'a.test', tls: {}, client: { id: 2 } }).session).toBeUndefined()
})

test('a session whose certificate has expired since, or that shows none, is not resumed', () => {
  const cache = tlsSessionCache()
  const peer = { name: 'a.test', tls: { session: cache }, client: undefined }
  for (const bad of [session(1, certificates.issue({ expired: true }).cert), Buffer.from('none')]) {
    const kept = keptSession(info, peer)
    kept.verified()
    kept.add(bad)
    expect(keptSession(info, peer).session).toBeUndefined()
  }
})
