import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { hostConfig } from '@net/ssh'

import { defaultIdentityFiles } from '../../src/config/host-config.ts'
import { failureOf } from '../embedded.ts'
import { configFolder } from './config-folder.ts'

test('[SSH-30] Host, Match, tokens and the first value that counts', async () => {
  using folder = configFolder()
  const file = folder.write(
    'config',
    'Host web db',
    '  HostName %h.example.com',
    '  IdentityFile /keys/%r@%h:%p',
    'Match host web.example.com',
    '  User deploy',
    '  ProxyJump gate,ada@inner:2200',
    '  SetEnv A=1 B="2 3"',
    'Match final host *.example.com',
    '  Port 2222',
    'Match exec "true"',
    '  Compression yes',
  )
  const files = [file]
  expect(await hostConfig('web', { files })).toMatchObject({
    name: 'web',
    hostname: 'web.example.com',
    user: 'deploy',
    port: 2222,
    identityFiles: ['/keys/deploy@web.example.com:2222'],
    proxyJump: ['gate', 'ada@inner:2200'],
    setEnv: { A: '1', B: '2 3' },
    // Commands are run only if that is asked for.
    compression: false,
    strictHostKeyChecking: 'ask',
  })
  const asked = await hostConfig('web', { files, user: 'eve', port: 7, matchExec: true })
  expect(asked).toMatchObject({ user: 'eve', port: 7, compression: true })
  expect((await hostConfig('other', { files })).hostname).toBe('other')
})

test('a command of Match exec reads nothing, may print as much as it likes, leaves programs behind, and is run only within blocks that hold', async () => {
  using folder = configFolder()
  const matches = async (command: string): Promise<boolean> => {
    const files = [folder.write('config', `Match exec "${command}"`, '  Port 2222')]
    return (await hostConfig('web', { files, matchExec: true })).port === 2222
  }
  expect(await matches('cat')).toBe(true)
  expect(await matches('head -c 3000000 /dev/zero')).toBe(true)
  expect(await matches('sleep 60 & echo $! > ' + join(folder.path, 'left'))).toBe(true)
  process.kill(Number(readFileSync(join(folder.path, 'left'), 'utf8')))
  expect(await matches('kill $$')).toBe(false)
  const ran = join(folder.path, 'ran')
  const within = folder.write('within', `Match exec "touch ${ran}"`, '  Port 2222')
  for (const [name, is] of [
    ['other', false],
    ['web', true],
  ] as const) {
    const files = [folder.write('config', `Host ${name}`, `  Include ${within}`)]
    expect((await hostConfig('web', { files, matchExec: true })).port).toBe(is ? 2222 : 22)
    expect(existsSync(ran)).toBe(is)
  }
  expect(await matches('no-such-program-of-mine')).toBe(false)
})

test('tokens and values without a meaning are refused with the name of the host', async () => {
  using folder = configFolder()
  for (const line of ['IdentityFile /keys/%z', 'StrictHostKeyChecking never', 'SetEnv A']) {
    const error = await failureOf(hostConfig('web', { files: [folder.write('config', line)] }))
    expect(error).toMatchObject({ code: 'NET_BAD_CONFIG' })
    expect(error.message).toContain('the configuration of web')
  }
})

test('the files that are tried where none is named', () => {
  expect(defaultIdentityFiles('/home/ada')).toContain('/home/ada/.ssh/id_ed25519')
  expect(defaultIdentityFiles(undefined)).toEqual(defaultIdentityFiles())
})

test('names that a shell would read do not get into a command', async () => {
  using folder = configFolder()
  const files = [folder.write('config', 'ProxyCommand nc %h %p')]
  expect((await hostConfig('web', { files })).proxyCommand).toBe('nc web 22')
  for (const name of ['a;b', '$(a)', '-oX']) {
    expect(await failureOf(hostConfig(name, { files }))).toMatchObject({ code: 'NET_BAD_OPTION' })
  }
  const refused = { code: 'NET_BAD_OPTION', message: expect.stringContaining('Match exec') }
  for (const token of ['%h', '%n', '%k', '%r']) {
    const matching = {
      files: [folder.write('match', `Match exec "echo ${token}"`)],
      matchExec: true,
    }
    for (const [name, user] of [
      ['a;b', 'ada'],
      ['web', '$(a)'],
    ] as const) {
      const call = hostConfig(name, { ...matching, user })
      expect(await failureOf(call)).toMatchObject(refused)
    }
  }
  const plain = {
    files: [folder.write('match', 'Match exec "true"', 'Port 2222')],
    matchExec: true,
  }
  expect((await hostConfig('web', { ...plain, user: String.raw`office\ada` })).port).toBe(2222)
})

test('a command of Match exec that cannot be started does not hold', async () => {
  using folder = configFolder()
  const file = folder.write('config', 'Match exec "echo hush\0"', 'Port 8', 'Match all', 'Port 7')
  expect(await hostConfig('web', { files: [file], matchExec: true })).toMatchObject({ port: 7 })
})
