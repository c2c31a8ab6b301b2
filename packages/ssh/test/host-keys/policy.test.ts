import { createHmac } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import {
  acceptNew,
  dangerouslyAcceptAnyHostKey,
  knownHosts,
  pinned,
  type HostKeyPolicy,
  type HostKeyVerdict,
} from '@net/ssh'
import { createSshKey, type SshKeyPair } from '@net/ssh/testing'

import { readHostKey } from '../../src/host-keys/host-key.ts'

const ours = createSshKey()
const other = createSshKey()
const name = '[example.com]:2222'
let folder = ''
let file = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
  file = join(folder, 'known_hosts')
})

afterEach(() => rm(folder, { recursive: true }))

async function verdict(policy: HostKeyPolicy, key: SshKeyPair = ours): Promise<HostKeyVerdict> {
  const check = await policy.open({ name, signal: new AbortController().signal })
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
  for (const hosts of [`*,!${name}`, 'example.com', '[example.com]:22', '[other.com]:2222']) {
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
  expect(await verdict(policy)).toEqual({})
  await expect(verdict(policy, other)).rejects.toMatchObject({ code: 'NET_HOSTKEY_CHANGED' })
  expect(await readFile(file, 'utf8')).toBe(`${name} ${ours.publicKey}\n`)
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
  for (const pin of ['', 'MD5:aa:bb', 'SHA256:short', []]) {
    expect(() => pinned(pin)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  }
})

test('the dangerous policy says so in the log', async () => {
  const any = await verdict(dangerouslyAcceptAnyHostKey())
  expect(any.warning).toContain(`was not checked: ssh-ed25519 ${ours.fingerprint}`)
})
