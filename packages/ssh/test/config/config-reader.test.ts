import { expect, test } from 'vitest'

import { hostConfig } from '@net/ssh'

import { ConfigReader, defaultConfigFiles } from '../../src/config/config-reader.ts'
import { failureOf } from '../embedded.ts'
import { configFolder } from './config-folder.ts'

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
