import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { acceptNew, type HostKey } from '@net/ssh'
import { createSshKey, startSshServer } from '@net/ssh/testing'

import { learnHostKeys } from '../../src/host-keys/further-keys.ts'
import { readHostKey } from '../../src/host-keys/host-key.ts'
import { failureOf, logInTo } from '../embedded.ts'

const [hostKey, next, revoked] = [createSshKey(), createSshKey(), createSshKey()]

test('[SSH-29] keys that a server proves are learnt, so that it may change to them; the caller is told', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'further-keys-'))
  const file = join(folder.path, 'known_hosts')
  await writeFile(file, `@revoked * ${revoked.publicKey}\n`)
  await using server = await startSshServer({ hostKey, nextHostKeys: [hostKey, next, revoked] })
  const login = { hostKeys: acceptNew({ file }), hostKeyAlias: 'build-box' }
  const { promise: told, resolve } = Promise.withResolvers<readonly HostKey[]>()
  await using host = await logInTo(server, { ...login, onHostKeys: resolve })
  expect((await told).map(({ fingerprint }) => fingerprint)).toEqual(
    [hostKey, next, revoked].map(({ fingerprint }) => fingerprint),
  )
  expect((await readFile(file, 'utf8')).trim().split('\n')).toEqual([
    `@revoked * ${revoked.publicKey}`,
    `build-box ${hostKey.publicKey}`,
    `build-box ${next.publicKey}`,
  ])
  await host.close()
  await using changed = await startSshServer({ hostKey: next })
  await using later = await logInTo(changed, login)
  expect(later.info.hostKey.fingerprint).toBe(next.fingerprint)
  await using other = await startSshServer({ hostKey: revoked })
  expect(await failureOf(logInTo(other, login))).toMatchObject({ code: 'NET_HOSTKEY_REVOKED' })
})

test('keys that are known are not proved again, and what is not proved is not learnt', async () => {
  const asked: number[] = []
  const learnt: string[] = []
  const [first, second] = [hostKey, next].map(({ blob }) => readHostKey(blob))
  if (first === undefined || second === undefined) throw new Error('no key')
  const learn = {
    knows: (key: HostKey) => key.fingerprint === first.fingerprint,
    add: async (keys: readonly HostKey[]) =>
      void learnt.push(...keys.map(({ fingerprint }) => fingerprint)),
  }
  const session = {
    async proveHostKeys(blobs: readonly Uint8Array[]) {
      asked.push(blobs.length)
      return []
    },
  } as never
  const say = (...blobs: readonly Uint8Array[]): Promise<void> =>
    learnHostKeys({ session, announced: Promise.resolve(blobs), learn }, undefined)
  await say(hostKey.blob)
  await say(hostKey.blob, Uint8Array.of(1, 2))
  expect(asked).toEqual([])
  await say(hostKey.blob, next.blob)
  expect([asked, learnt]).toEqual([[1], []])
  const failing = { ...learn, add: () => Promise.reject(new Error('disk full')) }
  await learnHostKeys(
    { session, announced: Promise.resolve([next.blob]), learn: failing },
    undefined,
  )
})
