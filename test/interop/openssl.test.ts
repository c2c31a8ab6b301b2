// The certificates of our tests, and our TLS, against OpenSSL's own program.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { createCertificates, type IssueOptions } from '@net/socket/testing'

import { requireDaemon } from './daemon.ts'

test.for<[string, IssueOptions, number, string]>([
  ['of the authority', {}, 0, 'OK'],
  ['of one name', { names: ['example.com'] }, 0, 'OK'],
  ['that is expired', { expired: true }, 2, 'certificate has expired'],
  ['that signs itself', { selfSigned: true }, 2, 'self-signed certificate'],
])('openssl judges a certificate %s', ([, options, status, words], { skip }) => {
  const openssl = requireDaemon({ skip }, 'openssl')
  using folder = temporaryFolder()
  const authority = createCertificates()
  writeFileSync(join(folder.path, 'ca.pem'), authority.ca)
  writeFileSync(join(folder.path, 'cert.pem'), authority.issue(options).cert)
  const args = ['verify', '-x509_strict', '-CAfile', 'ca.pem', 'cert.pem']
  const judged = spawnSync(openssl, args, { cwd: folder.path, encoding: 'utf8' })
  expect(judged.stdout + judged.stderr).toContain(words)
  expect(judged.status).toBe(status)
})

test('openssl reads the names and the key', ({ skip }) => {
  const openssl = requireDaemon({ skip }, 'openssl')
  using folder = temporaryFolder()
  const { cert, key } = createCertificates().issue({ names: ['example.com', '127.0.0.1'] })
  writeFileSync(join(folder.path, 'cert.pem'), cert)
  writeFileSync(join(folder.path, 'key.pem'), key)
  const read = (...args: string[]): string =>
    execFileSync(openssl, args, { cwd: folder.path, encoding: 'utf8' })
  const names = read('x509', '-in', 'cert.pem', '-noout', '-ext', 'subjectAltName')
  expect(names).toContain('DNS:example.com, IP Address:127.0.0.1')
  const publicKey = read('x509', '-in', 'cert.pem', '-noout', '-pubkey')
  expect(read('pkey', '-in', 'key.pem', '-pubout')).toBe(publicKey)
})

interface TemporaryFolder extends Disposable {
  readonly path: string
}

function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'net-openssl-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
