import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { isSecret } from '@net/core'
import { describe, expect, it } from 'vitest'

import type { Call } from '../src/call.ts'
import type { OptionValues } from '../src/option-table.ts'
import { checkedUser, passphraseFor, passwordFor, type ServerRole } from '../src/secrets.ts'
import { emptyNetrc, temporaryFolder } from './net.ts'

const { signal } = new AbortController()
function call(options: OptionValues, env: Record<string, string> = {}): Call {
  return { options, signal, io: { env, openTerminal: () => undefined } } as unknown as Call
}
async function known(of: Call, role: ServerRole, user = 'ada'): Promise<string | undefined> {
  const password = await passwordFor(of, { host: 'host.example', user, role })
  return isSecret(password) ? password.reveal() : undefined
}

describe('passwordFor', () => {
  it('takes the password of the environment for the server that it is meant for', async () => {
    const env = {
      NETRC: emptyNetrc(),
      NET_PASSWORD: 'one',
      NET_SOURCE_PASSWORD: 'two',
      NET_TARGET_PASSWORD: 'three',
    }
    const words = await Promise.all(
      (['only', 'source', 'target', 'several', 'hop'] as const).map((role) =>
        known(call({}, env), role),
      ),
    )
    expect(words).toEqual(['one', 'two', 'three', undefined, undefined])
  })

  it('[H-APP-02] reads a file that nobody else can read, and refuses any other', async () => {
    using folder = temporaryFolder()
    const passwordFile = join(folder.path, 'secret')
    writeFileSync(passwordFile, 'love\nmore\n')
    chmodSync(passwordFile, 0o640)
    await expect(known(call({ passwordFile }), 'only')).rejects.toThrow(
      `${passwordFile} can be read by others: chmod 600`,
    )
    chmodSync(passwordFile, 0o600)
    expect(await known(call({ passwordFile }), 'only')).toBe('love')
    // It has the password of one server.
    const env = { NETRC: emptyNetrc() }
    expect(await known(call({ passwordFile }, env), 'source')).toBeUndefined()
    expect(await known(call({ passwordFile }, env), 'target')).toBeUndefined()
  })

  it('reads netrc, for that host and user', async () => {
    using folder = temporaryFolder()
    const NETRC = join(folder.path, 'netrc')
    writeFileSync(NETRC, 'machine host.example login ada password love\n', { mode: 0o600 })
    expect(await known(call({}, { NETRC }), 'source')).toBe('love')
    expect(await known(call({}, { NETRC }), 'source', 'bob')).toBeUndefined()
  })

  it('names the ways where nobody can be asked', async () => {
    const ask = await passwordFor(call({}, { NETRC: emptyNetrc() }), {
      host: 'h',
      user: 'ada',
      role: 'only',
    })
    if (typeof ask !== 'function') throw new Error('it is known')
    await expect(ask({ what: 'password', signal })).rejects.toThrow(
      'the password of ada@h is needed, and there is no terminal to ask at: set NET_PASSWORD, or use netrc, --password-file or a key',
    )
    await expect(ask({ what: 'password', signal, rejected: true })).rejects.toThrow(
      'ada@h refused the password',
    )
  })
})

describe('passphraseFor', () => {
  it('is that of the environment, else asked for', async () => {
    const ask = passphraseFor(call({}, { NET_KEY_PASSPHRASE: 'love' }), '/k')
    if (typeof ask !== 'function') throw new Error('it is known')
    expect(await ask({ what: 'passphrase', signal })).toBe('love')
    await expect(ask({ what: 'passphrase', signal, rejected: true })).rejects.toThrow(
      'set NET_KEY_PASSPHRASE',
    )
  })
})

describe('checkedUser', () => {
  it('refuses a password behind the name', () => {
    expect(checkedUser('ada')).toBe('ada')
    expect(checkedUser(undefined)).toBeUndefined()
    expect(() => checkedUser('ada:love')).toThrow(/takes a name alone/)
    expect(() => checkedUser('ada:love')).not.toThrow(/love/)
  })
})
