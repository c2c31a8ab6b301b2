import { createHmac, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import {
  acceptNew,
  connect,
  dangerouslyAcceptAnyHostKey,
  knownHosts,
  pinned,
  type HostKeyPolicy,
  type HostKeyVerdict,
} from '@net/ssh'
import { abortError } from '@net/core/authoring'
import { createSshKey, startSshServer, type SshKeyPair } from '@net/ssh/testing'

import { fingerprintOf, readHostKey } from '../../src/host-keys/host-key.ts'
import { privateKeyOf } from '../../src/identity/key-material.ts'
import { failureOf, logInTo } from '../embedded.ts'

const ours = createSshKey()
const other = createSshKey()
const name = '[example.com]:2222'
const plainName = 'example.com'
let folder = ''
let file = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
  file = join(folder, 'known_hosts')
})

afterEach(() => rm(folder, { recursive: true }))

async function verdict(policy: HostKeyPolicy, key: SshKeyPair = ours): Promise<HostKeyVerdict> {
  const check = await policy.open({ name, plainName, signal: new AbortController().signal })
  return check.check(readHostKey(key.blob))
}

async function verdictWith(...lines: readonly string[]): Promise<HostKeyVerdict> {
  await writeFile(file, `${lines.join('\n')}\n`)
  return verdict(knownHosts({ files: [file] }))
}

function hashed(): string {
  const salt = Buffer.from('a salt of 20 bytes..')
  const hash = createHmac('sha1', salt).update(name).digest('base64')
  return `|1|${salt.toString('base64')}|${hash}`
}

test('[H-SSH-02] a key that a line names is trusted: by name, hashed, by pattern, in one of two lines', async () => {
  for (const lines of [
    [`${name} ${ours.publicKey}`],
    [`${hashed()} ${ours.publicKey}`],
    [`[*.com]:* ${ours.publicKey}`],
    [`${name} ${other.publicKey}`, `${name} ${ours.publicKey}`],
  ]) {
    expect(await verdictWith(...lines)).toEqual({})
  }
})

test('[H-SSH-02] a changed key is refused, with both fingerprints and the place', async () => {
  await expect(verdictWith('# first', `${name} ${other.publicKey}`)).rejects.toMatchObject({
    code: 'NET_HOSTKEY_CHANGED',
    name: 'SshHostKeyError',
    fingerprint: ours.fingerprint,
    known: [other.fingerprint],
    message: expect.stringContaining(`${other.fingerprint} (${file}, line 2)`),
  })
  await expect(verdictWith(`${hashed()} ${other.publicKey}`)).rejects.toThrow(ours.fingerprint)
})

test('[H-SSH-02] a revoked key is refused, whatever other lines say', async () => {
  for (const lines of [
    [`${name} ${ours.publicKey}`, `@revoked ${name} ${ours.publicKey}`],
    [`@revoked * ${ours.publicKey}`, `${name} ${ours.publicKey}`],
    [`@revoked ${hashed()} ${ours.publicKey}`],
  ]) {
    await expect(verdictWith(...lines)).rejects.toMatchObject({
      code: 'NET_HOSTKEY_REVOKED',
      fingerprint: ours.fingerprint,
      message: expect.stringContaining(ours.fingerprint),
    })
  }
  expect(await verdictWith(`@revoked * ${other.publicKey}`, `${name} ${ours.publicKey}`)).toEqual(
    {},
  )
})

test('[H-SSH-02] an authority for certificates never stands for a plain key', async () => {
  await expect(verdictWith(`@cert-authority * ${ours.publicKey}`)).rejects.toMatchObject({
    code: 'NET_HOSTKEY_UNKNOWN',
    message: expect.stringContaining('authority'),
  })
})

test('[H-SSH-02] a negated pattern, another port and another name leave the key unknown', async () => {
  for (const hosts of ['*,!*example.com*', '[example.com]:22', '[other.com]:2222', 'other.com']) {
    await expect(verdictWith(`${hosts} ${ours.publicKey}`)).rejects.toMatchObject({
      code: 'NET_HOSTKEY_UNKNOWN',
      known: [],
    })
  }
})

