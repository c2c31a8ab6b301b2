import { mkdtempDisposable, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, expect, test, vi } from 'vitest'

import { keyLogOf } from '../../src/tls/key-log.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('without an option and a variable no keys are written', () => {
  vi.stubEnv('SSLKEYLOGFILE', undefined)
  expect(keyLogOf({})).toBeUndefined()
  vi.stubEnv('SSLKEYLOGFILE', '')
  expect(keyLogOf({})).toBeUndefined()
})

test('the file of the variable gets the lines, is the owner’s alone, and announced once', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-keys-'))
  const path = join(folder.path, 'keys.log')
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  vi.stubEnv('SSLKEYLOGFILE', path)
  keyLogOf({})?.('CLIENT_RANDOM 01 02')
  keyLogOf({})?.('CLIENT_RANDOM 03 04')
  expect(await readFile(path, 'utf8')).toBe('CLIENT_RANDOM 01 02\nCLIENT_RANDOM 03 04\n')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(warnings.mock.calls.map(([, options]) => options)).toEqual([{ code: 'NET_KEY_LOG' }])
  warnings.mockRestore()
})

test('the option wins over the variable, and may throw', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-keys-'))
  vi.stubEnv('SSLKEYLOGFILE', join(folder.path, 'keys.log'))
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const lines: string[] = []
  const log = keyLogOf({
    keyLog(line) {
      lines.push(line)
      throw new Error('mistake')
    },
  })
  log?.('one')
  expect(lines).toEqual(['one'])
  await expect(stat(join(folder.path, 'keys.log'))).rejects.toThrow('ENOENT')
  warnings.mockRestore()
})

test('a file that cannot be written is reported once and disturbs nothing', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-keys-'))
  vi.stubEnv('SSLKEYLOGFILE', join(folder.path, 'not', 'there'))
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  keyLogOf({})?.('one')
  keyLogOf({})?.('two')
  expect(warnings.mock.calls.map(([, options]) => options)).toEqual([
    { code: 'NET_KEY_LOG' },
    { code: 'NET_CALLBACK_FAILED' },
  ])
  warnings.mockRestore()
})
