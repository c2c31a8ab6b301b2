import { existsSync, readFileSync } from 'node:fs'

import { expect, test, vi } from 'vitest'

import { captureEvents } from '@net/core/testing'
import { connect, hostConfig } from '@net/ssh'
import { createSshKey, startSshServer } from '@net/ssh/testing'

import { configured, isName } from '../../src/config/config-options.ts'
import { failureOf } from '../embedded.ts'
import { configFolder } from './config-folder.ts'

const pair = createSshKey()

test('[SSH-31] a name is looked up, and everything that its block says holds', async () => {
  using folder = configFolder()
  await using server = await startSshServer({ users: { ada: { keys: [pair.publicKey] } } })
  const known = folder.write('known_hosts', `box ${server.hostKey.publicKey}`)
  const file = folder.write(
    'config',
    'Host box',
    '  HostName 127.0.0.1',
    `  Port ${server.address.port}`,
    '  User ada',
    `  IdentityFile ${folder.write('id', pair.privateKey)}`,
    '  IdentityAgent none',
    '  HostKeyAlias box',
    `  UserKnownHostsFile ${known}`,
    '  StrictHostKeyChecking yes',
    '  Compression yes',
    '  Ciphers -aes128-gcm@openssh.com',
  )
  await using host = await connect('box', { config: file })
  expect(host.info).toMatchObject({
    user: 'ada',
    algorithms: { compression: 'zlib@openssh.com', cipherOut: 'aes256-gcm@openssh.com' },
  })
  // What the caller says counts before it.
  const other = { config: file, user: 'eve', hostKeyAlias: 'other' }
  expect(await failureOf(connect('box', other))).toMatchObject({ code: 'NET_HOSTKEY_UNKNOWN' })
  expect(await failureOf(connect('eve@box', { config: file }))).toMatchObject({
    code: expect.stringMatching(/^NET_AUTH/),
    message: expect.stringContaining('"eve"'),
  })
})

test('[SSH-31] variables go along with everything that runs, from the address that is named', async () => {
  using folder = configFolder()
  await using server = await startSshServer({
    exec: (_, { env, stdout }) => stdout.write(`${env['SSH_TEST_A']} ${env['B']} ${env['C']}`),
  })
  vi.stubEnv('SSH_TEST_A', 'from here')
  const known = folder.write('known_hosts', server.knownHostsLine)
  const file = folder.write(
    'config',
    `UserKnownHostsFile ${known}`,
    'SendEnv SSH_TEST_*',
    'SetEnv B=set',
    'BindAddress 127.0.0.1',
  )
  const url = `127.0.0.1:${server.address.port}`
  await using host = await connect(url, { config: file, user: 'ada', password: 'lovelace' })
  vi.unstubAllEnvs()
  expect(host.info.local?.host).toBe('127.0.0.1')
  expect((await host.exec('show', { env: { C: 'own' } })).stdout).toBe('from here set own')
  server.fail({ on: 'env', do: { reply: 'failure' } })
  expect((await host.exec('show')).stdout).toBe('undefined set undefined')
})

test('a command of Match exec is not run, which is told once', async () => {
  using folder = configFolder()
  await using server = await startSshServer()
  const file = folder.write(
    'config',
    `UserKnownHostsFile ${folder.write('known_hosts', server.knownHostsLine)}`,
    `Match host 127.0.0.1 exec "touch ${folder.path}/ran"`,
    '  HostKeyAlias other',
    'Match host elsewhere exec "true"',
    'Match final exec "true"',
  )
  const url = `127.0.0.1:${server.address.port}`
  using captured = captureEvents()
  await using host = await connect(url, { config: file, user: 'ada', password: 'lovelace' })
  expect([host.info.user, existsSync(`${folder.path}/ran`)]).toEqual(['ada', false])
  const warnings = captured
    .of('operation')
    .flatMap(({ state, message }) => (state === 'warning' ? [message] : []))
  expect(warnings).toEqual([expect.stringContaining('Match exec')])
  const plain = folder.write('plain', 'Match host elsewhere exec "true"')
  expect(await hostConfig('box', { files: [plain] })).toMatchObject({ skipsExec: false })
})

