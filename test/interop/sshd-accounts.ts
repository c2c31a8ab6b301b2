// OpenSSH's sshd with accounts of its own, which the machine does not have: its lists of accounts, passwords and sudoers are in a
// mount namespace.
import { execFileSync } from 'node:child_process'
import { chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { createSshKey, type SshKeyPair } from '@net/ssh/testing'
import type { TestContext } from 'vitest'

import { freePort, startChild, temporaryFolder } from './child.ts'
import { requireDaemon, requireRoot } from './daemon.ts'

/** Of every account. */
export const PASSWORD = 'open sesame'

/** An account: its shell, and what sudo lets it do. */
export interface Account {
  readonly shell: string
  /** Lines of the sudoers file, with `$` for its name. */
  readonly sudoers?: readonly string[]
}

/** A running sshd, to which `key` logs in as each account. */
export interface AccountsSshd {
  readonly url: string
  readonly key: SshKeyPair
  readonly hostKey: SshKeyPair
}

/** Starts one for the time of the test; skips or fails the test that asks unless root runs it. */
export async function startAccounts(
  context: TestContext,
  accounts: Readonly<Record<string, Account>>,
): Promise<AccountsSshd> {
  const sshd = requireDaemon(context, 'sshd')
  const unshare = requireDaemon(context, 'unshare')
  requireRoot(context, 'sshd with accounts of its own')
  const folder = temporaryFolder('accounts')
  context.onTestFinished(() => folder[Symbol.dispose]())
  const [key, hostKey] = [createSshKey(), createSshKey()]
  const port = await freePort()
  writeAccounts(folder.path, accounts)
  const write = (name: string, text: string, mode = 0o644): string => {
    const path = join(folder.path, name)
    writeFileSync(path, text, { mode })
    return path
  }
  const lines = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${write('host_key', hostKey.privateKey, 0o600)}`,
    `AuthorizedKeysFile ${write('authorized_keys', `${key.publicKey}\n`)}`,
    // What sudo says is not to be understood.
    'SetEnv LANG=fr_FR.UTF-8',
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
  ]
  const config = write('sshd_config', `${lines.join('\n')}\n`)
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const mounts = [
    ...['passwd', 'shadow', 'sudoers'].map((name) => `mount --bind "$0/${name}" /etc/${name}`),
    'mkdir -p /run/sudo',
    'mount -t tmpfs tmpfs /run/sudo',
    `exec ${sshd} -D -e -f ${config}`,
  ]
  const args = ['--mount', 'sh', '-c', mounts.join(' && '), folder.path]
  const child = await startChild(unshare, args, [{ host: '127.0.0.1', port }])
  context.onTestFinished(() => child.stop())
  return { url: `ssh://127.0.0.1:${port}`, key, hostKey }
}

function writeAccounts(folder: string, accounts: Readonly<Record<string, Account>>): void {
  const hash = execFileSync('openssl', ['passwd', '-6', PASSWORD], { encoding: 'utf8' }).trim()
  const users: string[] = []
  const shadows: string[] = []
  const sudoers = ['Defaults lecture=always', 'root ALL=(ALL:ALL) ALL']
  for (const [index, [name, account]] of Object.entries(accounts).entries()) {
    const home = join(folder, name)
    const id = FIRST_ID + index
    mkdirSync(home, { mode: 0o700 })
    chownSync(home, id, NOGROUP)
    users.push(`${name}:x:${id}:${NOGROUP}::${home}:${account.shell}`)
    shadows.push(`${name}:${hash}:19000:0:99999:7:::`)
    sudoers.push(...(account.sudoers ?? []).map((line) => line.replaceAll('$', name)))
  }
  for (const [name, more, mode] of [
    ['passwd', users, 0o644],
    ['shadow', shadows, 0o640],
  ] as const) {
    const path = join(folder, name)
    copyFileSync(`/etc/${name}`, path)
    writeFileSync(path, `${readFileSync(path, 'utf8')}${more.join('\n')}\n`, { mode })
  }
  writeFileSync(join(folder, 'sudoers'), `${sudoers.join('\n')}\n`, { mode: 0o440 })
}

const FIRST_ID = 61_001
const NOGROUP = 65_534