test('the types of known keys are asked for first', async () => {
  await writeFile(file, `${name} ${ours.publicKey}\n@revoked ${name} ${other.publicKey}\n`)
  const check = await knownHosts({ files: [file] }).open({
    name,
    signal: new AbortController().signal,
  })
  expect(check.types).toEqual(['ssh-ed25519'])
})

test('[SSH-25] acceptNew adds what is new once it is proved, and refuses what has changed', async () => {
  const policy = acceptNew({ file })
  const first = await verdict(policy)
  expect(first.warning).toContain(ours.fingerprint)
  await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' })
  await first.remember?.()
  expect(await readFile(file, 'utf8')).toBe(`${name} ${ours.publicKey}\n`)
  expect(await verdict(policy)).toMatchObject({ learn: {} })
  await expect(verdict(policy, other)).rejects.toMatchObject({ code: 'NET_HOSTKEY_CHANGED' })
  expect(await readFile(file, 'utf8')).toBe(`${name} ${ours.publicKey}\n`)
})

test('acceptNew holds to the first of two keys that come at once', async () => {
  const policies = [acceptNew({ file }), acceptNew({ file })] as const
  const [first, second] = [await verdict(policies[0]), await verdict(policies[1], other)]
  const same = await verdict(acceptNew({ file }))
  const results = await Promise.allSettled(
    [first, second, same].map(async (one) => one.remember?.()),
  )
  const written = await readFile(file, 'utf8')
  const held = written === `${name} ${ours.publicKey}\n` ? ours : other
  expect(written).toBe(`${name} ${held.publicKey}\n`)
  const changed = { status: 'rejected', reason: { code: 'NET_HOSTKEY_CHANGED' } }
  const fine = { status: 'fulfilled' }
  expect(results).toMatchObject(held === ours ? [fine, changed, fine] : [changed, fine, changed])
})

test('acceptNew refuses a key that was revoked meanwhile', async () => {
  const learnt = await verdict(acceptNew({ file }))
  await writeFile(file, `@revoked * ${ours.publicKey}\n`)
  await expect(learnt.remember?.()).rejects.toMatchObject({ code: 'NET_HOSTKEY_REVOKED' })
})

test('a line that was cut in its key is no line, and the next one is not swallowed by it', async () => {
  const line = `${name} ${other.publicKey}`
  await writeFile(file, line.slice(0, -12))
  await (await verdict(acceptNew({ file }))).remember?.()
  expect(await readFile(file, 'utf8')).toBe(`${line.slice(0, -12)}\n${name} ${ours.publicKey}\n`)
  expect(await verdict(knownHosts({ files: [file] }))).toEqual({})
})

test('a key that is known under the name without the port is known', async () => {
  expect(await verdictWith(`${plainName} ${ours.publicKey}`)).toEqual({})
  const policy = knownHosts({ files: [file] })
  const subject = { name, plainName, signal: new AbortController().signal }
  expect((await policy.open(subject)).types).toEqual(['ssh-ed25519'])
  // What stands under the name with the port is what holds.
  await expect(
    verdictWith(`${plainName} ${ours.publicKey}`, `${name} ${other.publicKey}`),
  ).rejects.toMatchObject({ code: 'NET_HOSTKEY_CHANGED', known: [other.fingerprint] })
  // Another port may be another server: its key is unknown, not changed.
  await expect(verdictWith(`${plainName} ${other.publicKey}`)).rejects.toMatchObject({
    code: 'NET_HOSTKEY_UNKNOWN',
  })
  await expect(verdictWith(`@revoked ${plainName} ${ours.publicKey}`)).rejects.toMatchObject({
    code: 'NET_HOSTKEY_REVOKED',
  })
})