test('[SSH-31] an address that this machine has not is not connected from, and a revoked key is refused', async () => {
  using folder = configFolder()
  await using server = await startSshServer()
  const known = folder.write('known_hosts', server.knownHostsLine)
  const login = { user: 'ada', password: 'lovelace' }
  const url = `127.0.0.1:${server.address.port}`
  const from = folder.write('from', `UserKnownHostsFile ${known}`, 'BindAddress 192.0.2.1')
  expect(await failureOf(connect(url, { ...login, config: from }))).toMatchObject({
    name: expect.stringMatching(/Error$/),
    phase: 'connect',
  })
  const revoked = folder.write('revoked', server.hostKey.publicKey)
  const lines = [`UserKnownHostsFile ${known}`, `RevokedHostKeys ${revoked}`]
  const config = folder.write('config', ...lines)
  expect(await failureOf(connect(url, { ...login, config }))).toMatchObject({
    code: 'NET_HOSTKEY_REVOKED',
  })
})

test('[SSH-31] accept-new, and no, trust a new host but no changed one', async () => {
  using folder = configFolder()
  await using first = await startSshServer()
  await using second = await startSshServer()
  for (const strict of ['accept-new', 'no']) {
    const known = folder.write(`known-${strict}`)
    const file = folder.write(
      'config',
      `UserKnownHostsFile ${known}`,
      'GlobalKnownHostsFile none',
      `StrictHostKeyChecking ${strict}`,
      'HostKeyAlias box',
    )
    const login = { config: file, user: 'ada', password: 'lovelace' }
    await using host = await connect(`127.0.0.1:${first.address.port}`, login)
    expect(host.info.user).toBe('ada')
    expect(readFileSync(known, 'utf8')).toContain(first.hostKey.publicKey)
    expect(await failureOf(connect(`127.0.0.1:${second.address.port}`, login))).toMatchObject({
      code: 'NET_HOSTKEY_CHANGED',
    })
  }
})

test('a URL is taken as it is, a name is looked up, and lists of algorithms change ours', async () => {
  expect([isName('box'), isName('ssh://box'), isName(new URL('ssh://box'))]).toEqual([
    true,
    false,
    false,
  ])
  using folder = configFolder()
  const file = folder.write(
    'config',
    'Host Box',
    'KexAlgorithms ^ecdh-sha2-nistp521',
    'MACs +hmac-sha1,umac-64@openssh.com',
    'ServerAliveInterval 20',
    'ConnectTimeout 3',
  )
  const { options, url } = await configured('ada:secret@Box:2200', { config: file })
  expect(url).toBe('ssh://box:2200')
  expect(options).toMatchObject({
    user: 'ada',
    keepAlive: { interval: 20_000, count: 3 },
    timeout: { connect: 3000 },
  })
  expect(options.algorithms?.kex?.[0]).toBe('ecdh-sha2-nistp521')
  expect(options.algorithms?.macs?.at(-1)).toBe('hmac-sha1')
  const odd = folder.write('config', 'Ciphers rot13')
  expect(await failureOf(configured('box', { config: odd }))).toMatchObject({
    code: 'NET_BAD_CONFIG',
  })
})

test('an address in brackets is the host, whatever stands before it, and a URL has no path here either', async () => {
  using folder = configFolder()
  const file = folder.write(
    'config',
    'IdentityAgent none',
    'IdentityFile none',
    'Host ssh ada',
    '  HostName 127.0.0.1',
  )
  for (const [url, whole] of [
    ['ssh://[::1]:9', 'ssh://[::1]:9'],
    ['ssh://ada@[::1]:9', 'ssh://[::1]:9'],
    ['ada:sesame@[::1]', 'ssh://[::1]:22'],
    ['ssh://ada:se@same@Box:9/', 'ssh://box:9/'],
    ['SSH://Box', 'ssh://box:22'],
    ['box:9/x', 'ssh://box:9/x'],
  ] as const) {
    expect((await configured(url, { config: file, user: 'ada' })).url).toBe(whole)
  }
  expect(await failureOf(connect('box:9/x', { config: file, user: 'ada' }))).toMatchObject({
    code: 'NET_BAD_URL',
  })
})

test('ConnectTimeout 0 sets no limit of its own', async () => {
  using folder = configFolder()
  const file = folder.write('config', 'ConnectTimeout 0', 'IdentityAgent none')
  const { options } = await configured('ssh://ada@box', { config: file })
  expect(options.timeout).toBeUndefined()
})
