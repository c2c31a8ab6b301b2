import { mkdtempDisposable, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { generateKey, key, readKey, readPublicKey } from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { failureOf, logInTo } from '../embedded.ts'

test('[SSH-68] keys of every type are made, exported, encrypted, and read again', async () => {
  for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) {
    const made = await generateKey({
      type,
      comment: 'mine',
      ...(type === 'rsa' ? { bits: 2048 } : {}),
    })
    await using server = await startSshServer({ users: { ada: { keys: [made.publicKey.line] } } })
    for (const format of ['openssh', 'pkcs8'] as const) {
      for (const passphrase of ['', 'open sesame']) {
        const text = await made.export({ format, passphrase, rounds: 1 })
        const read = await readKey(text, { passphrase: () => passphrase })
        expect(read.publicKey.fingerprint).toBe(made.publicKey.fingerprint)
        expect(read.comment).toBe(format === 'openssh' ? 'mine' : '')
      }
    }
    await using host = await logInTo(server, { auth: key(await made.export()) })
    expect(host.info.user).toBe('ada')
  }
})

test('[SSH-68] [H-SSH-22] a key is written to a new file for its owner alone', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ssh-key-'))
  const path = join(folder.path, 'id')
  const made = await generateKey()
  await made.save(path, { comment: 'home' })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await readKey(await readFile(path, 'utf8'))).comment).toBe('home')
  expect(await failureOf(made.save(path))).toMatchObject({ code: 'NET_LOCAL_IO' })
})

test('a passphrase is struck out of no message of others', async () => {
  const text = await (await generateKey()).export({ passphrase: 'open sesame', rounds: 1 })
  await failureOf(readKey(text, { passphrase: 'private' }))
  const error = await failureOf(readKey('no key'))
  expect(error.message).toContain('the text of a private key')
})

test('a passphrase that is wrong is asked for once more, and one that is missing is said', async () => {
  const text = await (await generateKey()).export({ passphrase: 'open sesame', rounds: 1 })
  const answers = ['wrong', 'open sesame']
  const read = await readKey(text, { passphrase: () => answers.shift() ?? '' })
  expect(read.publicKey.type).toBe('ssh-ed25519')
  expect((await failureOf(readKey(text))).message).toContain('no passphrase was given')
  expect(await failureOf(readKey(text, { passphrase: 'wrong' }))).toMatchObject({
    code: 'NET_CREDENTIAL_INVALID',
  })
})

test('[SSH-69] an authority makes certificates, which log in', async () => {
  const [authority, own] = [
    await generateKey({ type: 'ecdsa' }),
    await generateKey({ comment: 'me' }),
  ]
  const certificate = await authority.certify(own.publicKey.line, {
    keyId: 'ada',
    principals: ['ada'],
  })
  expect(await readPublicKey(certificate)).toMatchObject({
    comment: 'me',
    fingerprint: own.publicKey.fingerprint,
    certificate: { kind: 'user', keyId: 'ada', principals: ['ada'], serial: 0n },
  })
  await using server = await startSshServer({
    users: { ada: { authorities: [authority.publicKey.line] } },
  })
  await using host = await logInTo(server, { auth: key(await own.export(), { certificate }) })
  expect(host.info.user).toBe('ada')
})

test('[SSH-69] what a key signs its public half verifies', async () => {
  const made = await generateKey()
  const signature = made.sign('a text', 'file')
  expect(made.publicKey.verify('a text', signature, 'file')).toBe(true)
  expect(made.publicKey.verify('another', signature, 'file')).toBe(false)
  expect((await generateKey()).publicKey.verify('a text', signature, 'file')).toBe(false)
})

test('sizes that a type does not have, and comments of two lines, are refused', async () => {
  for (const odd of [
    { type: 'rsa', bits: 1024 },
    { type: 'ecdsa', bits: 257 },
    { type: 'ed25519', bits: 512 },
  ] as const) {
    expect(await failureOf(generateKey(odd))).toMatchObject({ code: 'NET_BAD_OPTION' })
  }
  expect(await failureOf(generateKey({ comment: 'a\nb' }))).toMatchObject({ code: 'NET_INJECTION' })
})
