// OpenSSH's sshd: one login by key, as the user who runs the tests.
import { mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'

import { createSshKey, type SshKeyPair } from '@net/ssh/testing'

import { startGreeter, type Greeter } from './greeter.ts'

/** A running sshd. */
export interface Sshd extends Greeter {
  /** `ssh://127.0.0.1:port`. */
  readonly url: string
  /** Who may log in, with `key`. */
  readonly user: string
  readonly key: SshKeyPair
  readonly hostKey: SshKeyPair
}

/** Starts one; `settings` are further lines of its configuration. */
export async function startSshd(program: string, settings: readonly string[] = []): Promise<Sshd> {
  const [key, hostKey] = [createSshKey(), createSshKey()]
  const greeter = await startGreeter({
    program,
    configure({ folder, port, word }) {
      writeFileSync(join(folder, 'host_key'), hostKey.privateKey, { mode: 0o600 })
      writeFileSync(join(folder, 'authorized_keys'), `${key.publicKey}\n`)
      const lines = [
        ...settings,
        `ListenAddress 127.0.0.1:${port}`,
        `HostKey ${folder}/host_key`,
        `AuthorizedKeysFile ${folder}/authorized_keys`,
        `VersionAddendum ${word}`,
        // What the user's shell does at its start does not matter here.
        `SetEnv HOME=${folder}`,
        'PidFile none',
        'StrictModes no',
        'UsePAM no',
      ]
      writeFileSync(join(folder, 'sshd_config'), `${lines.join('\n')}\n`)
      // Where sshd locks up the part of itself that talks to strangers, if root starts it.
      if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
      return ['-D', '-e', '-f', join(folder, 'sshd_config')]
    },
  })
  const url = `ssh://127.0.0.1:${greeter.port}`
  return { ...greeter, url, user: userInfo().username, key, hostKey }
}
