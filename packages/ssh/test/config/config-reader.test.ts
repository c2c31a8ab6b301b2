import { chmodSync } from 'node:fs'

import { expect, test } from 'vitest'

import { hostConfig } from '@net/ssh'

import type { MatchSubject } from '../../src/config/config-match.ts'
import { ConfigReader, defaultConfigFiles } from '../../src/config/config-reader.ts'
import { failureOf } from '../embedded.ts'
import { configFolder } from './config-folder.ts'

const subject: MatchSubject = {
  original: 'box',
  name: 'box',
  host: () => 'box',
  user: () => 'ada',
  localUser: 'ada',
  isFinal: false,
  wantsFinal() {},
  exec: () => Promise.resolve(false),
}

test('an Include holds where its block does, and ends with its file', async () => {
  using folder = configFolder()
  const extra = folder.write('extra', 'Port 33', 'Host db', '  User inside')
  const file = folder.write(
    'config',
    'Host web',
    `Include ${extra}`,
    '  User web',
    'Host *',
    '  Port 44',
  )
  const files = [file]
  expect(await hostConfig('web', { files })).toMatchObject({ port: 33, user: 'web' })
  expect((await hostConfig('db', { files })).port).toBe(44)
  expect(ConfigReader.length).toBe(2)
})

test('what cannot be read names the file and the line', async () => {
  using folder = configFolder()
  for (const [line, words] of [
    ['Nonsense 1', 'the keyword nonsense is not known'],
    ['Port 0', 'port: "0" is no port'],
    ['Match', 'Match has no condition'],
  ] as const) {
    const file = folder.write('config', '# first', line)
    const error = await failureOf(hostConfig('web', { files: [file] }))
    expect(error).toMatchObject({ code: 'NET_BAD_CONFIG' })
    expect(error.message).toContain(`${file}, line 2: ${words}`)
  }
  const loop = folder.write('loop', `Include ${folder.path}/loop`)
  expect((await failureOf(hostConfig('web', { files: [loop] }))).message).toContain('too deeply')
  expect(await failureOf(hostConfig('web', { files: ['/nowhere/config'] }))).toMatchObject({
    code: 'NET_LOCAL_IO',
  })
})

test('the files of this user come before those of the machine', () => {
  expect(defaultConfigFiles('/home/ada').map(({ path }) => path)).toEqual([
    '/home/ada/.ssh/config',
    '/etc/ssh/ssh_config',
  ])
  expect(defaultConfigFiles(undefined).at(-1)?.path).toBe('/etc/ssh/ssh_config')
})

test.skipIf(process.platform === 'win32')(
  'what others could have written is refused: its commands run as this user',
  async () => {
    using folder = configFolder()
    const part = folder.write('part', 'Port 33')
    const file = folder.write('config', `Include ${part}`)
    const read = (guarded: boolean): Promise<void> =>
      new ConfigReader(subject).read([{ path: file, includes: folder.path, needed: true, guarded }])
    await read(true)
    chmodSync(part, 0o620)
    // OpenSSH looks at every file that is included.
    for (const guarded of [true, false]) {
      expect(await failureOf(read(guarded))).toMatchObject({
        code: 'NET_BAD_CONFIG',
        message: expect.stringContaining(`${part} belongs to another user, or others may write`),
      })
    }
    chmodSync(part, 0o600)
    chmodSync(file, 0o606)
    await read(false)
    expect(await failureOf(read(true))).toMatchObject({ code: 'NET_BAD_CONFIG' })
    expect(defaultConfigFiles('/home/ada').map(({ guarded }) => guarded)).toEqual([true, false])
  },
)
