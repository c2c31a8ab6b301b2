import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { getCACertificates } from 'node:tls'

import { connect } from '@net/socket'
import { createCertificates, startEchoServer } from '@net/socket/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { environmentTrust } from '../../src/tls/environment-trust.ts'
import { failure } from '../support.ts'

const authority = createCertificates()
const other = createCertificates()

beforeEach(() => {
  vi.stubEnv('SSL_CERT_FILE', undefined)
  vi.stubEnv('SSL_CERT_DIR', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

test('without variables, and with authorities that are trusted anyway, Node’s own stay', async () => {
  expect(environmentTrust()).toBeUndefined()
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-trust-'))
  const known = join(folder.path, 'known.pem')
  await writeFile(known, getCACertificates('default').slice(0, 3).join('\n'))
  vi.stubEnv('SSL_CERT_FILE', known)
  expect(environmentTrust()).toBeUndefined()
})

test('SSL_CERT_FILE and SSL_CERT_DIR add to what Node trusts', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-trust-'))
  const [file, first, second] = ['ca.pem', 'one', 'two'].map((name) => join(folder.path, name))
  await Promise.all([mkdir(first!), mkdir(second!)])
  await writeFile(file!, `# ours\n${authority.ca}\n${authority.ca}`)
  await writeFile(join(second!, '0a1b2c3d.0'), other.ca)
  await writeFile(join(second!, 'README'), 'no certificate')
  vi.stubEnv('SSL_CERT_FILE', file)
  const before = getCACertificates('default').length
  expect(environmentTrust()).toHaveLength(before + 1)
  expect(environmentTrust()).toBe(environmentTrust())
  vi.stubEnv('SSL_CERT_DIR', `${first}${delimiter}${second}`)
  expect(environmentTrust()).toHaveLength(before + 2)
})

test('what cannot be read is a warning, and the rest holds', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-trust-'))
  await writeFile(join(folder.path, 'good.pem'), authority.ca)
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
  await writeFile(join(folder.path, 'broken.pem'), broken)
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  vi.stubEnv('SSL_CERT_FILE', join(folder.path, 'not-there.pem'))
  vi.stubEnv('SSL_CERT_DIR', `${folder.path}${delimiter}${join(folder.path, 'nowhere')}`)
  expect(environmentTrust()).toHaveLength(getCACertificates('default').length + 1)
  const told = warnings.mock.calls.map(([message]) => String(message).split(' cannot')[0])
  expect(told).toEqual([
    `SSL_CERT_FILE: ${join(folder.path, 'not-there.pem')}`,
    `SSL_CERT_DIR: ${join(folder.path, 'broken.pem')}`,
    `SSL_CERT_DIR: ${join(folder.path, 'nowhere')}`,
  ])
  warnings.mockRestore()
})

test('a broken certificate among others is named, and the others hold', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-trust-'))
  const file = join(folder.path, 'ca.pem')
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
  await writeFile(file, authority.ca + broken + other.ca)
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  vi.stubEnv('SSL_CERT_FILE', file)
  expect(environmentTrust()).toHaveLength(getCACertificates('default').length + 2)
  const told = warnings.mock.calls.map(([message]) => String(message))
  expect(told).toHaveLength(1)
  expect(told[0]).toContain(`SSL_CERT_FILE: certificate 2 of 3 in ${file} cannot be read`)
  warnings.mockRestore()
})

test('a server whose authority the environment names is trusted, unless `ca` says otherwise', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-trust-'))
  const file = join(folder.path, 'ca.pem')
  await writeFile(file, authority.ca)
  await using server = await startEchoServer({ tls: authority.issue(), onError: () => {} })
  expect(await failure(connect(server.url))).toMatchObject({ code: 'NET_TLS_CERT_UNTRUSTED' })
  vi.stubEnv('SSL_CERT_FILE', file)
  for (const tls of [{}, {}, { minVersion: 'TLSv1.3' }, other.issue()] as const) {
    await using connection = await connect(server.url, { tls })
    expect(connection.info.tls?.authorized).toBe(true)
  }
  const strict = failure(connect(server.url, { tls: { ca: other.ca } }))
  expect(await strict).toMatchObject({ code: 'NET_TLS_CERT_UNTRUSTED' })
})
