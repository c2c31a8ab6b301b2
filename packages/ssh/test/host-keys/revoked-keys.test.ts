import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { pinned } from '@net/ssh'
import { createSshKey } from '@net/ssh/testing'

import { readHostKey } from '../../src/host-keys/host-key.ts'
import { withoutRevoked } from '../../src/host-keys/revoked-keys.ts'
import { failureOf } from '../embedded.ts'

const subject = { name: 'a', signal: new AbortController().signal }
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
})

afterEach(() => rm(folder, { recursive: true }))

test('a key that the file lists counts for no host, whatever the policy says of it', async () => {
  const [good, bad] = [createSshKey(), createSshKey()]
  const file = join(folder, 'revoked')
  await writeFile(file, `# stolen\n\n${bad.publicKey} of the old server\r\n`)
  const policy = withoutRevoked(pinned([good.fingerprint, bad.fingerprint]), [file])
  const check = await policy.open(subject)
  expect(check.check(readHostKey(good.blob))).toEqual({})
  expect(() => check.check(readHostKey(bad.blob))).toThrow(
    expect.objectContaining({ code: 'NET_HOSTKEY_REVOKED', fingerprint: bad.fingerprint }),
  )
  expect(() => check.check(readHostKey(createSshKey().blob))).toThrow(
    expect.objectContaining({ code: 'NET_HOSTKEY_CHANGED' }),
  )
})

test.each([
  ['a KRL', Buffer.from('SSHKRL\n\0more')],
  ['no key', Buffer.from('ssh-ed25519 nonsense\n')],
])('a file that is %s lets no host be trusted', async (_, content) => {
  const file = join(folder, 'revoked')
  await writeFile(file, content)
  const { fingerprint } = createSshKey()
  const opened = withoutRevoked(pinned(fingerprint), [file]).open(subject)
  expect(await failureOf(opened)).toMatchObject({ code: 'NET_BAD_CONFIG' })
  const gone = withoutRevoked(pinned(fingerprint), [join(folder, 'gone')]).open(subject)
  expect(await failureOf(gone)).toMatchObject({ code: 'NET_BAD_CONFIG' })
})
