import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { connect } from '@net/socket'
import { createCertificates, startEchoServer } from '@net/socket/testing'
import { afterAll, expect, test } from 'vitest'

import { certificatesIn, trustedFolder } from '../../src/tls/trusted-folder.ts'
import { failure, thrown } from '../support.ts'

const folder = mkdtempSync(join(tmpdir(), 'net-trust-'))
afterAll(() => rmSync(folder, { recursive: true }))
const [one, two] = [createCertificates(), createCertificates()]

test('[SOCK-41] the authorities in a folder are trusted, and no others', async () => {
  writeFileSync(join(folder, 'one.pem'), `a text before\n${one.ca}`)
  writeFileSync(join(folder, 'notes.txt'), two.ca)
  await using trusted = await startEchoServer({ tls: one.issue() })
  await using other = await startEchoServer({ tls: two.issue(), onError: () => {} })
  await using connection = await connect(trusted.url, { tls: { caFolder: folder } })
  expect(connection.info.tls?.authorized).toBe(true)
  const refused = await failure(connect(other.url, { tls: { caFolder: folder } }))
  expect(refused.code).toBe('NET_TLS_CERT_UNTRUSTED')
  await using both = await connect(other.url, { tls: { caFolder: folder, ca: two.ca } })
  expect(both.info.tls?.authorized).toBe(true)
})

test('[SOCK-41] a server trusts the clients of a folder', async () => {
  const tls = { ...one.issue(), caFolder: folder }
  await using server = await startEchoServer({ tls, onError: () => {} })
  const client = { ca: one.ca, maxVersion: 'TLSv1.2' } as const
  await using connection = await connect(server.url, {
    tls: { ...client, ...one.issue({ names: ['me'] }) },
  })
  await connection.write('x')
  expect((await connection.readExactly(1)).length).toBe(1)
  expect((await failure(connect(server.url, { tls: client }))).code).toBe('NET_TLS_HANDSHAKE')
})

test('a file that has come is seen', () => {
  const other = mkdtempSync(join(folder, 'new-'))
  writeFileSync(join(other, 'a.pem'), one.ca)
  expect(trustedFolder(other)).toHaveLength(1)
  writeFileSync(join(other, 'b.crt'), two.ca + one.ca)
  expect(trustedFolder(other)).toHaveLength(2)
})

test('a folder that cannot be read or has no certificates is an error', () => {
  expect(thrown(() => trustedFolder(join(folder, 'none'))).code).toBe('NET_LOCAL_IO')
  expect(thrown(() => trustedFolder(mkdtempSync(join(folder, 'empty-')))).code).toBe(
    'NET_BAD_OPTION',
  )
})

test('all certificates in a text are found', () => {
  expect(certificatesIn(`${one.ca}some text\n${two.ca}`)).toHaveLength(2)
  expect(certificatesIn('none')).toEqual([])
})
