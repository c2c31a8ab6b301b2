// Host keys, host certificates and algorithms, against OpenSSH's sshd.
import { execFile, execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test, type TestContext } from 'vitest'

import * as ssh from '@net/ssh'

import { requireDaemon } from './daemon.ts'
import { startSshd, type Sshd } from './sshd.ts'
import { testFolder } from './test-folder.ts'

test('host certificates that ssh-keygen signs, for keys of every type', async (context) => {
  const folder = testFolder()
  const authority = join(folder, 'authority')
  keygen('-q', '-t', 'ed25519', '-N', '', '-f', authority)
  const known = join(folder, 'known_hosts')
  writeFileSync(known, `@cert-authority [127.0.0.1]:* ${readFileSync(`${authority}.pub`, 'utf8')}`)
  const hostKeys = ssh.knownHosts({ files: [known] })
  for (const [type, algorithm] of [
    ['ed25519', 'ssh-ed25519-cert-v01@openssh.com'],
    ['ecdsa', 'ecdsa-sha2-nistp256-cert-v01@openssh.com'],
    ['rsa', 'rsa-sha2-512-cert-v01@openssh.com'],
  ] as const) {
    const file = join(folder, type)
    keygen('-q', '-t', type, '-N', '', '-f', file)
    const sign = (...more: readonly string[]): void =>
      keygen('-q', '-s', authority, '-I', 'host', '-h', ...more, `${file}.pub`)
    sign('-n', '127.0.0.1')
    const settings = [
      `HostKey ${file}`,
      `HostCertificate ${file}-cert.pub`,
      `HostKeyAlgorithms ${algorithm}`,
      'RekeyLimit 1M',
    ]
    await using sshd = await started(context, settings)
    await using host = await logIn(sshd, { hostKeys })
    expect(host.info.algorithms.hostKey).toBe(algorithm)
    // New keys are agreed on with the certificate as well.
    expect((await host.exec('head -c 4000000 /dev/zero', { output: 'bytes' })).stdout).toHaveLength(
      4_000_000,
    )
    sign('-n', 'elsewhere.example.com')
    await using other = await started(context, settings)
    await expect(logIn(other, { hostKeys })).rejects.toMatchObject({
      code: 'NET_HOSTKEY_UNKNOWN',
      message: expect.stringContaining('it is for elsewhere.example.com'),
    })
  }
})

test('the keys that sshd has besides are learnt, and the host may change to one of them', async (context) => {
  const folder = testFolder()
  const [rsa, known] = [join(folder, 'rsa'), join(folder, 'known_hosts')]
  keygen('-q', '-t', 'rsa', '-N', '', '-f', rsa)
  const login = { hostKeys: ssh.acceptNew({ file: known }), hostKeyAlias: 'build-box' }
  await using sshd = await started(context, [`HostKey ${rsa}`])
  const { promise: told, resolve } = Promise.withResolvers<readonly ssh.HostKey[]>()
  await using host = await logIn(sshd, { ...login, onHostKeys: resolve })
  expect((await told).map(({ type }) => type).toSorted()).toEqual(['ssh-ed25519', 'ssh-rsa'])
  expect(readFileSync(known, 'utf8').trim().split('\n')).toHaveLength(2)
  await using changed = await started(context, [`HostKey ${rsa}`, 'HostKeyAlgorithms rsa-sha2-256'])
  await using later = await logIn(changed, login)
  expect([host.info.hostKey.type, later.info.hostKey.type]).toEqual(['ssh-ed25519', 'ssh-rsa'])
})

test('[SSH-11] [H-SSH-05] a server that knows only what is old is refused, unless the lists for old devices are asked for', async (context) => {
  const folder = testFolder()
  const rsa = join(folder, 'rsa')
  keygen('-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsa)
  const fingerprint =
    execFileSync('ssh-keygen', ['-l', '-f', rsa], { encoding: 'utf8' }).split(' ')[1] ?? ''
  const hostKeys = ssh.pinned(fingerprint)
  for (const [setting, part, value] of [
    ['KexAlgorithms', 'kex', 'diffie-hellman-group14-sha1'],
    ['HostKeyAlgorithms', 'hostKey', 'ssh-rsa'],
    ['Ciphers', 'cipherOut', 'aes128-cbc'],
    ['Ciphers', 'cipherIn', '3des-cbc'],
    ['MACs', 'macOut', 'hmac-sha1'],
  ] as const) {
    const ctr = setting === 'MACs' ? ['Ciphers aes128-ctr'] : []
    await using sshd = await started(context, [`HostKey ${rsa}`, `${setting} ${value}`, ...ctr])
    await expect(logIn(sshd, { hostKeys })).rejects.toMatchObject({ code: 'NET_PROTO_NEGOTIATION' })
    await using host = await logIn(sshd, { hostKeys, algorithms: ssh.oldDevices })
    expect(host.info.algorithms[part]).toBe(value)
    expect((await host.exec('echo hello')).stdout).toBe('hello\n')
  }
})

test('a FIPS policy leaves group exchange, which holds no turn of the event loop for 20 ms', async (context) => {
  const folder = testFolder()
  const rsa = join(folder, 'rsa')
  keygen('-q', '-t', 'rsa', '-b', '3072', '-N', '', '-f', rsa)
  await using sshd = await started(context, [
    `HostKey ${rsa}`,
    'KexAlgorithms diffie-hellman-group-exchange-sha256',
    'HostKeyAlgorithms rsa-sha2-512',
    'Ciphers aes256-ctr',
    'MACs hmac-sha2-256',
    'RekeyLimit 1M',
  ])
  await using host = await logIn(sshd, { hostKeys: ssh.dangerouslyAcceptAnyHostKey() })
  expect(host.info.algorithms.kex).toBe('diffie-hellman-group-exchange-sha256')
  const { stdout } = await host.exec('head -c 2500000 /dev/zero', { output: 'bytes' })
  expect(stdout).toHaveLength(2_500_000)
  // In a process of its own, where no test runner is at work between two turns.
  const program = fileURLToPath(new URL('./slow-kex.ts', import.meta.url))
  const key = join(folder, 'key')
  writeFileSync(key, sshd.key.privateKey, { mode: 0o600 })
  const { fingerprint } = host.info.hostKey
  const args = ['--conditions=@net/source', program, sshd.url, sshd.user, key, fingerprint]
  let held = Infinity
  // A processor that this machine lends to another for a moment counts as ours.
  for (let looks = 0; looks < 10 && held >= MOST_HELD; looks++) {
    const { stdout } = await promisify(execFile)(process.execPath, args)
    held = Math.min(held, Number(stdout))
  }
  expect(held).toBeLessThan(MOST_HELD)
})

/** 20 ms, in microseconds. */
const MOST_HELD = 20_000

function started(context: TestContext, settings: readonly string[]): Promise<Sshd> {
  return startSshd(requireDaemon(context, 'sshd'), settings)
}

function logIn(sshd: Sshd, options: ssh.SshConnectOptions): Promise<ssh.SshClient> {
  return ssh.connect(sshd.url, { user: sshd.user, auth: ssh.key(sshd.key.privateKey), ...options })
}

function keygen(...args: readonly string[]): void {
  execFileSync('ssh-keygen', args, { stdio: 'pipe' })
}