test('acceptNew adds no line for a key that is known under the name without the port', async () => {
  await writeFile(file, `${plainName} ${ours.publicKey}\n`)
  expect(await verdict(acceptNew({ file }))).not.toHaveProperty('warning')
  await (await verdict(acceptNew({ file }), other)).remember?.()
  expect(await readFile(file, 'utf8')).toBe(
    `${plainName} ${ours.publicKey}\n${name} ${other.publicKey}\n`,
  )
})

test('acceptNew refuses a revoked key', async () => {
  await writeFile(file, `@revoked * ${ours.publicKey}\n`)
  await expect(verdict(acceptNew({ file }))).rejects.toMatchObject({ code: 'NET_HOSTKEY_REVOKED' })
})

test('[SSH-28] a pin trusts its key alone', async () => {
  expect(await verdict(pinned(ours.fingerprint))).toEqual({})
  expect(await verdict(pinned([other.fingerprint, `${ours.fingerprint}=`]))).toEqual({})
  await expect(verdict(pinned(other.fingerprint))).rejects.toMatchObject({
    code: 'NET_HOSTKEY_CHANGED',
    fingerprint: ours.fingerprint,
    known: [other.fingerprint],
  })
  const typed = pinned(`ssh-ed25519 ${ours.fingerprint}`)
  expect(await verdict(typed)).toEqual({})
  await expect(verdict(typed, other)).rejects.toMatchObject({ code: 'NET_HOSTKEY_CHANGED' })
  // The server has no key of the pinned type, which says nothing of the pinned one.
  await expect(verdict(pinned(`ssh-rsa ${other.fingerprint}`))).rejects.toMatchObject({
    code: 'NET_HOSTKEY_UNKNOWN',
    known: [other.fingerprint],
  })
  const subject = { name, signal: new AbortController().signal }
  expect(await typed.open(subject)).toMatchObject({ types: ['ssh-ed25519'], anyType: false })
  expect(await pinned(ours.fingerprint).open(subject)).toMatchObject({ types: [], anyType: true })
  for (const pin of ['', 'MD5:aa:bb', 'SHA256:short', []]) {
    expect(() => pinned(pin)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  }
})

test('the dangerous policy says so in the log', async () => {
  const any = await verdict(dangerouslyAcceptAnyHostKey())
  expect(any.warning).toContain(`was not checked: ssh-ed25519 ${ours.fingerprint}`)
})

test('a pin fits whichever of its keys a server shows first', async () => {
  const pem = { type: 'pkcs1', format: 'pem' } as const
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rsa = privateKeyOf(privateKey)
  const { privateKey: curve } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const ec = privateKeyOf(curve)
  await using server = await startSshServer({
    moreHostKeys: [
      String(privateKey.export(pem)),
      String(curve.export({ type: 'sec1', format: 'pem' })),
    ],
  })
  for (const { type, blob } of [rsa, ec, readHostKey(server.hostKey.blob)]) {
    for (const pin of [fingerprintOf(blob), `${type} ${fingerprintOf(blob)}`]) {
      await using host = await logInTo(server, { hostKeys: pinned(pin) })
      expect(host.info.hostKey.fingerprint).toBe(fingerprintOf(blob))
    }
  }
  expect(await failureOf(logInTo(server, { hostKeys: pinned(other.fingerprint) }))).toMatchObject({
    code: 'NET_HOSTKEY_CHANGED',
  })
  expect(
    await failureOf(logInTo(server, { hostKeys: pinned(`ssh-ed25519 ${other.fingerprint}`) })),
  ).toMatchObject({ code: 'NET_HOSTKEY_CHANGED' })
  await server.idle()
})

test.each([
  ['ssh://ada@Box.Example.', 'box.example'],
  ['ssh://ada@box.example.:2222', '[box.example]:2222'],
])('the dot at the end of %s is none of known_hosts', async (url, known) => {
  const open: HostKeyPolicy['open'] = async ({ name }) => {
    throw abortError(name)
  }
  const error = await failureOf(connect(url, { hostKeys: { name: 'own', open } }))
  expect(error).toMatchObject({ code: 'NET_ABORTED', cause: known })
})
