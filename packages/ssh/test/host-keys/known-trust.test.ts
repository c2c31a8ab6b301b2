import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { knownHosts, pinned, type HostKeyPolicy } from '@net/ssh'
import { createSshKey, startSshServer } from '@net/ssh/testing'

import { privateKeyOf } from '../../src/identity/key-material.ts'
import { publicLine } from '../../src/identity/public-key.ts'
import { failureOf, logInTo } from '../embedded.ts'
import { certificateOf, everyKey } from '../identity/key-samples.ts'

const hostKey = createSshKey()
const authorities = everyKey().map((key) => privateKeyOf(key))
const [authority] = authorities
if (authority === undefined) throw new Error('no key')
const known = (key: { type: string; blob: Uint8Array }): string =>
  publicLine({ ...key, comment: '' })

function certificateText(spec: object = {}, by = authority): string {
  if (by === undefined) throw new Error('no key')
  const blob = certificateOf(by, hostKey.blob, { kind: 'host', principals: ['127.0.0.1'], ...spec })
  return publicLine({ type: 'ssh-ed25519-cert-v01@openssh.com', blob, comment: '' })
}

async function trusting(
  lines: readonly string[],
  use: (hostKeys: HostKeyPolicy) => Promise<void>,
): Promise<void> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'known-trust-'))
  const file = join(folder.path, 'known_hosts')
  await writeFile(file, lines.map((line) => `${line}\n`).join(''))
  await use(knownHosts({ files: [file] }))
}

test('[SSH-27] [H-SSH-02] a certificate of an authority that is known for the host is trusted, of every type', async () => {
  for (const by of authorities) {
    await using server = await startSshServer({ hostKey, hostCertificate: certificateText({}, by) })
    await trusting([`@cert-authority 127.0.0.*,[127.0.0.1]:* ${known(by)}`], async (hostKeys) => {
      await using host = await logInTo(server, { hostKeys })
      expect(host.info.algorithms.hostKey).toBe('ssh-ed25519-cert-v01@openssh.com')
      expect(host.info.hostKey).toMatchObject({
        type: 'ssh-ed25519',
        fingerprint: hostKey.fingerprint,
        certificate: { keyId: 'sample', principals: ['127.0.0.1'] },
      })
    })
  }
})

test.for([
  [{ kind: 'user' }, 'it is a certificate for a user'],
  [{ principals: ['example.com'] }, 'it is for example.com'],
  [{ validBefore: 1n }, 'it has expired'],
  [{ validAfter: 2n ** 40n }, 'it is not valid yet'],
  [{ criticalOptions: { odd: '' } }, 'it demands odd'],
] as const)(
  '[SSH-27] [H-SSH-02] a certificate with %o does not count, and the error says why',
  async ([spec, why]) => {
    await using server = await startSshServer({ hostKey, hostCertificate: certificateText(spec) })
    const line = `@cert-authority * ${known(authority)}`
    await trusting([line], async (hostKeys) => {
      const error = await failureOf(logInTo(server, { hostKeys }))
      expect(error).toMatchObject({ code: 'NET_HOSTKEY_UNKNOWN', fingerprint: hostKey.fingerprint })
      expect(error.message).toContain(`its certificate does not count: ${why}`)
    })
    // The key itself is known: as OpenSSH, the certificate is then of no account.
    await trusting(
      [line, `[127.0.0.1]:${server.address.port} ${hostKey.publicKey}`],
      async (hostKeys) => {
        await using host = await logInTo(server, { hostKeys })
        expect(host.info.user).toBe('ada')
      },
    )
    expect(server.received.filter(({ text }) => text.startsWith('password'))).toHaveLength(1)
  },
)

test('[SSH-27] [H-SSH-02] a revoked authority, or a revoked key in a certificate, is trusted by no line', async () => {
  await using server = await startSshServer({ hostKey, hostCertificate: certificateText() })
  const trusted = `@cert-authority * ${known(authority)}`
  for (const revoked of [known(authority), hostKey.publicKey]) {
    await trusting([trusted, `@revoked * ${revoked}`], async (hostKeys) => {
      expect(await failureOf(logInTo(server, { hostKeys }))).toMatchObject({
        code: 'NET_HOSTKEY_REVOKED',
      })
    })
  }
})

test('[SSH-27] another authority than the one that is known, and an authority for other hosts, count for nothing', async () => {
  await using server = await startSshServer({
    hostKey,
    hostCertificate: certificateText({}, authorities[1]),
  })
  await trusting([`@cert-authority * ${known(authority)}`], async (hostKeys) => {
    const error = await failureOf(logInTo(server, { hostKeys }))
    expect(error).toMatchObject({ code: 'NET_HOSTKEY_UNKNOWN' })
    expect(error.message).toContain('its authority is not known for this host')
  })
  const [, second] = authorities
  if (second === undefined) throw new Error('no key')
  await trusting([`@cert-authority *.example.com ${known(second)}`], async (hostKeys) => {
    const error = await failureOf(logInTo(server, { hostKeys }))
    expect(error).toMatchObject({ code: 'NET_HOSTKEY_UNKNOWN' })
  })
})

test('a pin is one of the key, with a certificate and without', async () => {
  await using server = await startSshServer({ hostKey, hostCertificate: certificateText() })
  await using host = await logInTo(server, { hostKeys: pinned(hostKey.fingerprint) })
  expect(host.info.hostKey.certificate).toBeUndefined()
})
