// OpenSSH's `ssh` as our tests run it: with nothing of the machine's own configuration, and never with a question.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whom it connects to, as whom, and what it knows. */
export interface OpenSshLogin {
  readonly port: number
  readonly user: string
  /** The private key, as text. */
  readonly key: string
  /** The file of the host keys. */
  readonly knownHosts: string
  /** Default `yes`. */
  readonly strict?: 'yes' | 'accept-new'
}

/** The options of a call; the key is put into the folder. */
export function openSshOptions(folder: string, login: OpenSshLogin): readonly string[] {
  const identity = join(folder, 'identity')
  writeFileSync(identity, login.key, { mode: 0o600 })
  const settings = [
    `UserKnownHostsFile=${login.knownHosts}`,
    'GlobalKnownHostsFile=/dev/null',
    `StrictHostKeyChecking=${login.strict ?? 'yes'}`,
    'IdentitiesOnly=yes',
    'BatchMode=yes',
    'ExitOnForwardFailure=yes',
  ]
  const whom = ['-p', String(login.port), '-l', login.user, '-i', identity]
  return ['-F', 'none', ...whom, ...settings.flatMap((setting) => ['-o', setting])]
}
