/*
 * Where passwords come from: a file that nobody else can read, the environment, netrc, and the person at the terminal. Never
 * the arguments, which every user of the machine can read.
 */

import { readFile, stat } from 'node:fs/promises'

import { secret, type Credential, type Secret } from '@net/core'
import { readNetrcFile } from '@net/core/authoring'

import type { Call } from './call.ts'
import { ask } from './prompt.ts'
import { UsageError } from './usage-error.ts'

/** Which server of the command asks. The password of one is not given to another: one of `several` gets none that was set. */
export type ServerRole = 'only' | 'source' | 'target' | 'several' | 'hop'

/** Who is asked for a password. */
export interface Asker {
  readonly host: string
  readonly user: string | undefined
  readonly role: ServerRole
}

/** The password for a server: one that is known at once, or a callback that asks the person. */
export async function passwordFor(call: Call, asker: Asker): Promise<Credential> {
  const known = await knownPassword(call, asker)
  const terminal = call.io.openTerminal()
  terminal?.close()
  if (known !== undefined && terminal === undefined) return known
  return ({ user = asker.user, rejected, signal }) => {
    if (known !== undefined && rejected === undefined) return known
    const whose = `${user === undefined ? '' : `${user}@`}${asker.host}`
    const problem =
      rejected === undefined
        ? `the password of ${whose} is needed`
        : `${whose} refused the password`
    return ask(call.io, {
      text: `${rejected === undefined ? '' : 'refused. '}password of ${whose}: `,
      otherwise: `${problem}, and there is no terminal to ask at: ${otherWays(asker.role)}`,
      signal: AbortSignal.any([signal, call.signal]),
    })
  }
}

/** The passphrase of a private key. */
export function passphraseFor(call: Call, file: string): Credential {
  return ({ rejected, signal }) => {
    const known = call.io.env['NET_KEY_PASSPHRASE']
    if (known !== undefined && rejected === undefined) return known
    return ask(call.io, {
      text: `passphrase of ${file}: `,
      otherwise: `the passphrase of ${file} is needed, and there is no terminal to ask at: set NET_KEY_PASSPHRASE`,
      signal: AbortSignal.any([signal, call.signal]),
    })
  }
}

/** The name of `--user`, which must not have a password behind it. Throws `UsageError`. */
export function checkedUser(user: string | undefined): string | undefined {
  if (user?.includes(':') !== true) return user
  throw new UsageError(
    `--user takes a name alone, since every user of this machine can see the arguments: ${otherWays('only')}`,
  )
}

async function knownPassword(call: Call, asker: Asker): Promise<Secret | undefined> {
  const { passwordFile } = call.options
  if (passwordFile !== undefined && asker.role === 'only') return fromFile(passwordFile)
  const variable = VARIABLES[asker.role]
  const set = variable === undefined ? undefined : call.io.env[variable]
  if (set !== undefined) return secret(set)
  return fromNetrc(call, asker)
}

async function fromFile(path: string): Promise<Secret> {
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0) {
    throw new UsageError(`${path} can be read by others: chmod 600 ${path}`)
  }
  const [line = ''] = (await readFile(path, 'utf8')).split(/\r?\n/)
  return secret(line)
}

async function fromNetrc({ io }: Call, { host, user }: Asker): Promise<Secret | undefined> {
  const entry = (await readNetrcFile(io.env['NETRC']))(host)
  if (entry === undefined || (user !== undefined && entry.login !== user)) return undefined
  return entry.password
}

function otherWays(role: ServerRole): string {
  const variable = VARIABLES[role]
  const first = variable === undefined ? 'use netrc or a key' : `set ${variable}, or use netrc`
  return role === 'only' ? `${first}, --password-file or a key` : first
}

const VARIABLES: Readonly<Record<ServerRole, string | undefined>> = {
  only: 'NET_PASSWORD',
  source: 'NET_SOURCE_PASSWORD',
  target: 'NET_TARGET_PASSWORD',
  several: undefined,
  // A server on the way gets nothing that was meant for its end.
  hop: undefined,
}
