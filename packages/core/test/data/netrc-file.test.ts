import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, expect, test, vi } from 'vitest'

import { readNetrcFile } from '../../src/data/netrc-file.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('the file that is named comes before that of NETRC, and that before the one in the home folder', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-netrc-'))
  const at = async (name: string): Promise<string> => {
    const file = join(folder.path, name)
    await writeFile(file, `default login of-${name} password lovelace\n`, { mode: 0o600 })
    return file
  }
  const login = async (file?: string): Promise<string | undefined> =>
    (await readNetrcFile(file))('any.example')?.login
  vi.stubEnv('HOME', folder.path)
  vi.stubEnv('USERPROFILE', folder.path)
  vi.stubEnv('NETRC', undefined)
  expect(await login()).toBeUndefined()
  const home = process.platform === 'win32' ? '_netrc' : '.netrc'
  await at(home)
  expect(await login()).toBe(`of-${home}`)
  vi.stubEnv('NETRC', await at('other'))
  expect(await login()).toBe('of-other')
  expect(await login(await at('named'))).toBe('of-named')
})

test('a file that is named must be there', async () => {
  const missing = { code: 'NET_LOCAL_IO', message: 'the netrc file cannot be read (ENOENT)' }
  await expect(readNetrcFile('/nowhere/netrc')).rejects.toMatchObject(missing)
  vi.stubEnv('NETRC', '/nowhere/netrc')
  await expect(readNetrcFile()).rejects.toMatchObject(missing)
})

test.skipIf(process.platform === 'win32')('one that others can read is warned of', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-netrc-'))
  const file = join(folder.path, 'netrc')
  await writeFile(file, '', { mode: 0o644 })
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
  await readNetrcFile(file)
  expect(warned).toHaveBeenCalledWith(expect.stringContaining('chmod 600'), {
    code: 'NET_NETRC_SHARED',
  })
})
