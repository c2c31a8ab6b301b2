import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import * as ssh from '@net/ssh'
import { describe, expect, it } from 'vitest'

import type { Call } from '../src/call.ts'
import {
  callOptions,
  clientDefaults,
  hostKeysOf,
  sshLogin,
  tlsOptions,
} from '../src/connect-options.ts'
import type { OptionValues } from '../src/option-table.ts'
import { temporaryFolder } from './net.ts'

const { signal } = new AbortController()
function call(options: OptionValues): Call {
  const io = { env: { NET_PASSWORD: 'love' }, openTerminal: () => undefined }
  return { options, signal, io } as unknown as Call
}

describe('callOptions', () => {
  it('has the signal, the limit of connecting, and repeats as attempts', () => {
    expect(callOptions(call({}))).toEqual({ signal })
    expect(callOptions(call({ connectTimeout: 5, retry: 0 }))).toEqual({
      signal,
      timeout: { connect: 5 },
      retry: 1,
    })
    expect(clientDefaults(call({ retry: 2 }))).toEqual({ retry: 3 })
    expect(clientDefaults(call({}))).toEqual({})
  })
})

describe('tlsOptions', () => {
  it('reads authorities, certificate and key', async () => {
    using folder = temporaryFolder()
    const file = (name: string): string => join(folder.path, name)
    for (const name of ['ca', 'cert', 'key']) writeFileSync(file(name), name)
    expect(await tlsOptions(call({}))).toBeUndefined()
    expect(
      await tlsOptions(call({ cacert: file('ca'), cert: file('cert'), key: file('key') })),
    ).toMatchObject({
      ca: 'ca',
      cert: 'cert',
      key: 'key',
    })
    expect(await tlsOptions(call({ dangerouslySkipVerification: true }))).toEqual({
      dangerouslySkipVerification: true,
    })
  })
})

describe('hostKeysOf', () => {
  it('is strict unless another rule is asked for', () => {
    const rules = [
      {},
      { acceptNew: true },
      { pin: [`SHA256:${'a'.repeat(43)}`] },
      { dangerouslyAcceptAnyHostKey: true },
    ] as const
    const names = rules.map((options) => hostKeysOf(ssh, call(options)).name)
    expect(new Set(names).size).toBe(4)
    expect(names[0]).toBe(ssh.knownHosts().name)
  })
})

describe('sshLogin', () => {
  it('takes the key that is given, ssh_config, and a password', async () => {
    const asker = { host: 'h', user: 'ada', role: 'only' } as const
    const plain = await sshLogin(ssh, call({}), asker)
    expect(plain).toMatchObject({ config: true, password: expect.anything() })
    expect(await sshLogin(ssh, call({ key: '/k', sshConfig: 'none' }), asker)).toMatchObject({
      config: false,
      auth: { method: 'publickey' },
    })
    expect((await sshLogin(ssh, call({ sshConfig: '/c' }), asker)).config).toBe('/c')
  })
})
