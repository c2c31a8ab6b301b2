// Keys, signatures and certificates that we make, against ssh-keygen, and its own against us.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { generateKey, readKey, readPublicKey } from '@net/ssh'
import { fromFile } from '@net/core'

import { requireDaemon } from './daemon.ts'
import { testFolder } from './test-folder.ts'

test('[SSH-68] [SSH-69] ssh-keygen reads our keys, checks our signatures and certificates, and draws the same picture', async (context) => {
  const program = requireDaemon(context, 'ssh-keygen')
  const keygen = (args: readonly string[], input = ''): string =>
    execFileSync(program, args, { encoding: 'utf8', input, stdio: 'pipe' })
  const folder = testFolder()
  const authority = await generateKey({ type: 'ecdsa', bits: 521 })
  for (const [type, bits] of [
    ['ed25519', 256],
    ['ecdsa', 256],
    ['ecdsa', 384],
    ['ecdsa', 521],
    ['rsa', 2048],
  ] as const) {
    const key = await generateKey({ type, bits, comment: 'ada' })
    const file = join(folder, `${type}${bits}`)
    await key.save(file, { passphrase: 'open sesame', rounds: 4 })
    writeFileSync(`${file}.pub`, `${key.publicKey.line}\n`)
    expect(keygen(['-y', '-P', 'open sesame', '-f', file]).trim()).toBe(key.publicKey.line)
    const [summary = '', ...picture] = keygen(['-lv', '-f', `${file}.pub`])
      .trimEnd()
      .split('\n')
    expect(summary).toContain(`${bits} ${key.publicKey.fingerprint} ada`)
    expect(key.publicKey.randomart).toBe(picture.join('\n'))
    expect(keygen(['-l', '-E', 'md5', '-f', `${file}.pub`])).toContain(key.publicKey.fingerprintMd5)

    // SSHSIG, both ways.
    const allowed = join(folder, 'allowed')
    writeFileSync(allowed, `ada ${key.publicKey.line}\n`)
    writeFileSync(join(folder, 'sig'), key.sign('a text', 'file'))
    const verify = [
      '-Y',
      'verify',
      '-f',
      allowed,
      '-I',
      'ada',
      '-n',
      'file',
      '-s',
      join(folder, 'sig'),
    ]
    expect(keygen(verify, 'a text')).toContain('Good "file" signature for ada')
    const plain = join(folder, `${type}${bits}-plain`)
    await key.save(plain)
    const theirs = keygen(['-Y', 'sign', '-f', plain, '-n', 'git'], 'another text')
    expect(key.publicKey.verify('another text', theirs, 'git')).toBe(true)
    expect(key.publicKey.verify('a text', theirs, 'git')).toBe(false)

    // Certificates.
    const certificate = join(folder, 'cert.pub')
    const line = await authority.certify(key.publicKey.line, {
      keyId: 'the key of ada',
      principals: ['ada', 'root'],
      serial: 42,
    })
    writeFileSync(certificate, `${line}\n`)
    const told = keygen(['-L', '-f', certificate])
    for (const words of [
      'user certificate',
      'Key ID: "the key of ada"',
      'Serial: 42',
      authority.publicKey.fingerprint,
      'permit-pty',
    ]) {
      expect(told).toContain(words)
    }
    keygen(['-q', '-s', plain, '-I', 'theirs', '-h', '-n', 'host.example.com', `${file}.pub`])
    expect((await readPublicKey(fromFile(`${file}-cert.pub`))).certificate).toMatchObject({
      kind: 'host',
      keyId: 'theirs',
      principals: ['host.example.com'],
    })
    expect((await readKey(readFileSync(plain, 'utf8'))).publicKey.fingerprint).toBe(
      key.publicKey.fingerprint,
    )
  }
}, 60_000)

test('a key with 1,000 rounds is read beside the event loop, which is never held for 20 ms', async (context) => {
  const program = requireDaemon(context, 'ssh-keygen')
  const file = join(testFolder(), 'id')
  const phrase = 'open sesame'
  execFileSync(program, ['-q', '-t', 'ed25519', '-a', '1000', '-N', phrase, '-f', file])
  // What a first key loads and compiles on this thread has nothing to do with the rounds.
  const first = join(testFolder(), 'first')
  execFileSync(program, ['-q', '-t', 'ed25519', '-a', '1', '-N', phrase, '-f', first])
  await readKey(fromFile(first), { passphrase: phrase })
  const over: boolean[] = []
  const reading = readKey(fromFile(file), { passphrase: phrase }).finally(() => over.push(true))
  // By the processor's time of this thread, as a busy machine holds everybody up.
  const turns: number[] = []
  let before = process.threadCpuUsage()
  while (over.length === 0) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
    const { user, system } = process.threadCpuUsage(before)
    before = process.threadCpuUsage()
    turns.push(user + system)
  }
  expect((await reading).publicKey.type).toBe('ssh-ed25519')

  expect(turns.length).toBeGreaterThan(50)
  expect(Math.max(...turns)).toBeLessThan(20_000)
}, 240_000)
