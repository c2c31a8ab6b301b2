import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'

import { expect, test } from 'vitest'

import { secret } from '@net/core'
import { fromFile, fromText, key } from '@net/ssh'
import { createSshKey } from '@net/ssh/testing'

const { privateKey } = createSshKey()
const option = expect.objectContaining({ code: 'NET_BAD_OPTION' })

test('[SSH-16] a key comes from a file, its text or its bytes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
  const file = join(folder, 'id')
  await writeFile(file, privateKey)
  const sources = [
    fromFile(file),
    fromText(privateKey),
    Buffer.from(privateKey),
    privateKey,
    secret(privateKey),
  ]
  for (const source of sources) expect(await key(source).read()).toBe(privateKey)
  expect([key(fromFile(file)).label, key(privateKey).label]).toEqual([file, undefined])
  await rm(folder, { recursive: true })
})

test('a path as a string is refused with what to write instead', () => {
  expect(() => key('~/.ssh/id_ed25519')).toThrow('fromFile')
  expect(() => key('~/.ssh/id_ed25519')).toThrow(option)
  expect(() => key(7 as unknown as string)).toThrow(option)
})

test('a file that is missing or far too long is an error', async () => {
  await expect(key(fromFile('/nowhere/at/all')).read()).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
  await expect(key(new Uint8Array(2 * 1024 * 1024)).read()).rejects.toMatchObject({
    code: 'NET_CREDENTIAL_INVALID',
  })
})

test('a key does not print', () => {
  expect(inspect(key(privateKey), { depth: 9 })).not.toContain('PRIVATE')
  expect(JSON.stringify(key(privateKey))).not.toContain('PRIVATE')
})
