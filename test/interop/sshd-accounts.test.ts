// Accounts with shells of every kind on OpenSSH's sshd, and commands by a real sudo.
import * as ssh from '@net/ssh'
import { expect, test } from 'vitest'

import { findDaemon, requireDaemon } from './daemon.ts'
import { PASSWORD, startAccounts, type AccountsSshd } from './sshd-accounts.ts'

const shells = ['sh', 'bash', 'dash', 'fish', 'csh']

test('words, a folder and variables are the same in accounts with sh, bash, dash, fish and csh', async (context) => {
  const accounts = Object.fromEntries(
    shells.map((name) => [`net-${name}`, { shell: requireDaemon(context, name) }]),
  )
  const sshd = await startAccounts(context, accounts)
  const words = [
    'a b',
    "it's",
    '$HOME',
    '*',
    '',
    '"\\',
    ';exit 1',
    'ä€',
    '-n',
    '!x',
    '~',
    '(',
    '`id`',
  ]
  for (const name of shells) {
    await using host = await logIn(sshd, `net-${name}`)
    const printed = await host.exec(['printf', '%s\\0', ...words])
    expect([name, printed.stdout.split('\0').slice(0, -1)]).toEqual([name, words])
    expect(await host.exec(['pwd'], { cwd: '/usr/bin' })).toMatchObject({ stdout: '/usr/bin\n' })
    expect((await host.exec(['true'], { cwd: '/nowhere/that/is' })).exitCode).not.toBe(0)
    expect(await host.exec('exit 7')).toMatchObject({ exitCode: 7 })
    const env = { NET_TEST: "it's $HOME" }
    const set = await host.exec('echo "$NET_TEST"; pwd', { env, cwd: '/usr/bin' })
    // csh has another word for setting a variable, and says so.
    if (name === 'csh') expect(set).toMatchObject({ stdout: '', exitCode: 1 })
    else expect([name, set.stdout]).toEqual([name, "it's $HOME\n/usr/bin\n"])
    expect((await host.exec('cat', { input: 'fed' })).stdout).toBe('fed')
  }
})

test('by a real sudo: with a password, without one, remembered, on a terminal, refused', async (context) => {
  requireDaemon(context, 'sudo')
  const shell = findDaemon('bash') ?? '/bin/sh'
  const sshd = await startAccounts(context, {
    'net-asked': { shell, sudoers: ['$ ALL=(ALL:ALL) ALL', 'Defaults:$ timestamp_timeout=0'] },
    'net-free': { shell, sudoers: ['$ ALL=(ALL:ALL) NOPASSWD: ALL'] },
    'net-remembered': {
      shell,
      sudoers: ['$ ALL=(ALL:ALL) ALL', 'Defaults:$ timestamp_type=global'],
    },
    'net-terminal': { shell, sudoers: ['$ ALL=(ALL:ALL) ALL', 'Defaults:$ requiretty'] },
    'net-nobody': { shell },
  })
  const sudo = { password: PASSWORD }
  for (const name of ['net-asked', 'net-free', 'net-remembered', 'net-terminal']) {
    await using host = await logIn(sshd, name)
    const terminal = name === 'net-terminal'
    for (let round = terminal ? 2 : 0; round < 2; round++) {
      const fed = await host.exec('cat', { sudo, input: 'abc' })
      expect([name, fed.stdout, fed.stderr]).toEqual([name, 'abc', ''])
    }
    const who = await host.exec('id -un; pwd; echo "$A"', {
      sudo,
      terminal,
      cwd: '/usr/bin',
      env: { A: "it's" },
    })
    expect([name, who.stdout.replaceAll('\r', ''), who.stderr]).toEqual([
      name,
      "root\n/usr/bin\nit's\n",
      '',
    ])
  }
  await using host = await logIn(sshd, 'net-asked')
  const other = await host.exec(['id', '-un'], { sudo: { ...sudo, user: 'net-free' } })
  expect(other.stdout).toBe('net-free\n')
  for (const wrong of [{ password: 'wrong' }, true] as const) {
    await expect(host.exec('id', { sudo: wrong })).rejects.toMatchObject({
      code: 'NET_AUTH_REJECTED',
    })
  }
  await using nobody = await logIn(sshd, 'net-nobody')
  const refused = await nobody.exec('id', { sudo })
  expect(refused).toMatchObject({ stdout: '', exitCode: 1 })
  expect(refused.stderr).toContain('net-nobody')
})

function logIn({ url, key, hostKey }: AccountsSshd, user: string): Promise<ssh.SshClient> {
  return ssh.connect(url, {
    user,
    auth: ssh.key(key.privateKey),
    hostKeys: ssh.pinned(hostKey.fingerprint),
  })
}
